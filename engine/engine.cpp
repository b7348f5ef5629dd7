#include "engine/engine.h"

#include "engine/admission.h"
#include "engine/check.h"
#include "engine/decide.h"
#include "engine/directory.h"
#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/ingest.h"
#include "engine/limits.h"
#include "engine/placement.h"
#include "engine/state_keys.h"
#include "engine/withdrawn.h"

#include <algorithm>
#include <map>

namespace genlock {

namespace {

// A stream is folded and projected in slices of this many events when it is rebuilt: bounds memory.
constexpr std::size_t refold_slice_events = 2'000;

}  // namespace

Engine::Engine(Identity self, const EventLog& log, Projection& projection, Clock& clock,
               Random& random)
    : identities_{std::move(self)},
      self_(&identities_.back()),
      log_(log),
      projection_(projection),
      clock_(clock),
      random_(random) {}

Result<Outcome> Engine::execute(const Command& command, Overlay& overlay) {
  if (!command.command_key.is_nil()) {
    TRY_ASSIGN(std::optional<EventId> first, log_.find_command(overlay, command.command_key));
    if (first) return replay(command, *first, overlay);
  }
  State state(overlay, log_, command.stream);
  TRY_ASSIGN(Draft draft, decide(command, {.state = state,
                                           .projection = projection_,
                                           .self = identity().node,
                                           .now_ms = clock_.now(),
                                           .random = random_,
                                           .origin = identity().origin}));
  Outcome outcome = std::move(draft.outcome);
  outcome.stream = command.stream;
  if (draft.operations.empty()) return outcome;
  // A nested overlay: what fails half-way leaves nothing behind.
  Overlay attempt = overlay.nested();
  TRY_ASSIGN(outcome.event, stamp(command.stream, std::move(draft.operations), &command, command.by,
                                  &state, attempt));
  overlay.absorb(std::move(attempt));
  return outcome;
}

namespace {

// The row that a client addresses: of a nested child, the row it is served in.
Result<RecordKey> document_of(const State& state, RecordKey key) {
  for (const Table* table = find_table(key.table); table && table->nested;
       table = find_table(key.table)) {
    TRY_ASSIGN(const RecordState* child, state.find(key));
    if (!child) break;
    key = {table->parent, child->parent};
  }
  return key;
}

}  // namespace

// The same Idempotency-Key again: the first outcome stands.
Result<Outcome> Engine::replay(const Command& command, const EventId& first,
                               Overlay& overlay) const {
  TRY_ASSIGN(StoredEvent stored, log_.read(overlay, first));
  TRY_ASSIGN(Event event, decode_stored(stored));
  if (event.command_hash != command.command_hash)
    return Error{
        ErrorCode::mismatch,
        "this Idempotency-Key was used for another request; use a new key for a new request"};
  Outcome outcome;
  outcome.event = first;
  outcome.stream = first.stream;
  outcome.replayed = true;
  if (!event.operations.empty()) {
    const Operation& operation = event.operations.front();
    TRY_ASSIGN(outcome.record, document_of(State(overlay, log_, first.stream),
                                           {operation.table, operation.record}));
    outcome.replayed_kind = operation.kind;
    outcome.created = operation.kind == OperationKind::create;
  }
  return outcome;
}

Result<EventId> Engine::write(StreamId stream, std::vector<Operation> operations, const Person& by,
                              Overlay& overlay) {
  Overlay attempt = overlay.nested();
  TRY_ASSIGN(EventId id, stamp(stream, std::move(operations), nullptr, by, nullptr, attempt));
  overlay.absorb(std::move(attempt));
  return id;
}

namespace {

// What this node has seen of the others since its last event of the stream.
std::vector<ContextEntry> context_since_last(const StreamHead& head, const OriginId& self) {
  const OriginHead* own = head.find(self);
  std::vector<ContextEntry> delta;
  for (const auto& [origin, other] : head.origins) {
    if (origin == self || other.last == Sequence::none) continue;
    Sequence known = own ? own->context.last_seen(origin) : Sequence::none;
    if (other.last > known) delta.push_back({origin, other.last, shorten(other.chain)});
  }
  return delta;
}

}  // namespace

Result<EventId> Engine::stamp(StreamId stream, std::vector<Operation> operations,
                              const Command* command, const Person& by, State* known,
                              Overlay& overlay) {
  TRY(keep_origin(overlay));
  TRY_ASSIGN(Appends appends, log_.begin(overlay, stream));
  const Identity& self = identity();
  const StreamHead& head = appends.head;
  const OriginHead* own = head.find(self.origin);
  UnixMs now = clock_.now();
  Event event;
  event.stream = stream;
  event.dot = {self.origin, next(own ? own->last : Sequence::none)};
  event.time = tick(head.latest, now);
  event.wall_ms = now;
  event.clock_suspect = clock_.suspect();
  event.role = self.role;
  event.schema = schema_version;
  event.by = by;
  event.context_delta = context_since_last(head, self.origin);
  if (command) {
    event.command_key = command->command_key;
    event.command_hash = command->command_key.is_nil() ? 0 : command->command_hash;
    event.label = command->label;
  }
  event.operations = std::move(operations);
  VersionVector context = head.vector();
  TRY_ASSIGN(std::string bytes, encode(event));
  log_.append(overlay, appends, event, bytes, now);
  log_.finish(overlay, appends);
  EventId id = event.id();
  std::vector<Stamped> stamped;
  stamped.push_back({std::move(event), std::move(context)});
  TRY(commit(stream, std::move(stamped), known, overlay));
  return id;
}

namespace {

// What an ingest brought to light of forks and of events of our own.
struct Findings {
  std::map<OriginId, std::uint64_t> forks;  // origins that went on twice: events that came of them
  std::uint64_t own = 0;                    // events under our origin that we lacked
};

Result<void> tell_forks(Overlay& overlay, StreamId stream, const Findings& found, UnixMs now) {
  for (const auto& [origin, events] : found.forks) {
    Notice notice;
    notice.kind = NoticeKind::fork;
    notice.at_ms = now;
    notice.origin = origin;
    notice.stream = stream;
    notice.events = events;
    TRY(put_notice(overlay, std::move(notice)));
  }
  return {};
}

}  // namespace

Result<IngestReport> Engine::ingest(std::span<const Chunk> chunks, Overlay& overlay,
                                    std::optional<OriginId> sender) {
  CHECK(!chunks.empty());
  const StreamId stream = chunks.front().stream;
  Overlay attempt = overlay.nested();
  TRY_ASSIGN(Appends appends, log_.begin(attempt, stream));
  UnixMs now = clock_.now();
  IngestReport report;
  Findings found;
  const OriginId self = identity().origin;
  std::vector<Stamped> fresh;
  TRY_ASSIGN(const VersionVector floor, log_.floor(attempt, stream));
  TRY_ASSIGN(Doors doors, sender ? this->doors(attempt, stream) : Result<Doors>(Doors{}));
  Admission admission(attempt, log_, chunks, self, std::move(doors));
  for (const Chunk& chunk : chunks) {
    Placement placement(log_, attempt, appends, chunk);
    for (std::size_t i = 0; i < chunk.events.size(); ++i) {
      const std::string& bytes = chunk.events[i];
      TRY_ASSIGN(Event event, decode(bytes));
      const OriginId origin = event.dot.origin;
      TRY_ASSIGN(Arrival arrival, placement.examine(std::move(event), bytes, i));
      if (arrival.known) {
        ++report.duplicates;
        continue;
      }
      if (!arrival.context.includes(floor))
        return Error{ErrorCode::compacted,
                     "event " + arrival.event.dot.to_string() +
                         " was written beside what this node has compacted: its node is to take a "
                         "snapshot of the stream and write it again"};
      if (sender) {
        const bool is_forked = !chunk.paths.empty() || !appends.branches.empty();
        TRY_ASSIGN(const bool comes_in,
                   admission.lets_in(*sender, {origin, arrival.event.dot.sequence}, arrival.context,
                                     is_forked));
        if (!comes_in)
          return Error{
              ErrorCode::not_let_in,
              "event " + arrival.event.dot.to_string() +
                  " was written beside what this node has promised to build on: its node is "
                  "to take the stream as it is here and write it again"};
      }
      if (arrival.takes_name) {
        TRY(log_.divert(attempt, appends, *arrival.takes_name, arrival.left_to));
        for (EventId& id : report.ids)
          id.dot = diverted(id.dot, *arrival.takes_name, arrival.left_to);
      }
      if (arrival.opens) TRY(log_.open_branch(attempt, appends, *arrival.opens));
      report.renamed = report.renamed || arrival.takes_name;
      if (arrival.takes_name || arrival.opens) found.forks[origin];
      if (auto fork = found.forks.find(origin); fork != found.forks.end()) ++fork->second;
      if (origin == self) ++found.own;
      log_.append(attempt, appends, arrival.event, bytes, now, arrival.names);
      report.ids.push_back(arrival.event.id());
      fresh.push_back({std::move(arrival.event), std::move(arrival.context)});
    }
    TRY(placement.finish());
  }
  report.stored = fresh.size();
  if (!fresh.empty()) {
    log_.finish(attempt, appends);
    TRY(report.renamed ? fold_again(stream, attempt)
                       : commit(stream, std::move(fresh), nullptr, attempt));
    TRY(tell_forks(attempt, stream, found, now));
    if (found.own > 0 && !found.forks.contains(self))
      TRY(tell_renewal(attempt, self, now, {NoticeKind::rolled_back, {}, found.own}));
    // Where names changed, rows did that no event of the feed tells: cursors of before are refused.
    // A promise is of the origin that gave it.
    if (found.own > 0 || report.renamed || admission.broke_promise())
      TRY(begin_anew(self, attempt));
    if (admission.opened_withdrawn()) forget_withdrawn_door(attempt, stream);
  }
  overlay.absorb(std::move(attempt));
  return report;
}

Result<void> Engine::renew_origin(OriginId closed, const Renewal& why, Overlay& overlay) {
  if (identity().origin != closed) return {};
  TRY(tell_renewal(overlay, closed, clock_.now(), why));
  return begin_anew(closed, overlay);
}

Result<void> Engine::begin_anew(OriginId closed, Overlay& overlay) {
  Identity fresh = identity();
  fresh.origin = begin_origin(overlay, closed, random_, clock_.now());
  identities_.push_back(std::move(fresh));
  self_.store(&identities_.back(), std::memory_order_release);
  return {};
}

// A batch that began a new origin may have failed; the next one says it again.
Result<void> Engine::keep_origin(Overlay& overlay) const {
  if (identities_.size() == 1) return {};
  TRY_ASSIGN(auto stored, overlay.get(Space::meta, "origin"));
  const std::string present = identity().origin.to_string();
  if (stored == present) return {};
  if (stored) overlay.put(Space::meta, "origins/" + *stored, std::to_string(clock_.now()));
  overlay.put(Space::meta, "origin", present);
  return {};
}

// Events of the stream have other names: state and rows are made from nothing.
Result<void> Engine::fold_again(StreamId stream, Overlay& overlay) {
  std::vector<std::string> keys;
  for (char kind : state_keys::kinds)
    TRY(overlay.scan_prefix(Space::state, state_keys::begin(kind, stream),
                            [&](std::string_view key, std::string_view) {
                              keys.emplace_back(key);
                              return true;
                            }));
  for (std::string& key : keys) overlay.erase(Space::state, std::move(key));
  TRY(projection_.drop(overlay, stream));
  return refold(stream, overlay);
}

// The common tail of local writes and ingested chunks: fold, then bring the projections up to date.
// `known` is a State of before, whose reading need not be done again.
Result<void> Engine::commit(StreamId stream, std::vector<Stamped> events, State* known,
                            Overlay& overlay, const VersionVector* floor) {
  Fold fold(overlay, log_, stream, known, floor);
  for (const Stamped& stamped : events) TRY(fold.apply(stamped.event, stamped.context));
  State after(overlay, log_, stream);
  Changes changes;
  changes.stream = stream;
  TRY_ASSIGN(changes.records, fold.finish(&after));
  changes.events.reserve(events.size());
  for (Stamped& stamped : events) changes.events.push_back(std::move(stamped.event));
  return projection_.apply(overlay, after, changes, clock_.now());
}

Result<void> Engine::refold(StreamId stream, Overlay& overlay, const Progress& progress,
                            const VersionVector* within) {
  TRY_ASSIGN(CausalReader events, CausalReader::open(log_, overlay, stream, within));
  TRY_ASSIGN(const VersionVector floor, log_.floor(overlay, stream));
  std::uint64_t folded = 0;
  for (;;) {
    std::vector<Stamped> slice;
    while (slice.size() < refold_slice_events) {
      TRY_ASSIGN(std::optional<RecordEvent> next, events.next());
      if (!next) break;
      slice.push_back({std::move(next->event), std::move(next->context)});
    }
    if (slice.empty()) return {};
    folded += slice.size();
    TRY(commit(stream, std::move(slice), nullptr, overlay, &floor));
    if (progress) TRY(progress(folded));
  }
}

}  // namespace genlock
