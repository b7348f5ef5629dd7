#include "engine/engine.h"

#include "engine/check.h"
#include "engine/decide.h"
#include "engine/event_codec.h"
#include "engine/fold.h"
#include "engine/ingest.h"
#include "engine/limits.h"

#include <algorithm>

namespace genlock {

namespace {

// A stream is folded and projected in slices of this many events when it is rebuilt: bounds memory.
constexpr std::size_t refold_slice_events = 2'000;

}  // namespace

Engine::Engine(Identity self, const EventLog& log, Projection& projection, Clock& clock,
               Random& random)
    : self_(std::move(self)), log_(log), projection_(projection), clock_(clock), random_(random) {}

Result<Outcome> Engine::execute(const Command& command, Overlay& overlay) {
  if (!command.command_key.is_nil()) {
    TRY_ASSIGN(std::optional<EventId> first, log_.find_command(overlay, command.command_key));
    if (first) return replay(command, *first, overlay);
  }
  State state(overlay, log_, command.stream);
  TRY_ASSIGN(Draft draft, decide(command, {state, projection_, self_.node, clock_.now(), random_}));
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
  TRY_ASSIGN(Event event, decode_stored(stored.bytes));
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
  TRY_ASSIGN(Appends appends, log_.begin(overlay, stream));
  const StreamHead& head = appends.head;
  const OriginHead* own = head.find(self_.origin);
  UnixMs now = clock_.now();
  Event event;
  event.stream = stream;
  event.dot = {self_.origin, next(own ? own->last : Sequence::none)};
  event.time = tick(head.latest, now);
  event.wall_ms = now;
  event.clock_suspect = clock_.suspect();
  event.role = self_.role;
  event.schema = schema_version;
  event.by = by;
  event.context_delta = context_since_last(head, self_.origin);
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

Result<IngestReport> Engine::ingest(std::span<const Chunk> chunks, Overlay& overlay) {
  CHECK(!chunks.empty());
  const StreamId stream = chunks.front().stream;
  Overlay attempt = overlay.nested();
  TRY_ASSIGN(Appends appends, log_.begin(attempt, stream));
  const StreamHead& head = appends.head;
  UnixMs now = clock_.now();
  IngestReport report;
  std::vector<Stamped> fresh;
  for (const Chunk& chunk : chunks) {
    for (const std::string& bytes : chunk.events) {
      TRY_ASSIGN(Event event, decode(bytes));
      TRY_ASSIGN(Arrival arrival, examine(log_, attempt, head, stream, event, bytes));
      if (arrival.known) {
        ++report.duplicates;
        continue;
      }
      log_.append(attempt, appends, event, bytes, now);
      report.ids.push_back(event.id());
      fresh.push_back({std::move(event), std::move(arrival.context)});
    }
    TRY(check_chains(log_, attempt, head, chunk));
  }
  report.stored = fresh.size();
  if (!fresh.empty()) {
    log_.finish(attempt, appends);
    TRY(commit(stream, std::move(fresh), nullptr, attempt));
  }
  overlay.absorb(std::move(attempt));
  return report;
}

// The common tail of local writes and ingested chunks: fold, then bring the projections up to date.
// `known` is a State of before, whose reading need not be done again.
Result<void> Engine::commit(StreamId stream, std::vector<Stamped> events, State* known,
                            Overlay& overlay) {
  Fold fold(overlay, log_, stream, known);
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
    TRY(commit(stream, std::move(slice), nullptr, overlay));
    if (progress) TRY(progress(folded));
  }
}

}  // namespace genlock
