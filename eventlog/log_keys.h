// Keys of Space::events (docs/formats/log-keys.md). Numbers are big endian, so that byte order is
// number order; ids are their 16 bytes. The first byte says what a key is for:
//   'e' stream origin sequence   an event: checksum, chain value, position, time of storing, bytes
//   'p' position                 which event has this position: stream origin sequence
//   'l'                          the last position given out
//   'h' stream origin            the last event of an origin: sequence, chain value, hybrid time,
//   sequence of its context 'c' stream origin sequence   expanded context of an event, where it
//   brought something new into it 'k' command key              which event a command became: stream
//   origin sequence
#pragma once

#include "engine/event_log.h"

#include <optional>
#include <string>
#include <string_view>

namespace genlock::log_keys {

inline constexpr std::string_view order_prefix = "p", last_position = "l", head_prefix = "h";

std::string event(const EventId& id);
std::string events(StreamId stream, OriginId origin);  // prefix
std::string order(Position position);
std::string head(StreamId stream, OriginId origin);
std::string heads(StreamId stream);  // prefix
std::string context(const EventId& id);
std::string contexts(StreamId stream, OriginId origin);  // prefix
std::string command(const Uuid& key);

// The event that a key of kind 'e' names. REQUIRES: such a key.
EventId event_of(std::string_view key);
// The stream and origin of a key of kind 'h'. REQUIRES: such a key.
StreamId stream_of(std::string_view head_key);
OriginId origin_of(std::string_view head_key);

}  // namespace genlock::log_keys

namespace genlock::log_values {

// Values. `parse_*` gives nullopt for what has a wrong size or checksum.

// [xxh3-128 of the rest, seeded with the key's hash][chain 32][position 8][stored at 8][bytes]: an
// event at another event's key is noticed too.
std::string event(std::string_view key, const StoredEvent& event);
std::optional<StoredEvent> parse_event(std::string_view key, std::string_view value);

// [stream 16][origin 16][sequence 8]
std::string event_id(const EventId& id);
std::optional<EventId> parse_event_id(std::string_view value);

// [last 8][chain 32][time 8][context at 8]; the context itself stands under its own key.
std::string head(const OriginHead& head);
std::optional<OriginHead> parse_head(std::string_view value);

// ([origin 16][last 8])*, ascending by origin
std::string context(const VersionVector& context);
std::optional<VersionVector> parse_context(std::string_view value);

std::string position(Position position);
std::optional<Position> parse_position(std::string_view value);

}  // namespace genlock::log_values
