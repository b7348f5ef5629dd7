// Several writes of one author, one after the other, as the operations of one event. An event
// replaces what its author had seen and takes effect at once, so of two writes of one field group
// the later counts, a write to a new row is part of its creation, and a row that was deleted and
// restored was never deleted.
#pragma once

#include "engine/event.h"
#include "engine/record.h"

#include <map>
#include <optional>
#include <vector>

namespace genlock {

class OneEvent {
 public:
  // `provisional`: the origin that the writes had while they were tried out; what they name of it
  // is what this event writes itself.
  explicit OneEvent(OriginId provisional) : provisional_(provisional) {}

  void add(Operation operation);
  std::size_t size() const { return operations_.size(); }  // at most; some may have come to nothing
  std::vector<Operation> take();

 private:
  void add_set(Operation operation);
  void add_restore(Operation operation);
  std::optional<Operation>* find(const Operation& like, OperationKind kind);
  void append(Operation operation);

  OriginId provisional_;
  std::vector<std::optional<Operation>> operations_;
  std::map<RecordKey, std::vector<std::size_t>> by_record_;
};

}  // namespace genlock
