// What a record shows: its state seen together with its parents, the rows it refers to and the rows
// that want its slot (merging rule 6). Derived, never written; the same on every node with the same
// events.
#pragma once

#include "engine/conflict.h"
#include "engine/state.h"

#include <optional>
#include <string>
#include <vector>

namespace genlock {

struct RecordView {
  const Table* table = nullptr;
  RecordId id;
  RecordId parent;      // nil: a root
  ColumnValues values;  // every column of the table, as shown (references to gone rows are null)
  bool is_deleted = false;                // gone by its own delete
  UnixMs deleted_ms = 0;                  // wall reading of the highest standing delete
  std::optional<RecordKey> hidden_by;     // the nearest gone ancestor
  std::optional<RecordId> slot_taken_by;  // the record that shows in the unique slot this one wants
  std::uint64_t version = 0;
  UnixMs created_ms = 0;
  UnixMs updated_ms = 0;
  Person by;                          // of the latest event
  std::vector<Dot> heads;             // document heads where the table nests others
  std::size_t pending_conflicts = 0;  // of this record alone

  bool visible() const { return !is_deleted && !hidden_by; }
  const Value& value(ColumnId column) const;  // REQUIRES: a column of the table
};

// nullopt: unknown record, or one of which no create is known, or of a table that this version does
// not know.
Result<std::optional<RecordView>> view(const State& state, const RecordKey& key);
// The same but for `pending_conflicts`, which cost as much as all the rest: for who does not ask.
Result<std::optional<RecordView>> view_without_conflicts(const State& state, const RecordKey& key);
// With the conflicts of the record (engine/conflict.h), which rest while the record is gone or
// hidden (all but `life`).
struct RecordWithConflicts {
  RecordView view;
  std::vector<Conflict> conflicts;
};
Result<std::optional<RecordWithConflicts>> view_with_conflicts(const State& state,
                                                               const RecordKey& key);

// What the group shows at a version vector of the past: the writes inside it, merged.
// nullopt: nothing of the record is inside.
Result<std::optional<RecordState>> record_at(const State& state, const RecordKey& key,
                                             const VersionVector& within);

}  // namespace genlock
