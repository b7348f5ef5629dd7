#include "eventlog/log_keys.h"

#include "engine/bytes.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace genlock {

namespace {

constexpr std::size_t id_bytes = 16, number_bytes = 8, event_id_bytes = 2 * id_bytes + number_bytes;
constexpr std::size_t checksum_bytes = 16, chain_bytes = 32, dot_bytes = id_bytes + number_bytes;
constexpr std::uint64_t has_names = std::uint64_t{1} << 63;
constexpr std::size_t head_bytes = id_bytes + chain_bytes + 3 * number_bytes;

void put_number(std::string& out, std::uint64_t value) { append_be64(out, value); }

void put_chain(std::string& out, const ChainHash& chain) { out.append(chain.begin(), chain.end()); }

// Takes fields off the front of a value. REQUIRES: they are there.
struct Fields {
  std::string_view rest;

  std::string_view take(std::size_t size) {
    std::string_view field = rest.substr(0, size);
    rest.remove_prefix(size);
    return field;
  }
  std::uint64_t number() { return read_be64(take(number_bytes)); }
  Uuid uuid() { return Uuid::from_bytes(take(id_bytes)); }
  ChainHash chain() {
    ChainHash chain;
    std::string_view bytes = take(chain_bytes);
    std::copy(bytes.begin(), bytes.end(), chain.begin());
    return chain;
  }
  Dot dot() {
    const OriginId origin{uuid()};
    return {origin, Sequence{number()}};
  }
  EventId event_id() {
    const StreamId stream{uuid()};
    return {stream, dot()};
  }
};

void put_names(std::string& out, const std::vector<Renaming>& names) {
  put_number(out, names.size());
  for (const Renaming& name : names) {
    for (const Dot& dot : {name.written, name.here}) {
      out += dot.origin.view();
      put_number(out, number(dot.sequence));
    }
  }
}

void put_event_id(std::string& out, const EventId& id) {
  out += id.stream.view();
  out += id.dot.origin.view();
  put_number(out, number(id.dot.sequence));
}

std::string key_of_event(char kind, const EventId& id) {
  std::string key;
  key.reserve(1 + event_id_bytes);
  key += kind;
  put_event_id(key, id);
  return key;
}

std::string key_of_origin(char kind, StreamId stream, OriginId origin) {
  std::string key(1, kind);
  key += stream.view();
  key += origin.view();
  return key;
}

XXH128_canonical_t checksum(std::string_view key, std::string_view rest) {
  const auto seed = XXH3_64bits(key.data(), key.size());
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_withSeed(rest.data(), rest.size(), seed));
  return canonical;
}

std::string_view view(const XXH128_canonical_t& checksum) {
  return {reinterpret_cast<const char*>(checksum.digest), checksum_bytes};
}

}  // namespace

namespace log_keys {

std::string event(const EventId& id) { return key_of_event('e', id); }
std::string context(const EventId& id) { return key_of_event('c', id); }
std::string events(StreamId stream, OriginId origin) { return key_of_origin('e', stream, origin); }
std::string contexts(StreamId stream, OriginId origin) {
  return key_of_origin('c', stream, origin);
}

std::string heads(StreamId stream) {
  std::string key(heads_prefix);
  key += stream.view();
  return key;
}

std::string order(Position position) {
  std::string key(order_prefix);
  put_number(key, number(position));
  return key;
}

namespace {
std::string of_stream(char kind, StreamId stream) {
  return std::string(1, kind).append(stream.view());
}
}  // namespace

std::string branches(StreamId stream) { return of_stream('b', stream); }
std::string events_of(StreamId stream) { return of_stream('e', stream); }
std::string contexts_of(StreamId stream) { return of_stream('c', stream); }
std::string floor(StreamId stream) { return of_stream('v', stream); }
std::string facts_of(StreamId stream) { return of_stream('f', stream); }

std::string facts(StreamId stream, const RecordKey& record) {
  std::string key = facts_of(stream);
  append_be16(key, number(record.table));
  key += record.id.view();
  return key;
}

RecordKey record_of(std::string_view facts_key) {
  const std::string_view tail = facts_key.substr(1 + id_bytes);
  return {TableId{read_be16(tail)}, RecordId{Uuid::from_bytes(tail.substr(2))}};
}

Result<Sequence> last_context(const Reader& reader, StreamId stream, OriginId origin) {
  Sequence last = Sequence::none;
  const std::string prefix = contexts(stream, origin);
  TRY(reader.scan_down(Space::events, prefix, Reader::end_of_prefix(prefix),
                       [&](std::string_view key, std::string_view) {
                         last = event_of(key).dot.sequence;
                         return false;
                       }));
  return last;
}

std::string commands(const Uuid& command_key) {
  return std::string(1, 'k').append(command_key.view());
}

std::string command(const Uuid& command_key, const EventId& event) {
  std::string key = commands(command_key);
  put_event_id(key, event);
  return key;
}

EventId event_of(std::string_view key) { return Fields{key.substr(1)}.event_id(); }
EventId command_event(std::string_view key) { return Fields{key.substr(1 + id_bytes)}.event_id(); }

Position position_of(std::string_view order_key) {
  return Position{Fields{order_key.substr(1)}.number()};
}

StreamId stream_of(std::string_view heads_key) {
  return {Uuid::from_bytes(heads_key.substr(1, id_bytes))};
}

}  // namespace log_keys

