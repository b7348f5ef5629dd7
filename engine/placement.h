// Where an event that comes from elsewhere belongs among those of its origin, and what it had seen,
// by the names that things have here. Bytes tell an event's origin and number; where an origin went
// on twice (engine/branches.h) only the hash of the event before tells which branch it is of.
#pragma once

#include "engine/engine.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

struct Arrival {
  bool known = false;             // we had it, with the same bytes
  Event event;                    // under the names of here
  std::vector<Renaming> names;    // where those are others than in the bytes
  VersionVector context;          // expanded, of a new one
  std::optional<Branch> opens;    // it is the first of this branch
  std::optional<Dot> takes_name;  // it has the lower hash: what was here from there on becomes ..
  OriginId left_to;               // .. this branch
};

// The events of one chunk, one after the other.
class Placement {
 public:
  // All outlive this. What examine() returned is to be appended to `appends` before the next call.
  Placement(const EventLog& log, const Reader& reader, const Appends& appends, const Chunk& chunk)
      : log_(log), reader_(reader), appends_(appends), chunk_(chunk) {}

  // Is this the next of its branch, or the first of a new one, does this node hold everything in
  // its context, with the same content, and is its hybrid time greater than everything it had seen?
  // ERRORS: gap, fork, corruption.
  Result<Arrival> examine(Event event, std::string_view bytes, std::size_t nth);
  // Do the chain values that the sender stated agree with ours? A fork that nobody vouches for so
  // is none. ERRORS: fork, corruption.
  Result<void> finish() const;

 private:
  // An event that is here.
  struct Known {
    Dot dot;  // Sequence::none: before the first event
    ChainHash chain{};
    HybridTime time = HybridTime::zero;
  };
  // What came of one path in this chunk.
  struct Run {
    Dot last;                           // as it is called here
    Sequence written = Sequence::none;  // its number by its bytes
    bool forks = false;                 // it is new, and not where events of this origin ended
  };

  Result<Known> known(const Dot& dot) const;
  Result<std::optional<Known>> find(OriginId origin, std::uint64_t depth,
                                    const ChainHash& chain) const;
  Result<Known> before(const Event& event, const Run* run, const ChainHash* start) const;
  Result<std::vector<Known>> after(OriginId origin, const Known& event) const;
  Result<VersionVector> context_at(const Known& event) const;
  Result<Dot> resolve(const Event& event, const ContextEntry& entry) const;
  Result<void> follow(Arrival& arrival, const Known& parent) const;
  bool states_hash(OriginId path) const;
  Result<void> add_context(Arrival& arrival) const;
  Result<void> name(Arrival& arrival, const Dot& written) const;
  Result<Dot> named(const Dot& written, const VersionVector& seen) const;
  void place(Arrival& arrival, const Known& parent, const ChainHash& chain,
             const std::vector<Known>& siblings) const;
  void give_way(Arrival& arrival);

  const EventLog& log_;
  const Reader& reader_;
  const Appends& appends_;
  const Chunk& chunk_;
  std::map<OriginId, Run> runs_;  // by the sender's names
};

}  // namespace genlock
