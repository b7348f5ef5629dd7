// What compaction takes out of a log (engine/compaction.h) and where it may go: beside the log, to
// come back for those who ask about old times. Implementation: eventlog/history_files.h.
#pragma once

#include "engine/event_log.h"
#include "engine/result.h"
#include "engine/store.h"

#include <functional>
#include <memory>
#include <vector>

namespace genlock {

struct DroppedEvent {
  Dot dot;
  Position position = Position::none;  // that it had in this node's log
  UnixMs stored_at_ms = 0;
  std::string bytes;  // as its origin encoded it
  bool operator==(const DroppedEvent&) const = default;
};

// Keeps events before they are dropped: when it returns they are durable. The same ones may come
// again. An error leaves the log as it was.
using KeepDropped =
    std::function<Result<void>(StreamId stream, const std::vector<DroppedEvent>& events)>;

class WholeLog {
 public:
  virtual ~WholeLog() = default;
  // `log` as if `stream` had never been compacted, but for positions and command keys; state and
  // rows are those of `log`, which outlives the result. Proven against the log's chain of hashes.
  // Any thread. O(events of the stream behind its floor), in time and memory. ERRORS: compacted
  // (not all of them were kept; says which lacks), corruption (what was kept is damaged or is
  // another history), too_large, unavailable.
  virtual Result<std::unique_ptr<Reader>> whole(const Reader& log, StreamId stream) = 0;
};

// What reads `now` with what was dropped of the stream put back, and owns it; `now` itself where
// nothing was. `history` outlives it; null: nothing was kept. ERRORS: as of WholeLog::whole.
Result<std::unique_ptr<Reader>> put_back(const EventLog& log, std::unique_ptr<Reader> now,
                                         StreamId stream, WholeLog* history);

}  // namespace genlock
