#include "cli/replay.h"

#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/ingest.h"
#include "eventlog/memory_store.h"
#include "projections/cut.h"
#include "projections/log_within.h"
#include "projections/row_projection.h"

namespace genlock::cli {
namespace {

// The node's log, and beside it what was folded so far, in memory: nothing that the node had made
// from its log before.
class Scratch : public Reader {
 public:
  explicit Scratch(const Reader& log) : log_(log) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return at(space).get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return at(space).scan(space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return at(space).scan_down(space, first, end, visit);
  }
  Result<void> take(const Batch& batch) { return folded_.commit(batch, false); }

 private:
  const Reader& at(Space space) const { return space == Space::events ? log_ : folded_; }

  const Reader& log_;
  MemoryStore folded_;
};

// State and rows as they grow, event by event.
class Folding {
 public:
  // `floor` outlives this.
  Folding(const EventLog& log, const Reader& reader, StreamId stream, const VersionVector& floor)
      : log_(log), stream_(stream), floor_(floor), now_(reader), projection_(Role::lan) {
    projection_.set_listener([this](const ShownChanges& shown) { shown_ = shown; });
  }

  // Folds one event and lists what shows differently.
  Result<void> fold(const RecordEvent& next, std::vector<RowChange>& rows,
                    std::vector<Conflict>& conflicts) {
    Overlay step(now_);
    Fold fold(step, log_, stream_, nullptr, &floor_);
    TRY(fold.apply(next.event, next.context));
    TRY_ASSIGN(std::vector<RecordKey> touched, fold.finish());
    State before(now_, log_, stream_), after(step, log_, stream_);
    TRY(projection_.apply(step, after, {stream_, {next.event}, touched}, next.event.wall_ms));
    TRY(list_rows(before, after, touched, rows));
    TRY(list_conflicts(after, conflicts));
    return now_.take(step.batch());
  }

  Result<Digest> digest() const { return projection_.digest(now_, stream_); }

 private:
  static Result<void> list_rows(const State& before, const State& after,
                                const std::vector<RecordKey>& touched,
                                std::vector<RowChange>& rows) {
    for (const RecordKey& key : touched) {
      TRY_ASSIGN(auto was, view(before, key));
      TRY_ASSIGN(auto is, view(after, key));
      if (auto change = compare(was, is)) rows.push_back(*std::move(change));
    }
    return {};
  }

  Result<void> list_conflicts(const State& after, std::vector<Conflict>& conflicts) {
    for (const Uuid& id : shown_.conflicts) {
      TRY_ASSIGN(auto conflict, projection_.find_conflict(after, id));
      if (conflict) conflicts.push_back(*std::move(conflict));
    }
    shown_ = {};
    return {};
  }

  const EventLog& log_;
  StreamId stream_;
  const VersionVector& floor_;
  Scratch now_;
  RowProjection projection_;
  ShownChanges shown_;
};

}  // namespace

Result<VersionVector> events_until(const EventLog& log, const Reader& reader, StreamId stream,
                                   const std::string& until) {
  if (auto as_of = parse_as_of(until)) return cut_of(log, reader, stream, *as_of);
  return Error{ErrorCode::bad_request, "'" + until +
                                           "' is neither a time (2026-11-22T19:42:00Z) nor an event"
                                           " id (stream.origin.sequence)"};
}

Result<ReplayEnd> replay(const EventLog& log, const Reader& reader, StreamId stream,
                         const VersionVector* within, const OnReplayed& visit) {
  TRY_ASSIGN(StreamHead head, log.head(reader, stream));
  VersionVector counted = within ? *within : head.vector();
  LogWithin log_within(log, counted);
  TRY_ASSIGN(CausalReader events, CausalReader::open(log_within, reader, stream, &counted));
  TRY_ASSIGN(const VersionVector floor, log.floor(reader, stream));
  Folding folding(log_within, reader, stream, floor);
  ReplayEnd end;
  while (true) {
    TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
    if (!next) break;
    std::vector<RowChange> rows;
    std::vector<Conflict> conflicts;
    TRY(folding.fold(*next, rows, conflicts));
    ++end.event_count;
    end.vector.raise(next->event.dot.origin, next->event.dot.sequence);
    if (floor.contains(next->event.dot)) continue;  // what it changed then is not known any more
    if (!visit({next->event, rows, conflicts})) break;
  }
  TRY_ASSIGN(end.digest, folding.digest());
  return end;
}

}  // namespace genlock::cli
