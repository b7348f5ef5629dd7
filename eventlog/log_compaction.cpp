// The log of a compacted stream: its floor, what dropped events leave behind, how they are taken
// out, and a stream that begins with what another node kept.
#include "engine/check.h"
#include "engine/event_codec.h"
#include "eventlog/command_index.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"

#include <algorithm>
#include <set>

namespace genlock {

namespace {

using log_values::LogEnd;

Error damaged(const std::string& what) {
  return {ErrorCode::corruption, what + " is damaged on this node's disk: run `genlock verify`"};
}

// --- positions -----------------------------------------------------------------------------------

// The positions of dropped events become gaps; gaps that touch are one.
class Order {
 public:
  explicit Order(Overlay& overlay) : overlay_(overlay) {}

  // REQUIRES: ascending.
  Result<void> drop(const std::vector<Position>& positions) {
    for (auto at = positions.begin(); at != positions.end();) {
      TRY_ASSIGN(const EventRun run, run_at(*at));
      const auto end = std::find_if(
          at, positions.end(), [&](Position p) { return number(p) >= number(run.at) + run.count; });
      overlay_.erase(Space::events, log_keys::order(run.at));
      TRY(split(run, {at, end}));
      at = end;
    }
    if (positions.empty()) return {};
    return note_end(positions.back());
  }

 private:
  Result<EventRun> run_at(Position position) const {
    std::optional<EventRun> found;
    std::string end = log_keys::order(position);
    end += '\0';
    TRY(overlay_.scan_down(Space::events, log_keys::order_prefix, end,
                           [&](std::string_view key, std::string_view value) {
                             found = log_values::parse_run(key, value);
                             return false;
                           }));
    if (!found || number(position) >= number(found->at) + found->count)
      return damaged("the order of events");
    return *found;
  }

  // Writes a run anew without some of its positions.
  Result<void> split(const EventRun& run, std::vector<Position> dropped) {
    std::uint64_t from = number(run.at);
    const std::uint64_t run_end = from + run.count;
    while (from < run_end) {
      const bool is_gap =
          run.is_gap() || std::binary_search(dropped.begin(), dropped.end(), Position{from});
      std::uint64_t to = from + 1;
      while (to < run_end &&
             is_gap ==
                 (run.is_gap() || std::binary_search(dropped.begin(), dropped.end(), Position{to})))
        ++to;
      const EventRun part{Position{from}, is_gap ? EventId{} : run.nth(from - number(run.at)),
                          to - from};
      TRY(is_gap ? put_gap(part) : put(part));
      from = to;
    }
    return {};
  }

  Result<void> put(const EventRun& run) {
    overlay_.put(Space::events, log_keys::order(run.at), log_values::run(run));
    return {};
  }

  // Joined with a gap right before it and one right after it.
  Result<void> put_gap(EventRun gap) {
    if (number(gap.at) > 1) {
      const Result<EventRun> before = run_at(Position{number(gap.at) - 1});
      if (before.ok() && before->is_gap()) gap = {before->at, {}, before->count + gap.count};
    }
    const std::string after = log_keys::order(Position{number(gap.at) + gap.count});
    TRY_ASSIGN(auto value, overlay_.get(Space::events, after));
    const auto run = value ? log_values::parse_run(after, *value) : std::nullopt;
    if (run && run->is_gap()) {
      overlay_.erase(Space::events, after);
      gap.count += run->count;
    }
    return put(gap);
  }

  Result<void> note_end(Position last_dropped) {
    TRY_ASSIGN(const Position last, Log().last_position(overlay_));
    TRY_ASSIGN(const EventRun run, run_at(last));
    overlay_.put(Space::events, std::string(log_keys::end), log_values::end({last, run.at}));
    TRY_ASSIGN(const Position known, Log().last_dropped(overlay_));
    overlay_.put(Space::events, std::string(log_keys::last_dropped),
                 log_values::position(std::max(known, last_dropped)));
    return {};
  }

  Overlay& overlay_;
};

// --- events --------------------------------------------------------------------------------------

class Drop {
 public:
  Drop(const Log& log, Overlay& overlay, StreamId stream)
      : log_(log), overlay_(overlay), stream_(stream) {}

