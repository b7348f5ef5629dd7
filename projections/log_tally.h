// Counts for metrics what the events of this node's log did: which tables they wrote, which
// conflicts came and went, what merged by itself. It reads the log when somebody asks, from where
// it stopped, so a write pays nothing for it and a node that nobody watches does not either.
//
// A conflict is found through the note of its commit (projections/change_note.h). One that came and
// came again between two looks counts once.
#pragma once

#include "engine/conflict.h"
#include "engine/event_log.h"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace genlock {

inline constexpr std::size_t conflict_kind_count = 4;
using ConflictCounts = std::array<std::uint64_t, conflict_kind_count>;  // by ConflictKind

struct LogCounts {
  // Events that wrote rows of a table, by who wrote them: true, this node. One that wrote several
  // tables counts for each.
  std::map<std::pair<bool, TableId>, std::uint64_t> events;
  // New conflicts. true: decided by rank at once, what lost is kept beside it.
  std::map<std::pair<ConflictKind, bool>, std::uint64_t> detected;
  std::map<Resolution, std::uint64_t> resolved;
  // Rows that were edited on two nodes at once, and wait for nobody's decision.
  std::map<TableId, std::uint64_t> merged;
  ConflictCounts open{};  // now
};

// One caller at a time.
class LogTally {
 public:
  // Begins behind `from`. `log` outlives this.
  LogTally(const EventLog& log, OriginId self, Position from)
      : log_(log), self_(self), at_(from), begun_(from) {}

  // Reads on; at most some ten thousand events, the rest at the next look. ERRORS: corruption.
  Result<void> look(const Reader& reader);
  const LogCounts& counts() const { return counts_; }

 private:
  using Row = std::pair<StreamId, RecordKey>;

  Result<void> take(const EventId& id, const StoredEvent& stored);
  Result<void> count_conflict(const Reader& reader, const Uuid& id);
  Result<void> count_merges(const Reader& reader);
  Result<bool> is_new(const Reader& reader, StreamId stream, const Dot& dot) const;

  const EventLog& log_;
  const OriginId self_;
  Position at_;
  bool looked_ = false;
  LogCounts counts_;
  // Of looks since the last one that came to the end.
  Position begun_;
  std::set<Uuid> detected_, resolved_;
  // Of one look.
  std::map<Row, std::set<Dot>> written_;
  std::size_t operations_ = 0;
};

// How many conflicts wait for a decision. O(their number).
Result<ConflictCounts> pending_by_kind(const Reader& reader);

}  // namespace genlock
