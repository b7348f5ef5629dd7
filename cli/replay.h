// Replay: folds a stream from nothing, one event at a time, with the code that folds every write,
// and shows what each event changed. The history is the proof: same events, same digest.
#pragma once

#include "cli/row_changes.h"
#include "engine/event_log.h"
#include "engine/projection.h"
#include "engine/store.h"

#include <functional>

namespace genlock::cli {

struct ReplayedEvent {
  const Event& event;
  const std::vector<RowChange>& rows;
  const std::vector<Conflict>& conflicts;  // new or changed
};

struct ReplayEnd {
  std::uint64_t event_count = 0;
  VersionVector vector;
  Digest digest;
};

// Which events "until" means: a time in RFC 3339 (for each origin its last unmarked event with a
// wall reading up to then, joined with their contexts), or an event id (that event and its
// context). Both are closed under causality. ERRORS: bad_request, not_found.
Result<VersionVector> events_until(const EventLog& log, const Reader& reader, StreamId stream,
                                   const std::string& until);

// `visit` is called after each event, in canonical order; false ends the replay.
using OnReplayed = std::function<bool(const ReplayedEvent&)>;
Result<ReplayEnd> replay(const EventLog& log, const Reader& reader, StreamId stream,
                         const VersionVector* within, const OnReplayed& visit);

}  // namespace genlock::cli