  Result<void> run(std::vector<Dot> dots) {
    TRY_ASSIGN(StreamHead head, log_.head(overlay_, stream_));
    std::ranges::sort(dots);
    std::vector<Position> positions;
    std::set<OriginId> origins;
    for (const Dot& dot : dots) {
      TRY_ASSIGN(const Position position, drop(dot));
      positions.push_back(position);
      origins.insert(dot.origin);
    }
    std::ranges::sort(positions);
    TRY(Order(overlay_).drop(positions));
    for (OriginId origin : origins) {
      TRY_ASSIGN(head.at(origin).context_at, log_keys::last_context(overlay_, stream_, origin));
    }
    overlay_.put(Space::events, log_keys::heads(stream_), log_values::heads(head.origins));
    return {};
  }

 private:
  Result<Position> drop(const Dot& dot) {
    const EventId id{stream_, dot};
    TRY_ASSIGN(const StoredEvent stored, log_.read(overlay_, id));
    TRY_ASSIGN(const Event event, decode_stored(stored));
    TRY(hand_on_context(id));
    overlay_.erase(Space::events, log_keys::event(id));
    TRY(command_index::remove(overlay_, event.command_key, id));
    return stored.position;
  }

  // The event that follows it, where it brought nothing new itself, has the same context.
  Result<void> hand_on_context(const EventId& id) {
    const std::string key = log_keys::context(id);
    TRY_ASSIGN(auto context, overlay_.get(Space::events, key));
    if (!context) return {};
    std::optional<EventId> following;
    std::string after = log_keys::event(id);
    after += '\0';
    TRY(overlay_.scan(Space::events, after,
                      Reader::end_of_prefix(log_keys::events(stream_, id.dot.origin)),
                      [&](std::string_view at, std::string_view) {
                        following = log_keys::event_of(at);
                        return false;
                      }));
    CHECK(following, id);
    const std::string theirs = log_keys::context(*following);
    TRY_ASSIGN(const auto own, overlay_.get(Space::events, theirs));
    if (!own) overlay_.put(Space::events, theirs, *std::move(context));
    overlay_.erase(Space::events, key);
    return {};
  }

  const Log& log_;
  Overlay& overlay_;
  const StreamId stream_;
};

// --- a stream that begins with a base ------------------------------------------------------------

Error no_base(StreamId stream, const std::string& what) {
  return {ErrorCode::corruption,
          "what came as the base of stream " + stream.to_string() + " " + what};
}

// Appends what was kept. Unlike Log::append it knows that numbers have holes.
class Installation {
 public:
  Installation(Overlay& overlay, const StreamBase& base, UnixMs now)
      : overlay_(overlay), base_(base), now_(now) {}

  Result<void> run() {
    TRY_ASSIGN(appends_, Log().begin(overlay_, base_.stream));
    if (!appends_.head.origins.empty())
      return Error{ErrorCode::exists,
                   "this node has events of stream " + base_.stream.to_string() + " already"};
    for (const KeptEvent& kept : base_.events) TRY(add(kept));
    if (appends_.head.vector() != base_.at)
      return no_base(base_.stream, "does not end where it says");
    Log().finish(overlay_, appends_);
    Log().raise_floor(overlay_, base_.stream, base_.at);
    for (const RecordFacts& facts : base_.facts) Log().put_facts(overlay_, base_.stream, facts);
    return {};
  }

 private:
  Result<void> add(const KeptEvent& kept) {
    TRY_ASSIGN(const Event event, decode(kept.bytes));
    if (event.stream != base_.stream || event.dot != kept.dot)
      return no_base(base_.stream, "holds an event under another name");
    OriginHead& head = appends_.head.at(kept.dot.origin);
    const bool is_next = kept.dot.sequence == next(head.last);
    if (kept.dot.sequence <= head.last || event.time <= head.time ||
        !kept.context.includes(head.context) || !base_.at.includes(kept.context))
      return no_base(base_.stream, "is in no causal order");
    if (is_next && chain_hash(head.chain, kept.bytes) != kept.chain)
      return no_base(base_.stream, "holds event " + kept.dot.to_string() + " with another hash");
    append(kept, event, head, is_next);
    return {};
  }

  void append(const KeptEvent& kept, const Event& event, OriginHead& head, bool is_next) {
    const EventId id{base_.stream, kept.dot};
    appends_.last = Position{number(appends_.last) + 1};
    EventRun& run = appends_.run;
    if (run.count == 0 || run.is_gap() || id != run.nth(run.count)) {
      if (run.count > 0) overlay_.put(Space::events, log_keys::order(run.at), log_values::run(run));
      run = {appends_.last, id, 0};
    }
    ++run.count;
    VersionVector before = head.context;
    before.raise(kept.dot.origin, Sequence{number(kept.dot.sequence) - 1});
    head.last = kept.dot.sequence;
    head.chain = kept.chain;
    head.time = event.time;
    head.context = kept.context;
    if (!is_next || kept.context != before) {
      head.context_at = kept.dot.sequence;
      overlay_.put(Space::events, log_keys::context(id), log_values::context(kept.context));
    }
    std::string key = log_keys::event(id);
    std::string value = log_values::event(key, kept.chain, appends_.last, now_, kept.bytes);
    overlay_.put(Space::events, std::move(key), std::move(value));
    command_index::add(overlay_, event.command_key, id);
  }

