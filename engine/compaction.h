// Compaction: a stream is left with the events that anything can still ask for. A cut V is legal
// when every event outside it, here or still to come,
//   has V in its context, and
//   names of V only writes that stood there (a Base-Version of before V is refused with 412).
// Whether what is still to come keeps to that is for the caller to know (who is enrolled, what each
// has acknowledged and will build on); what is here is checked. docs/adr/0017 has the reasons,
// tests/properties/compaction_laws_test.cpp the law: folding what is left is folding all, now and
// after whatever may still come, for rows, conflicts, ETags and digests.
#pragma once

#include "engine/committer.h"
#include "engine/dropped_events.h"
#include "engine/event_log.h"
#include "engine/state.h"
#include "engine/stream_base.h"

#include <functional>
#include <optional>
#include <vector>

namespace genlock {

// What a cut leaves of a stream. Memory: the names of the events that stay.
struct CompactionPlan {
  StreamId stream;
  VersionVector at;
  VersionVector floor_before;
  std::vector<RecordFacts> facts;  // ascending by record
  std::vector<Dot> kept;           // sorted: everything inside the cut that stays
};

// ERRORS: invalid_argument (the cut is not legal, or is not held here), compacted (it does not
// include the floor), unsupported (the stream has branches), corruption.
// O(events inside the cut that are here); nothing is written.
Result<CompactionPlan> plan_compaction(const Reader& reader, const EventLog& log, StreamId stream,
                                       const VersionVector& cut);

// The same as a value, for a node that begins with it (EventLog::install, Engine::refold). Memory:
// its size.
Result<StreamBase> base_at(const Reader& reader, const EventLog& log, StreamId stream,
                           const VersionVector& cut);

// Carries a plan out in slices; each may be a batch of its own, and others may write to the stream
// between them. Where it ends early the stream is as good as before, and a later compaction does
// the rest. Rows do not change.
class Compaction {
 public:
  static constexpr std::size_t slice_records = 500, slice_events = 5'000;
  static constexpr std::size_t slice_bytes = 16 << 20;  // of dropped events, about

  // `log` outlives this.
  Compaction(const EventLog& log, CompactionPlan plan) : log_(log), plan_(std::move(plan)) {}

  // Hands what the next step will drop to `keep`, beside all writes; nothing, where it drops none.
  // ERRORS: of `keep`, corruption.
  Result<void> keep_next(const Reader& reader, const KeepDropped& keep);
  // False: that was the last one. ERRORS: conflict (somebody else compacted it, or it got
  // branches), corruption.
  Result<bool> step(Overlay& overlay);
  std::uint64_t dropped_count() const { return dropped_; }

 private:
  Result<void> check(const Overlay& overlay) const;
  Result<void> note(Overlay& overlay, const RecordFacts& facts) const;
  // What one step drops, and where the one after it begins to look.
  struct Slice {
    std::vector<DroppedEvent> events;
    std::size_t next_origin = 0;
    Sequence after = Sequence::none;  // of that origin, looked at
  };
  Result<Slice> look(const Reader& reader) const;
  Result<bool> drop_some(Overlay& overlay);

  const EventLog& log_;
  const CompactionPlan plan_;
  std::size_t next_record_ = 0;
  Slice done_;                 // its place; without events
  std::optional<Slice> kept_;  // what was handed on, and is to be dropped
  bool is_begun_ = false;
  std::uint64_t dropped_ = 0;
};

// Plans and carries out, for a job of a running node: the plan over a snapshot, each slice a commit
// of its own. `wants_more` is asked before each slice; false leaves the rest for another time.
// `keep` has what a slice drops before it is dropped; none: it is gone. Returns how many events
// were dropped. ERRORS: those of the plan, of step() and of `keep`, unavailable.
Result<std::uint64_t> compact_stream(const Store& store, const EventLog& log, Committer& committer,
                                     StreamId stream, const VersionVector& cut,
                                     const std::function<bool()>& wants_more = {},
                                     const KeepDropped& keep = {});

}  // namespace genlock
