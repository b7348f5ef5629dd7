#include "eventlog/log.h"

#include "engine/check.h"
#include "engine/event_codec.h"
#include "eventlog/command_index.h"
#include "eventlog/log_keys.h"

#include <algorithm>

namespace genlock {

namespace {

using log_values::LogEnd;

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

Error why_missing(const Log& log, const Reader& reader, const EventId& id) {
  const Result<VersionVector> floor = log.floor(reader, id.stream);
  if (!floor.ok()) return floor.error();
  if (!floor->contains(id.dot)) return not_in_log(id);
  return {ErrorCode::compacted,
          name_of(id) + " is of a time whose history was compacted on this node",
          {}};
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

Result<LogEnd> read_end(const Reader& reader) {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::end));
  if (!value) return LogEnd{};
  return parsed(log_values::parse_end(*value), [] { return std::string("the last position"); });
}

// The last run that begins at `position` or before; an empty one where there is none.
Result<EventRun> run_before(const Reader& reader, Position position) {
  std::optional<EventRun> found{EventRun{position, {}, 0}};
  TRY(reader.scan_down(Space::events, log_keys::order_prefix, key_after(log_keys::order(position)),
                       [&](std::string_view key, std::string_view value) {
                         found = log_values::parse_run(key, value);
                         return false;
                       }));
  if (!found) return damaged("the order of events");
  return *found;
}

// The events of a range that are there.
Result<void> scan_events(const Reader& reader, StreamId stream, const EventRange& range,
                         const EventLog::Visit& visit) {
  const EventId first{stream, {range.origin, range.first}},
      last{stream, {range.origin, range.last}};
  Result<void> outcome;
  TRY(reader.scan(Space::events, log_keys::event(first), key_after(log_keys::event(last)),
                  [&](std::string_view key, std::string_view value) {
                    const EventId id = log_keys::event_of(key);
                    auto event = parse_event(id, key, value);
                    if (event.ok()) return visit(id, *event);
                    outcome = std::move(event).error();
                    return false;
                  }));
  return outcome;
}

void put_run(Overlay& overlay, const EventRun& run) {
  if (run.count > 0) overlay.put(Space::events, log_keys::order(run.at), log_values::run(run));
}

// A writer has seen all that it wrote before.
void add_own(VersionVector& context, const Dot& dot) {
  context.raise(dot.origin, Sequence{number(dot.sequence) - 1});
}

Result<void> read_contexts(const Reader& reader, Appends& appends) {
  for (auto& [origin, head] : appends.head.origins) {
    if (head.context_at != Sequence::none) {
      TRY_ASSIGN(head.context, read_context(reader, {appends.stream, {origin, head.context_at}}));
    }
    add_own(head.context, {origin, head.last});
  }
  return {};
}

}  // namespace

Result<StreamHead> Log::head(const Reader& reader, StreamId stream) const {
  StreamHead head;
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::heads(stream)));
  if (!value) return head;
  TRY_ASSIGN(head.origins, parsed(log_values::parse_heads(*value),
                                  [&] { return "the head of stream " + stream.to_string(); }));
  for (const auto& [origin, origin_head] : head.origins)
    head.latest = std::max(head.latest, origin_head.time);
  return head;
}

Result<std::vector<StreamId>> Log::streams(const Reader& reader) const {
  std::vector<StreamId> streams;
  TRY(reader.scan_prefix(Space::events, log_keys::heads_prefix,
                         [&](std::string_view key, std::string_view) {
                           streams.push_back(log_keys::stream_of(key));
                           return true;
                         }));
  return streams;
}

Result<StoredEvent> Log::read(const Reader& reader, const EventId& id) const {
  const std::string key = log_keys::event(id);
  TRY_ASSIGN(auto value, reader.get(Space::events, key));
  if (!value) return why_missing(*this, reader, id);
  return parse_event(id, key, *value);
}

Result<void> Log::read_range(const Reader& reader, StreamId stream, const EventRange& range,
                             const Visit& visit) const {
  Sequence expected = range.first;
  bool is_enough = false;
  TRY(scan_events(reader, stream, range, [&](const EventId& id, const StoredEvent& event) {
    if (id.dot.sequence != expected) return false;
    expected = next(expected);
    is_enough = !visit(id, event);
    return !is_enough;
  }));
  if (is_enough || expected > range.last) return {};
  return why_missing(*this, reader, {stream, {range.origin, expected}});
}

Result<void> Log::read_kept(const Reader& reader, StreamId stream, const EventRange& range,
                            const Visit& visit) const {
  TRY_ASSIGN(const VersionVector floor, this->floor(reader, stream));
  const Sequence dropped_to = floor.last_seen(range.origin);
  if (range.last <= dropped_to) return scan_events(reader, stream, range, visit);
  if (dropped_to < range.first) return read_range(reader, stream, range, visit);
  bool wants_more = true;
  TRY(scan_events(
      reader, stream, {range.origin, range.first, dropped_to},
      [&](const EventId& id, const StoredEvent& event) { return wants_more = visit(id, event); }));
  if (!wants_more) return {};
  return read_range(reader, stream, {range.origin, next(dropped_to), range.last}, visit);
}

