// Keys of Space::events (docs/formats/log-keys.md). Numbers are big endian, so that byte order is
// number order; ids are their 16 bytes. The first byte says what a key is for:
//   'e' stream origin sequence   an event: checksum, chain value, position, time of storing, bytes
//   'p' position                 the run of events that begins at this position, or of dropped ones
//   'l'                          the last position given out, and where its run begins
//   'h' stream                   the last event of each origin
//   'c' stream origin sequence   expanded context of an event that brought something new into it
//   'k' command key, event       that this event is what a command became
//   'b' stream                   its branches (engine/branches.h), where an origin went on twice
//   'v' stream                   the cut behind which events were dropped (engine/stream_base.h)
//   'f' stream table record      what the dropped events leave behind of a record
//   'd'                          the greatest position of a dropped event
#pragma once

#include "engine/event_log.h"

#include <optional>
#include <string>
#include <string_view>

namespace genlock::log_keys {

inline constexpr std::string_view order_prefix = "p", end = "l", heads_prefix = "h",
                                  last_dropped = "d";

std::string event(const EventId& id);
std::string events(StreamId stream, OriginId origin);  // prefix
std::string order(Position position);
std::string heads(StreamId stream);
std::string context(const EventId& id);
std::string contexts(StreamId stream, OriginId origin);  // prefix
std::string command(const Uuid& command_key, const EventId& event);
std::string commands(const Uuid& command_key);  // prefix
std::string branches(StreamId stream);
std::string events_of(StreamId stream);    // prefix
std::string contexts_of(StreamId stream);  // prefix
std::string floor(StreamId stream);
std::string facts(StreamId stream, const RecordKey& record);
std::string facts_of(StreamId stream);  // prefix

// The latest event of an origin with a key of kind 'c'; none: there is none.
Result<Sequence> last_context(const Reader& reader, StreamId stream, OriginId origin);

// The event that a key of kind 'e' or 'k' names. REQUIRES: such a key.
EventId event_of(std::string_view key);
EventId command_event(std::string_view key);
// The position of a key of kind 'p', the stream of one of kind 'h'. REQUIRES: such a key.
Position position_of(std::string_view order_key);
StreamId stream_of(std::string_view heads_key);
// The record of a key of kind 'f'. REQUIRES: such a key.
RecordKey record_of(std::string_view facts_key);

}  // namespace genlock::log_keys

namespace genlock::log_values {

// Values. `parse_*` gives nullopt for what has a wrong size or checksum.

// [xxh3-128 of the rest, seeded with the key's hash][chain 32][position 8][stored at 8][bytes]: an
// event at another event's key is noticed too. Where it has other names than in its bytes, the
// highest bit of the position is set, and before the bytes stand [count 8]([written 24][here 24])*.
std::string event(std::string_view key, const ChainHash& chain, Position position,
                  UnixMs stored_at_ms, std::string_view bytes,
                  const std::vector<Renaming>& names = {});
std::optional<StoredEvent> parse_event(std::string_view key, std::string_view value);

// [stream 16][origin 16][sequence 8]
std::string event_id(const EventId& id);
std::optional<EventId> parse_event_id(std::string_view value);

// ([origin 16][last 8][chain 32][time 8][context at 8])*, ascending by origin; the contexts stand
// under their own keys. One value for a stream: it is read and written with every event.
using OriginHeads = std::vector<std::pair<OriginId, OriginHead>>;
std::string heads(const OriginHeads& heads);
std::optional<OriginHeads> parse_heads(std::string_view value);

// ([origin 16][last 8])*, ascending by origin
std::string context(const VersionVector& context);
std::optional<VersionVector> parse_context(std::string_view value);

// [first event id][count 8]; where it begins is in the key. All zero but the count: a gap.
std::string run(const EventRun& run);
std::optional<EventRun> parse_run(std::string_view key, std::string_view value);

// [last position 8][position that its run begins with 8]
struct LogEnd {
  Position last = Position::none;
  Position run_at = Position::none;
};
std::string end(const LogEnd& end);
std::optional<LogEnd> parse_end(std::string_view value);

// [position 8]
std::string position(Position position);
std::optional<Position> parse_position(std::string_view value);

}  // namespace genlock::log_values
