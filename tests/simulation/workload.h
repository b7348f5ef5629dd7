// Clients that write: random commands of every kind on few, shared rows, so that most things happen
// at once somewhere. Streams, tables and values come from the schema itself.
#pragma once

#include "simulation/sim_node.h"

#include <map>
#include <string>
#include <vector>

namespace genlock::simulation {

class Workload {
 public:
  explicit Workload(std::uint64_t seed);

  // The next client's wish at this node, made from what the node shows now or what that client saw
  // some time ago.
  Command next(SimNode& node);
  // Every stream there may be.
  const std::vector<StreamId>& streams() const { return streams_; }
  StreamId production(std::size_t n) const { return streams_[n]; }
  std::size_t production_count() const { return streams_.size() - 1; }

 private:
  struct Row {
    StreamId stream;
    const Table* table;
    RecordId id;
  };
  std::uint64_t below(std::uint64_t bound) { return random_.next_u64() % bound; }
  bool chance(std::uint64_t percent) { return below(100) < percent; }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  RecordId row_id(StreamId stream, const Table& table, std::uint64_t n) const;
  Row any_row();
  Value any_value(const Row& row, const Column& column);
  std::string any_text(const Column& column);
  RowInput any_input(const Row& row, bool whole, bool with_children);
  void add_versions(SimNode& node, Command& command);
  std::uint64_t fitting_kind(SimNode& node, Row& row, std::uint64_t kind);
  bool make_resolution(SimNode& node, Command& command);

  SeededRandom random_;
  std::vector<StreamId> streams_;  // productions, then the library
  std::map<std::pair<NodeId, RecordId>, ETag> seen_;
  std::vector<Command> with_key_;
};

}  // namespace genlock::simulation