  Overlay& overlay_;
  const StreamBase& base_;
  const UnixMs now_;
  Appends appends_;
};

}  // namespace

Result<VersionVector> Log::floor(const Reader& reader, StreamId stream) const {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::floor(stream)));
  if (!value) return VersionVector{};
  auto floor = log_values::parse_context(*value);
  if (!floor) return damaged("the floor of stream " + stream.to_string());
  return *std::move(floor);
}

Result<std::optional<RecordFacts>> Log::facts(const Reader& reader, StreamId stream,
                                              const RecordKey& key) const {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::facts(stream, key)));
  if (!value) return std::optional<RecordFacts>{};
  TRY_ASSIGN(RecordFacts facts, decode_facts(key, *value));
  return std::optional<RecordFacts>(std::move(facts));
}

Result<std::vector<RecordFacts>> Log::all_facts(const Reader& reader, StreamId stream) const {
  std::vector<RecordFacts> all;
  Result<void> outcome;
  TRY(reader.scan_prefix(Space::events, log_keys::facts_of(stream),
                         [&](std::string_view key, std::string_view value) {
                           auto facts = decode_facts(log_keys::record_of(key), value);
                           if (!facts.ok()) {
                             outcome = std::move(facts).error();
                             return false;
                           }
                           all.push_back(*std::move(facts));
                           return true;
                         }));
  TRY(std::move(outcome));
  return all;
}

Result<Position> Log::last_dropped(const Reader& reader) const {
  TRY_ASSIGN(auto value, reader.get(Space::events, log_keys::last_dropped));
  if (!value) return Position::none;
  const auto position = log_values::parse_position(*value);
  if (!position) return damaged("the position of the last dropped event");
  return *position;
}

void Log::raise_floor(Overlay& overlay, StreamId stream, const VersionVector& at) const {
  overlay.put(Space::events, log_keys::floor(stream), log_values::context(at));
}

void Log::put_facts(Overlay& overlay, StreamId stream, const RecordFacts& facts) const {
  overlay.put(Space::events, log_keys::facts(stream, facts.key), encode(facts));
}

Result<void> Log::drop(Overlay& overlay, StreamId stream, const std::vector<Dot>& dots) const {
  return Drop(*this, overlay, stream).run(dots);
}

Result<void> Log::forget(Overlay& overlay, StreamId stream) const {
  std::vector<Position> positions;
  std::vector<std::pair<Uuid, EventId>> commands;
  std::vector<std::string> keys;
  Result<void> outcome;
  TRY(overlay.scan_prefix(Space::events, log_keys::events_of(stream),
                          [&](std::string_view key, std::string_view value) {
                            const auto stored = log_values::parse_event(key, value);
                            auto event =
                                stored ? decode_stored(*stored)
                                       : Result<Event>(damaged("stream " + stream.to_string()));
                            if (!event.ok()) {
                              outcome = std::move(event).error();
                              return false;
                            }
                            positions.push_back(stored->position);
                            commands.emplace_back(event->command_key, log_keys::event_of(key));
                            return true;
                          }));
  TRY(std::move(outcome));
  for (const auto& [command_key, id] : commands)
    TRY(command_index::remove(overlay, command_key, id));
  std::ranges::sort(positions);
  TRY(Order(overlay).drop(positions));
  for (const std::string& prefix :
       {log_keys::events_of(stream), log_keys::contexts_of(stream), log_keys::facts_of(stream),
        log_keys::heads(stream), log_keys::floor(stream), log_keys::branches(stream)})
    TRY(overlay.scan_prefix(Space::events, prefix, [&](std::string_view key, std::string_view) {
      keys.emplace_back(key);
      return true;
    }));
  for (std::string& key : keys) overlay.erase(Space::events, std::move(key));
  return {};
}

Result<void> Log::install(Overlay& overlay, const StreamBase& base, UnixMs stored_at_ms) const {
  return Installation(overlay, base, stored_at_ms).run();
}

}  // namespace genlock
