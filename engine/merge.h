// The merging rules for one record (docs/merging.md, 1-5, 7 and 8): one step folds one event into a
// RecordState. Which write replaces which is fixed by the events themselves, so any causal order of
// steps gives the same state.
//
// A writer that had seen every sibling needs only the present state; one that had not is judged by
// what it had seen, which is worked out from the record's history. Arrival of an event never
// changes what earlier writers had seen.
#pragma once

#include "engine/lock.h"
#include "engine/record.h"
#include "engine/state.h"

#include <functional>
#include <vector>

namespace genlock {

// The events on a record that were folded before, in canonical order; asked for only where a writer
// had not seen all.
using HistorySource = std::function<Result<const std::vector<RecordEvent>*>()>;

struct MergeStep {
  const Event& event;
  const VersionVector& context;                     // everything its writer had seen
  const std::vector<const Operation*>& operations;  // those on this record, in order
  const LockState& locks;
};

// Folds one event into `record`, all but the witness of its life (the fold finds that one in the
// subtree). Returns true when `record.life` changed.
Result<bool> merge_event(RecordState& record, const MergeStep& step, const HistorySource& history);

// What events say of one group, one after the other, in any causal order.
class GroupWriter {
 public:
  // `locks` outlives this.
  GroupWriter(const RecordKey& record, GroupId group, const LockState& locks);
  // Leaves in `siblings` the writes that stand.
  void write(const Event& event, const VersionVector& context, std::vector<Write>& siblings) const;

 private:
  RecordKey record_;
  GroupId group_;
  const Table* table_;
  const LockState& locks_;
};

// The record as it stood within a version vector: the same steps over the part of its history
// inside.
Result<RecordState> merge_history(const RecordKey& key, const std::vector<RecordEvent>& history,
                                  const LockState& locks);

// The locks inside a version vector.
LockState locks_within(const LockState& locks, const VersionVector& within);

// The operations of an event on a record, in order.
std::vector<const Operation*> operations_on(const Event& event, const RecordKey& key);
bool touches(const Operation& operation);  // keeps a record alive: create, set, restore, resolve
                                           // (not of a deletion)
bool deletes(const Operation& operation);  // remove, or a resolution that decides for the deletion
bool restores(
    const Operation& operation);  // restore, or a resolution that decides against the deletion
bool on_record(const Operation& operation);  // create, set, remove, restore, resolve

// What a write says of a group: the values of all its columns, as the writer stated them.
ColumnValues group_values(const Table* table, GroupId group, const Operation& operation);

}  // namespace genlock