namespace log_values {

std::string event(std::string_view key, const ChainHash& chain, Position position,
                  UnixMs stored_at_ms, std::string_view bytes, const std::vector<Renaming>& names) {
  std::string value;
  value.reserve(checksum_bytes + chain_bytes + 2 * number_bytes + bytes.size());
  value.resize(checksum_bytes);
  put_chain(value, chain);
  put_number(value, number(position) | (names.empty() ? 0 : has_names));
  put_number(value, static_cast<std::uint64_t>(stored_at_ms));
  if (!names.empty()) put_names(value, names);
  value += bytes;
  const auto sum = checksum(key, std::string_view(value).substr(checksum_bytes));
  value.replace(0, checksum_bytes, view(sum));
  return value;
}

std::optional<StoredEvent> parse_event(std::string_view key, std::string_view value) {
  if (value.size() < checksum_bytes + chain_bytes + 2 * number_bytes) return std::nullopt;
  Fields fields{value};
  const std::string_view expected = fields.take(checksum_bytes);
  if (view(checksum(key, fields.rest)) != expected) return std::nullopt;
  StoredEvent event;
  event.chain = fields.chain();
  const std::uint64_t position = fields.number();
  event.position = Position{position & ~has_names};
  event.stored_at_ms = static_cast<UnixMs>(fields.number());
  if (position & has_names) {
    if (fields.rest.size() < number_bytes) return std::nullopt;
    const std::uint64_t count = fields.number();
    if (count > fields.rest.size() / (2 * dot_bytes)) return std::nullopt;
    for (std::uint64_t i = 0; i < count; ++i) {
      const Dot written = fields.dot();
      event.names.push_back({written, fields.dot()});
    }
  }
  event.bytes = fields.rest;
  return event;
}

std::string event_id(const EventId& id) {
  std::string value;
  put_event_id(value, id);
  return value;
}

std::optional<EventId> parse_event_id(std::string_view value) {
  if (value.size() != event_id_bytes) return std::nullopt;
  return Fields{value}.event_id();
}

std::string heads(const OriginHeads& heads) {
  std::string value;
  value.reserve(heads.size() * head_bytes);
  for (const auto& [origin, head] : heads) {
    value += origin.view();
    put_number(value, number(head.last));
    put_chain(value, head.chain);
    put_number(value, number(head.time));
    put_number(value, number(head.context_at));
  }
  return value;
}

std::optional<OriginHeads> parse_heads(std::string_view value) {
  if (value.empty() || value.size() % head_bytes != 0) return std::nullopt;
  OriginHeads heads;
  heads.reserve(value.size() / head_bytes);
  for (Fields fields{value}; !fields.rest.empty();) {
    const OriginId origin{fields.uuid()};
    OriginHead& head = heads.emplace_back(origin, OriginHead{}).second;
    head.last = Sequence{fields.number()};
    head.chain = fields.chain();
    head.time = HybridTime{fields.number()};
    head.context_at = Sequence{fields.number()};
  }
  return heads;
}

std::string context(const VersionVector& context) {
  std::string value;
  for (const auto& entry : context.entries()) {
    value += entry.origin.view();
    put_number(value, number(entry.last));
  }
  return value;
}

std::optional<VersionVector> parse_context(std::string_view value) {
  if (value.size() % (id_bytes + number_bytes) != 0) return std::nullopt;
  VersionVector context;
  context.reserve(value.size() / dot_bytes);
  for (Fields fields{value}; !fields.rest.empty();) {
    const OriginId origin{fields.uuid()};
    context.raise(origin, Sequence{fields.number()});
  }
  return context;
}

std::string run(const EventRun& run) {
  std::string value;
  put_event_id(value, run.first);
  put_number(value, run.count);
  return value;
}

std::optional<EventRun> parse_run(std::string_view key, std::string_view value) {
  if (value.size() != event_id_bytes + number_bytes) return std::nullopt;
  Fields fields{value};
  const EventId first = fields.event_id();
  return EventRun{log_keys::position_of(key), first, fields.number()};
}

std::string end(const LogEnd& end) {
  std::string value;
  put_number(value, number(end.last));
  put_number(value, number(end.run_at));
  return value;
}

std::optional<LogEnd> parse_end(std::string_view value) {
  if (value.size() != 2 * number_bytes) return std::nullopt;
  Fields fields{value};
  const Position last{fields.number()};
  return LogEnd{last, Position{fields.number()}};
}

std::string position(Position position) {
  std::string value;
  put_number(value, number(position));
  return value;
}

std::optional<Position> parse_position(std::string_view value) {
  if (value.size() != number_bytes) return std::nullopt;
  return Position{Fields{value}.number()};
}

}  // namespace log_values

}  // namespace genlock
