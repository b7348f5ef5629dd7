// The log port: what the engine and replication need to know of events. Works through a Reader, so
// a transaction sees what it appended itself. Implementation: eventlog/log.h, over any Store.
#pragma once

#include "engine/branches.h"
#include "engine/event.h"
#include "engine/result.h"
#include "engine/store.h"
#include "engine/stream_base.h"

#include <functional>
#include <optional>
#include <vector>

namespace genlock {

// The last event of one origin in a stream, as far as this node has it.
struct OriginHead {
  Sequence last = Sequence::none;
  ChainHash chain{};
  HybridTime time = HybridTime::zero;
  // The latest event that brought something new into the context; where the log keeps the expanded
  // context.
  Sequence context_at = Sequence::none;
  // In Appends alone: expanded context of that last event, which is everything its writer had seen,
  // without the event itself.
  VersionVector context = {};
};

// What this node has of a stream.
struct StreamHead {
  std::vector<std::pair<OriginId, OriginHead>> origins;  // sorted by origin
  HybridTime latest = HybridTime::zero;                  // greatest hybrid time of all events

  const OriginHead* find(OriginId origin) const;
  OriginHead& at(OriginId origin);  // makes it where missing
  VersionVector vector() const;
};

// Events with consecutive positions of this node's log and consecutive sequences of one origin: as
// an origin edits, or a page brings them. A nil stream: positions whose events were dropped.
struct EventRun {
  Position at = Position::none;  // of the first one
  EventId first;
  std::uint64_t count = 0;
  bool is_gap() const { return first.stream == StreamId{}; }
  EventId nth(std::uint64_t n) const {
    return {first.stream, {first.dot.origin, Sequence{number(first.dot.sequence) + n}}};
  }
};

// What one transaction appends to one stream, between begin() and finish().
struct Appends {
  StreamId stream;
  StreamHead head;  // as of the last append
  Branches branches;
  Position last = Position::none;  // of the whole log
  EventRun run;                    // the last one of the log
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // Empty where the stream is unknown.
  virtual Result<StreamHead> head(const Reader& reader, StreamId stream) const = 0;
  // All streams with at least one event, ascending.
  virtual Result<std::vector<StreamId>> streams(const Reader& reader) const = 0;
  // Verified against its checksum. ERRORS: not_found, compacted (it was here and is not kept),
  // corruption.
  virtual Result<StoredEvent> read(const Reader& reader, const EventId& id) const = 0;
  // Events of a range in sequence order, until `visit` returns false. ERRORS: not_found where one
  // is missing, compacted where it was dropped behind the floor.
  using Visit = std::function<bool(const EventId& id, const StoredEvent& event)>;
  virtual Result<void> read_range(const Reader& reader, StreamId stream, const EventRange& range,
                                  const Visit& visit) const = 0;
  // Those of a range that the log keeps: behind the floor some are gone. ERRORS: not_found where
  // one above the floor is missing.
  virtual Result<void> read_kept(const Reader& reader, StreamId stream, const EventRange& range,
                                 const Visit& visit) const = 0;
  // Events in the order of this node's log, after `after`. Dropped ones are passed over; see
  // last_dropped().
  virtual Result<void> read_after(const Reader& reader, Position after,
                                  const Visit& visit) const = 0;
  virtual Result<Position> last_position(const Reader& reader) const = 0;
  // The greatest position of an event that was dropped: who read up to there or further has missed
  // nothing.
  virtual Result<Position> last_dropped(const Reader& reader) const = 0;
  // Everything the writer of `id` had seen of the stream, without `id` itself. O(log n).
  // REQUIRES: the event is in the log.
  virtual Result<VersionVector> context_of(const Reader& reader, const EventId& id) const = 0;
  virtual Result<Branches> branches(const Reader& reader, StreamId stream) const = 0;
  // The event that carries this command key, if any.
  virtual Result<std::optional<EventId>> find_command(const Reader& reader,
                                                      const Uuid& command_key) const = 0;

  // Appends events that were checked by the engine: next sequence, context held, hybrid time
  // greater. Heads and positions that are read meanwhile are those of before; finish() writes them.
  virtual Result<Appends> begin(const Reader& reader, StreamId stream) const = 0;
  // `event` under the names that it has here, which `names` tells where its bytes say others.
  virtual Position append(Overlay& overlay, Appends& appends, const Event& event,
                          std::string_view bytes, UnixMs stored_at_ms,
                          const std::vector<Renaming>& names) const = 0;
  Position append(Overlay& overlay, Appends& appends, const Event& event, std::string_view bytes,
                  UnixMs stored_at_ms) const {
    return append(overlay, appends, event, bytes, stored_at_ms, {});
  }
  // A branch whose first event is appended next. REQUIRES: what it follows is in the log.
  virtual Result<void> open_branch(Overlay& overlay, Appends& appends,
                                   const Branch& branch) const = 0;
  // From here on the events of first.origin from `first` on are called `name`, and are a branch;
  // whatever names them is written anew, but for state and rows, which are folded from nothing
  // after this. O(events of the stream), O(runs of the log).
  virtual Result<void> divert(Overlay& overlay, Appends& appends, const Dot& first,
                              OriginId name) const = 0;
  virtual void finish(Overlay& overlay, const Appends& appends) const = 0;

  // --- a compacted stream (engine/compaction.h) ---

  // The cut behind which events were dropped; empty: none were.
  virtual Result<VersionVector> floor(const Reader& reader, StreamId stream) const = 0;
  virtual Result<std::optional<RecordFacts>> facts(const Reader& reader, StreamId stream,
                                                   const RecordKey& key) const = 0;
  virtual Result<std::vector<RecordFacts>> all_facts(const Reader& reader,
                                                     StreamId stream) const = 0;
  // From now on events inside `at` may be missing. REQUIRES: it includes the floor of before.
  virtual void raise_floor(Overlay& overlay, StreamId stream, const VersionVector& at) const = 0;
  virtual void put_facts(Overlay& overlay, StreamId stream, const RecordFacts& facts) const = 0;
  // Takes events out, with their contexts, positions and command keys; those that follow them keep
  // the contexts they had. REQUIRES: they are inside the floor, and none is its origin's last one
  // there. O(events), O(runs among their positions).
  virtual Result<void> drop(Overlay& overlay, StreamId stream,
                            const std::vector<Dot>& dots) const = 0;
  // Takes out a whole stream, but for state and rows.
  virtual Result<void> forget(Overlay& overlay, StreamId stream) const = 0;
  // A stream that begins with `base`, which is then to be folded (Engine::refold). ERRORS: exists
  // (something of the stream is here), corruption (it is none).
  virtual Result<void> install(Overlay& overlay, const StreamBase& base,
                               UnixMs stored_at_ms) const = 0;
};

}  // namespace genlock
