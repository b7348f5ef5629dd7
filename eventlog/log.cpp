#include "eventlog/log.h"

#include "engine/check.h"
#include "engine/event_codec.h"
#include "eventlog/log_keys.h"

#include <algorithm>

namespace genlock {

namespace {

Error damaged(std::string what) {
  return {ErrorCode::corruption,
          std::move(what) + " is damaged on this node's disk: run `genlock verify`",
          {}};
}

// The parsed value, or corruption naming `what()`.
template <class T>
Result<T> parsed(std::optional<T> value, auto what) {
  if (!value) return damaged(what());
  return *std::move(value);
}

std::string name_of(const EventId& id) { return "event " + id.to_string(); }

Result<StoredEvent> parse_event(const EventId& id, std::string_view key, std::string_view value) {
  return parsed(log_values::parse_event(key, value), [&] { return name_of(id); });
}

Error not_in_log(const EventId& id) {
  return {ErrorCode::not_found, name_of(id) + " is not in the log", {}};
}

// The key after that of `id`: where a range that ends with `id` ends.
std::string key_after(std::string key) {
  key += '\0';
  return key;
}

// The expanded context of an event that brought something new into it.
Result<VersionVector> read_context(const Reader& reader, const EventId& id) {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::context(id)));
  return parsed(value ? log_values::parse_context(*value) : std::nullopt,
                [&] { return "the context of " + name_of(id); });
}

// A writer has seen all that it wrote before.
void add_own(VersionVector& context, const Dot& dot) {
  context.raise(dot.origin, Sequence{number(dot.sequence) - 1});
}

}  // namespace

Result<StreamHead> Log::head(const Reader& reader, StreamId stream) const {
  StreamHead head;
  bool intact = true;
  TRY(reader.scan_prefix(
      Space::events, log_keys::heads(stream), [&](std::string_view key, std::string_view value) {
        auto origin_head = log_values::parse_head(value);
        intact = origin_head.has_value();
        if (intact) head.origins.emplace_back(log_keys::origin_of(key), *std::move(origin_head));
        return intact;
      }));
  if (!intact) return damaged("the head of stream " + stream.to_string());
  for (auto& [origin, origin_head] : head.origins) {
    if (origin_head.context_at != Sequence::none) {
      TRY_ASSIGN(origin_head.context,
                 read_context(reader, {stream, {origin, origin_head.context_at}}));
    }
    add_own(origin_head.context, {origin, origin_head.last});
    head.latest = std::max(head.latest, origin_head.time);
  }
  return head;
}

Result<std::vector<StreamId>> Log::streams(const Reader& reader) const {
  std::vector<StreamId> streams;
  TRY(reader.scan_prefix(Space::events, log_keys::head_prefix,
                         [&](std::string_view key, std::string_view) {
                           const StreamId stream = log_keys::stream_of(key);
                           if (streams.empty() || streams.back() != stream)
                             streams.push_back(stream);
                           return true;
                         }));
  return streams;
}

Result<StoredEvent> Log::read(const Reader& reader, const EventId& id) const {
  const std::string key = log_keys::event(id);
  TRY_ASSIGN(auto value, reader.get(Space::events, key));
  if (!value) return not_in_log(id);
  return parse_event(id, key, *value);
}

Result<void> Log::read_range(const Reader& reader, StreamId stream, const EventRange& range,
                             const Visit& visit) const {
  EventId expected{stream, {range.origin, range.first}};
  const EventId last{stream, {range.origin, range.last}};
  Result<void> outcome;
  bool wants_more = true;
  TRY(reader.scan(Space::events, log_keys::event(expected), key_after(log_keys::event(last)),
                  [&](std::string_view key, std::string_view value) {
                    const EventId id = log_keys::event_of(key);
                    if (id != expected) return false;
                    auto event = parse_event(id, key, value);
                    if (!event.ok()) {
                      outcome = std::move(event).error();
                      return false;
                    }
                    expected.dot.sequence = next(id.dot.sequence);
                    return wants_more = visit(id, *event);
                  }));
  if (outcome.ok() && wants_more && expected.dot.sequence <= range.last)
    return not_in_log(expected);
  return outcome;
}

Result<void> Log::read_after(const Reader& reader, Position after, const Visit& visit) const {
  Result<void> outcome;
  const std::string first = log_keys::order(Position{number(after) + 1});
  const std::string end = Reader::end_of_prefix(log_keys::order_prefix);
  TRY(reader.scan(Space::events, first, end, [&](std::string_view, std::string_view value) {
    auto id = log_values::parse_event_id(value);
    if (!id) {
      outcome = damaged("the order of events");
      return false;
    }
    auto event = read(reader, *id);
    if (!event.ok()) {
      outcome = std::move(event).error();
      return false;
    }
    return visit(*id, *event);
  }));
  return outcome;
}

Result<Position> Log::last_position(const Reader& reader) const {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::last_position));
  if (!value) return Position::none;
  return parsed(log_values::parse_position(*value),
                [] { return std::string("the last position"); });
}

Result<VersionVector> Log::context_of(const Reader& reader, const EventId& id) const {
  std::optional<VersionVector> context = VersionVector{};
  const std::string first = log_keys::contexts(id.stream, id.dot.origin);
  TRY(reader.scan_down(Space::events, first, key_after(log_keys::context(id)),
                       [&](std::string_view, std::string_view value) {
                         context = log_values::parse_context(value);
                         return false;
                       }));
  TRY_ASSIGN(auto seen,
             parsed(std::move(context), [&] { return "the context of " + name_of(id); }));
  add_own(seen, id.dot);
  return seen;
}

Result<std::optional<EventId>> Log::find_command(const Reader& reader,
                                                 const Uuid& command_key) const {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::command(command_key)));
  if (!value) return std::optional<EventId>{};
  TRY_ASSIGN(auto id, parsed(log_values::parse_event_id(*value),
                             [&] { return "the event of command " + command_key.to_string(); }));
  return std::optional{id};
}

Result<Position> Log::append(Overlay& overlay, StreamHead& head, const Event& event,
                             std::string bytes, UnixMs stored_at_ms) const {
  TRY_ASSIGN(const Position last, last_position(overlay));
  const Position position{number(last) + 1};
  const EventId id = event.id();
  OriginHead& origin = head.at(id.dot.origin);
  CHECK(id.dot.sequence == next(origin.last), id, number(origin.last));

  const ChainHash chain = chain_hash(origin.chain, bytes);
  const StoredEvent stored{std::move(bytes), chain, position, stored_at_ms};
  origin.last = id.dot.sequence;
  origin.chain = chain;
  origin.time = event.time;
  head.latest = std::max(head.latest, event.time);
  add_own(origin.context, id.dot);
  for (const ContextEntry& entry : event.context_delta)
    origin.context.raise(entry.origin, entry.last);
  if (!event.context_delta.empty()) {
    origin.context_at = id.dot.sequence;
    overlay.put(Space::events, log_keys::context(id), log_values::context(origin.context));
  }

  std::string key = log_keys::event(id);
  std::string value = log_values::event(key, stored);
  overlay.put(Space::events, std::move(key), std::move(value));
  overlay.put(Space::events, log_keys::order(position), log_values::event_id(id));
  overlay.put(Space::events, std::string(log_keys::last_position), log_values::position(position));
  overlay.put(Space::events, log_keys::head(id.stream, id.dot.origin), log_values::head(origin));
  if (!event.command_key.is_nil()) {
    overlay.put(Space::events, log_keys::command(event.command_key), log_values::event_id(id));
  }
  return position;
}

}  // namespace genlock
