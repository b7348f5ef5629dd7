// Reads the fold's state of one stream through a Reader: records, and the indexes that lead from
// one to the others. A State is for one moment: it remembers the records it has read, so it must
// not be kept over writes to them. The keys are this module's own (grammar in state.cpp and
// docs/formats/log-keys.md); engine/fold.h writes them.
#pragma once

#include "engine/event_log.h"
#include "engine/lock.h"
#include "engine/record.h"
#include "engine/store.h"

#include <map>
#include <optional>
#include <vector>

namespace genlock {

// One event on one record, with what the merge rules ask about it.
struct RecordEvent {
  Event event;
  VersionVector context;  // everything its writer had seen
};

class State {
 public:
  State(const Reader& reader, const EventLog& log, StreamId stream)
      : reader_(reader), log_(log), stream_(stream) {}

  StreamId stream() const { return stream_; }
  const Reader& reader() const { return reader_; }
  const EventLog& log() const { return log_; }

  // nullopt: no event on it is known here.
  Result<std::optional<RecordState>> record(const RecordKey& key) const;
  // The same without a copy: nullptr where nothing is known. Valid as long as this State.
  Result<const RecordState*> find(const RecordKey& key) const;
  // The same to keep: this State forgets it, and reads it again when asked again.
  Result<std::optional<RecordState>> take(const RecordKey& key);
  // Takes a record as read, from whoever has just written or read it.
  void remember(const RecordKey& key, RecordState record) { read_[key] = std::move(record); }
  // All records whose parent is `parent`, by table, then id; only of `table` unless it is none.
  Result<std::vector<RecordKey>> children(RecordId parent, TableId table = TableId::none) const;
  // Records with a shown ON DELETE SET NULL reference to `target`.
  Result<std::vector<RecordKey>> referrers(RecordId target) const;
  // Records that claim `value` of the unique key `unique_id` under `parent`, gone and hidden ones
  // too.
  Result<std::vector<RecordKey>> claimants(std::uint16_t unique_id, RecordId parent,
                                           const Value& value) const;
  // The greatest sort_order that was ever written to a child of `parent`, empty: none. What is to
  // go last goes behind it.
  Result<std::string> greatest_order(RecordId parent, TableId table) const;
  Result<LockState> locks() const;
  // Every record of the stream, ascending by (table, id).
  Result<std::vector<RecordKey>> records() const;
  // How many events on the record were dropped by compaction that the writer of `dot` had seen.
  Result<std::uint64_t> dropped_before(const RecordKey& key, const Dot& dot) const;
  // Names of the events on a record, by (origin, sequence).
  Result<std::vector<Dot>> event_dots(const RecordKey& key) const;
  // The events on a record in canonical order, read from the log. O(history of the record).
  Result<std::vector<RecordEvent>> history(const RecordKey& key) const;
  // The same of a record in this state.
  Result<std::vector<RecordEvent>> history(const RecordState& record) const;
  // Only those inside `within`.
  Result<std::vector<RecordEvent>> history(const RecordKey& key, const VersionVector& within) const;

 private:
  const Reader& reader_;
  const EventLog& log_;
  StreamId stream_;
  mutable std::map<RecordKey, std::optional<RecordState>> read_;
  mutable std::optional<LockState> locks_;
  mutable std::optional<bool> is_compacted_;
};

}  // namespace genlock
