#include "engine/ingest.h"

#include "engine/event_codec.h"

#include <algorithm>

namespace genlock {

namespace {

// Events read ahead of each origin in a merge.
constexpr std::uint64_t read_ahead_events = 256;

struct Known {
  HybridTime time = HybridTime::zero;
  ChainHash chain{};
};

// Hybrid time and hash of an event that this node has.
Result<Known> known_event(const EventLog& log, const Reader& reader, const StreamHead& head,
                          const EventId& id) {
  const OriginHead* origin = head.find(id.dot.origin);
  if (origin && origin->last == id.dot.sequence) return Known{origin->time, origin->chain};
  TRY_ASSIGN(StoredEvent stored, log.read(reader, id));
  TRY_ASSIGN(EventHeader header, decode_header(stored.bytes));
  return Known{header.time, stored.chain};
}

Error broken(const Event& event, const std::string& what) {
  return {ErrorCode::corruption, "event " + event.id().to_string() + " " + what};
}

// One entry of a context: held here, with the same content, and older than the event.
Result<void> check_entry(const EventLog& log, const Reader& reader, const StreamHead& head,
                         const Event& event, const ContextEntry& entry) {
  const OriginHead* origin = head.find(entry.origin);
  if (!origin || origin->last < entry.last)
    return Error{ErrorCode::gap, "event " + event.id().to_string() + " was written after " +
                                     Dot{entry.origin, entry.last}.to_string() +
                                     ", which is missing here; send that first"};
  TRY_ASSIGN(Known known,
             known_event(log, reader, head, {event.stream, {entry.origin, entry.last}}));
  if (shorten(known.chain) != entry.hash)
    return Error{ErrorCode::fork, "event " + event.id().to_string() + " names " +
                                      Dot{entry.origin, entry.last}.to_string() +
                                      " with another content than we have"};
  if (event.time <= known.time)
    return broken(event, "has a hybrid time that is not after its context");
  return {};
}

Result<Arrival> examine_known(const EventLog& log, const Reader& reader, const Event& event,
                              std::string_view bytes) {
  TRY_ASSIGN(StoredEvent stored, log.read(reader, event.id()));
  if (stored.bytes != bytes)
    return Error{ErrorCode::fork,
                 "event " + event.id().to_string() + " is here with another content"};
  return Arrival{true, {}};
}

}  // namespace

Result<Arrival> examine(const EventLog& log, const Reader& reader, const StreamHead& head,
                        StreamId stream, const Event& event, std::string_view bytes) {
  if (event.stream != stream) return broken(event, "came in a chunk of another stream");
  const OriginHead* origin = head.find(event.dot.origin);
  Sequence last = origin ? origin->last : Sequence::none;
  if (event.dot.sequence <= last) return examine_known(log, reader, event, bytes);
  if (event.dot.sequence != next(last))
    return Error{ErrorCode::gap, "event " + event.id().to_string() +
                                     " came, but the last one here is " +
                                     std::to_string(number(last)) + "; send from there"};
  if (origin && event.time <= origin->time)
    return broken(event, "has a hybrid time that is not after the one before it");

  Arrival arrival;
  if (origin) {
    arrival.context = origin->context;
    arrival.context.raise(event.dot.origin, last);
  }
  for (const ContextEntry& entry : event.context_delta) {
    if (entry.origin == event.dot.origin)
      return broken(event, "names its own origin in its context");
    if (entry.last <= arrival.context.last_seen(entry.origin))
      return broken(event, "has a context that goes back");
    TRY(check_entry(log, reader, head, event, entry));
    arrival.context.raise(entry.origin, entry.last);
  }
  return arrival;
}

Result<void> check_chains(const EventLog& log, const Reader& reader, const StreamHead& head,
                          const Chunk& chunk) {
  for (const auto& [dot, chain] : chunk.chains) {
    const OriginHead* origin = head.find(dot.origin);
    if (!origin || origin->last < dot.sequence)
      return Error{ErrorCode::corruption,
                   "a chunk states the hash of " + dot.to_string() + ", which it does not hold"};
    TRY_ASSIGN(Known known, known_event(log, reader, head, {chunk.stream, dot}));
    if (known.chain != chain)
      return Error{ErrorCode::fork, "the history of origin " + dot.origin.to_string() + " up to " +
                                        std::to_string(number(dot.sequence)) +
                                        " differs from the sender's"};
  }
  return {};
}

Result<CausalReader> CausalReader::open(const EventLog& log, const Reader& reader, StreamId stream,
                                        const VersionVector* within) {
  CausalReader merged(log, reader, stream);
  TRY_ASSIGN(StreamHead head, log.head(reader, stream));
  for (const auto& [origin, origin_head] : head.origins) {
    Sequence last =
        within ? std::min(within->last_seen(origin), origin_head.last) : origin_head.last;
    if (last == Sequence::none) continue;
    merged.sources_.push_back({{origin, Sequence{1}, last}, {}, {}});
  }
  return merged;
}

Result<void> CausalReader::fill(Source& source) {
  if (!source.ahead.empty() || number(source.left.first) > number(source.left.last)) return {};
  EventRange part = source.left;
  part.last = Sequence{std::min(number(part.last), number(part.first) + read_ahead_events - 1)};
  std::optional<Error> failed;
  TRY(log_->read_range(*reader_, stream_, part, [&](const EventId&, const StoredEvent& stored) {
    Result<Event> event = decode_stored(stored.bytes);
    if (!event) {
      failed = event.error();
      return false;
    }
    source.ahead.push_back(std::move(event).value());
    return true;
  }));
  if (failed) return *failed;
  source.left.first = genlock::next(part.last);
  return {};
}

Result<std::optional<RecordEvent>> CausalReader::next() {
  Source* first = nullptr;
  for (Source& source : sources_) {
    TRY(fill(source));
    if (source.ahead.empty()) continue;
    if (!first || source.ahead.front().rank() < first->ahead.front().rank()) first = &source;
  }
  if (!first) return std::optional<RecordEvent>{};
  Event event = std::move(first->ahead.front());
  first->ahead.pop_front();
  if (event.dot.sequence > Sequence{1})
    first->context.raise(event.dot.origin, Sequence{number(event.dot.sequence) - 1});
  for (const ContextEntry& entry : event.context_delta)
    first->context.raise(entry.origin, entry.last);
  return std::optional<RecordEvent>(RecordEvent{std::move(event), first->context});
}

}  // namespace genlock
