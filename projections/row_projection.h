// The rows that the API serves: a read model of the fold, brought up to date in the batch of the
// write itself.
//
// Each record is a row of its own (projections/stored_row.h), ready to send. A row of a table that
// nests others is a document: it holds its children's rows too, so a changed child rewrites its
// owner. Gone and hidden rows are kept; lists leave them out. Conflicts are rows beside their
// record's. A row whose bytes stay the same is not written. Everything here is a function of the
// stream's events (I4), but for synced_at, which lies in Space::local. Keys: projections/keys.h.
#pragma once

#include "engine/projection.h"
#include "projections/note_bounds.h"

#include <functional>
#include <span>
#include <vector>

namespace genlock {

// What one apply changed in what clients see.
struct ShownChanges {
  StreamId stream;
  std::vector<RecordKey> rows;  // written or erased, ascending; owners of changed children too
  std::vector<Uuid> conflicts;  // new, changed or gone
};

class RowProjection : public Projection {
 public:
  // A cloud node notes the time of storing as synced_at; the others learn it through mark_synced.
  explicit RowProjection(Role role, const NoteBounds& notes = {}) : role_(role), notes_(notes) {}

  Result<void> apply(Overlay& overlay, const State& state, const Changes& changes,
                     UnixMs now_ms) override;
  Result<void> drop(Overlay& overlay, StreamId stream) override;
  Result<Digest> digest(const Reader& reader, StreamId stream) const override;
  Result<std::optional<ETag>> etag(const Reader& reader, StreamId stream,
                                   const RecordKey& key) const override;
  Result<std::optional<Conflict>> find_conflict(const State& state, const Uuid& id) const override;

  // Called at the end of each apply, on its thread, before the batch is written: `shown` may still
  // be thrown away.
  using Listener = std::function<void(const ShownChanges& shown)>;
  void set_listener(Listener listener) { listener_ = std::move(listener); }

 private:
  Role role_;
  NoteBounds notes_;
  Listener listener_;
};

// The cloud has everything in `cloud_has` of the stream: rows that `events` touched (and the
// documents they stand in) and whose latest events are all in it get synced_at = now_ms. Others
// stay. Rows already marked keep their time.
Result<void> mark_synced(Overlay& overlay, StreamId stream, std::span<const Event> events,
                         const VersionVector& cloud_has, UnixMs now_ms);

}  // namespace genlock
