// The fold: brings the state of one stream up to date with events, incrementally, and says which
// records may show differently. Whatever causal order and batching the events come in, the same
// events give the same bytes (tests/properties/fold_laws_test.cpp). What a chunk re-derives: the
// rows it touches, their ancestors, descendants and referrers of rows that appeared or vanished,
// claimants of a slot, and for a lock the rows of events concurrent with it.
#pragma once

#include "engine/event_log.h"
#include "engine/lock.h"
#include "engine/record.h"
#include "engine/state.h"
#include "engine/store.h"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace genlock {

class Fold {
 public:
  // Works on one stream inside one transaction. `overlay` holds the log's and the state's present
  // bytes; `known`, where given, has read some of its records already, which are taken from it.
  // `floor`: the stream's, where it is folded from nothing; outlives this.
  Fold(Overlay& overlay, const EventLog& log, StreamId stream, State* known = nullptr,
       const VersionVector* floor = nullptr);

  // Folds one event that is already in the log (in `overlay`), with everything its writer had seen.
  // REQUIRES: everything in `context` was folded before.
  Result<void> apply(const Event& event, const VersionVector& context);
  // Writes the states and indexes that changed into the overlay and returns the records whose view
  // may have changed. `after` is told every record that was in work.
  Result<std::vector<RecordKey>> finish(State* after = nullptr);

 private:
  // Under what the indexes have a record.
  struct Indexed {
    RecordId parent;               // nil: a root
    std::vector<Uuid> references;  // what it shows in columns of ON DELETE SET NULL, sorted
    std::string claim;             // its place among the claims of a slot, empty: none
  };
  // A record in work: what it was when this transaction began to touch it, and what it is.
  struct Loaded {
    bool was_known = false, was_alive = false, was_deleted = false;
    Indexed before;
    RecordState now;
    bool changed = false;
  };
  using Operations = std::vector<const Operation*>;

  Result<Loaded*> load(const RecordKey& key);
  Indexed indexed(const RecordState& record) const;
  Result<void> load_locks();
  Result<void> apply_locks(const Event& event, const VersionVector& context);
  Result<void> apply_record(const Event& event, const VersionVector& context, const RecordKey& key,
                            const Operations& operations);
  Result<void> note_order(const Loaded& loaded, const VersionVector& context,
                          const Operations& operations);
  // The parent as the writer of an event saw it.
  Result<RecordId> parent_seen(const RecordState& record, const VersionVector& context);
  Result<void> note_in_document(const Event& event, const VersionVector& context,
                                const RecordKey& key);
  // The record whose document a record is served in, itself too; nullptr: in none.
  Result<Loaded*> document_of(RecordKey key);
  Result<void> move_subtree(const Loaded& moved, RecordId former);
  Result<void> find_document_heads(const RecordKey& key);
  Result<void> collect_in_document(const RecordKey& key, std::vector<Dot>& events);
  Result<void> find_witnesses_above(RecordKey at);
  Result<std::vector<RecordKey>> children_now(RecordId parent);
  Result<std::vector<PastEvent>> past_now(const RecordKey& key);
  Result<void> touch_living(const Event& event, const VersionVector& context, const RecordKey& key);
  Result<const Loaded*> touch(const Event& event, const VersionVector& context,
                              const RecordKey& at);
  Result<void> rederive_held_off(const LockState& before);
  Result<void> collect_concurrent(const Lock& lock, std::set<RecordKey>& records);
  Result<void> rederive(const RecordKey& key);

  Result<void> find_witness(RecordState& record);
  Result<void> collect_touches(const RecordKey& key, const VersionVector& seen,
                               std::vector<Dot>& touches);
  Result<void> collect_touches_of_stream(const VersionVector& seen, std::vector<Dot>& touches);

  void write_indexes(const Loaded& loaded);
  Result<void> mark_dependents(const RecordKey& key, const Loaded& loaded);
  Result<void> mark_children(RecordId parent, TableId table);
  Result<void> mark_subtree(const RecordKey& key);
  Result<void> mark_referrers(RecordId target);

  Overlay& overlay_;
  const EventLog& log_;
  State* known_;
  const VersionVector* floor_;
  State state_;
  LockState locks_;
  bool locks_loaded_ = false;
  std::map<RecordKey, Loaded> loaded_;
  std::set<RecordKey> dirty_;
};

}  // namespace genlock
