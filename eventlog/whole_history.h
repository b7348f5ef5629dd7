// A compacted stream with what was dropped put back: what lies in history files is laid over the
// log, and the chain of hashes is computed from the first event on, so that what comes back is what
// was dropped and nothing else.
#pragma once

#include "engine/event_log.h"
#include "eventlog/history_file.h"

#include <vector>

namespace genlock {

struct WholeHistory {
  Batch put;                         // of Space::events: events and contexts; no floor, no facts
  std::uint64_t restored_count = 0;  // events that the log does not hold
  std::size_t bytes = 0;             // about as much memory as `put` takes
};

// `files` may hold events that are in the log still, or twice, or that are not of the stream.
// ERRORS: compacted (an event is in neither), corruption (what a file holds is not what the log's
// hashes speak of). O(events behind the floor).
Result<WholeHistory> whole_history(const Reader& log, StreamId stream,
                                   const std::vector<HistoryFile>& files);

}  // namespace genlock