Result<void> Log::read_after(const Reader& reader, Position after, const Visit& visit) const {
  std::uint64_t next_position = number(after) + 1;
  TRY_ASSIGN(const EventRun begin, run_before(reader, Position{next_position}));
  Result<void> outcome;
  bool wants_more = true;
  const auto visit_next = [&](const EventId& id, const StoredEvent& event) {
    if (event.position != Position{next_position++}) outcome = damaged("the order of events");
    return wants_more = outcome.ok() && visit(id, event);
  };
  const auto visit_run = [&](std::string_view key, std::string_view value) {
    const auto run = log_values::parse_run(key, value);
    if (!run || number(run->at) > next_position) {
      outcome = damaged("the order of events");
      return false;
    }
    const std::uint64_t done = next_position - number(run->at);
    if (done >= run->count) return true;
    if (run->is_gap()) {
      next_position = number(run->at) + run->count;
      return true;
    }
    const EventRange left{run->first.dot.origin, run->nth(done).dot.sequence,
                          run->nth(run->count - 1).dot.sequence};
    auto read = read_range(reader, run->first.stream, left, visit_next);
    if (!read.ok()) outcome = std::move(read);
    return wants_more && outcome.ok();
  };
  TRY(reader.scan(Space::events, log_keys::order(begin.at),
                  Reader::end_of_prefix(log_keys::order_prefix), visit_run));
  return outcome;
}

Result<Position> Log::last_position(const Reader& reader) const {
  TRY_ASSIGN(const LogEnd end, read_end(reader));
  return end.last;
}

Result<std::optional<EventId>> Log::event_at(const Reader& reader, Position position) const {
  TRY_ASSIGN(const EventRun run, run_before(reader, position));
  const std::uint64_t nth = number(position) - number(run.at);
  return nth < run.count && !run.is_gap() ? std::optional(run.nth(nth)) : std::nullopt;
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
  return command_index::find(reader, command_key);
}

Result<Appends> Log::begin(const Reader& reader, StreamId stream) const {
  Appends appends;
  appends.stream = stream;
  TRY_ASSIGN(appends.head, head(reader, stream));
  TRY(read_contexts(reader, appends));
  TRY_ASSIGN(appends.branches, branches(reader, stream));
  TRY_ASSIGN(const LogEnd end, read_end(reader));
  appends.last = end.last;
  if (end.last == Position::none) return appends;
  const std::string key = log_keys::order(end.run_at);
  TRY_ASSIGN(auto value, reader.get(Space::events, key));
  TRY_ASSIGN(appends.run, parsed(value ? log_values::parse_run(key, *value) : std::nullopt,
                                 [] { return std::string("the order of events"); }));
  return appends;
}

Result<Branches> Log::branches(const Reader& reader, StreamId stream) const {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::branches(stream)));
  if (!value) return Branches{};
  return parsed(Branches::parse(*value),
                [&] { return "the list of branches of stream " + stream.to_string(); });
}

Position Log::append(Overlay& overlay, Appends& appends, const Event& event, std::string_view bytes,
                     UnixMs stored_at_ms, const std::vector<Renaming>& names) const {
  const EventId id = event.id();
  OriginHead& origin = appends.head.at(id.dot.origin);
  CHECK(id.dot.sequence == next(origin.last), id, number(origin.last));
  appends.last = Position{number(appends.last) + 1};
  if (appends.run.count == 0 || id != appends.run.nth(appends.run.count)) {
    put_run(overlay, appends.run);
    appends.run = {appends.last, id, 0};
  }
  ++appends.run.count;

  const ChainHash chain = chain_hash(origin.chain, bytes);
  origin.last = id.dot.sequence;
  origin.chain = chain;
  origin.time = event.time;
  appends.head.latest = std::max(appends.head.latest, event.time);
  add_own(origin.context, id.dot);
  for (const ContextEntry& entry : event.context_delta)
    origin.context.raise(entry.origin, entry.last);
  const bool is_branch = id.dot.sequence == Sequence{1} && appends.branches.find(id.dot.origin);
  if (!event.context_delta.empty() || is_branch) {
    origin.context_at = id.dot.sequence;
    overlay.put(Space::events, log_keys::context(id), log_values::context(origin.context));
  }

  std::string key = log_keys::event(id);
  std::string value = log_values::event(key, chain, appends.last, stored_at_ms, bytes, names);
  overlay.put(Space::events, std::move(key), std::move(value));
  command_index::add(overlay, event.command_key, id);
  return appends.last;
}

void Log::finish(Overlay& overlay, const Appends& appends) const {
  if (appends.head.origins.empty()) return;
  put_run(overlay, appends.run);
  overlay.put(Space::events, std::string(log_keys::end),
              log_values::end({appends.last, appends.run.at}));
  overlay.put(Space::events, log_keys::heads(appends.stream),
              log_values::heads(appends.head.origins));
}

}  // namespace genlock
