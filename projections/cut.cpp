#include "projections/cut.h"

#include "engine/event_codec.h"
#include "projections/time_text.h"

namespace genlock {
namespace {

constexpr std::uint64_t events_at_once = 256;

Result<VersionVector> until_event(const EventLog& log, const Reader& reader, StreamId stream,
                                  const EventId& id) {
  if (id.stream != stream)
    return Error{ErrorCode::bad_request, "event " + id.to_string() + " is of another stream"};
  TRY(log.read(reader, id));
  TRY_ASSIGN(VersionVector within, log.context_of(reader, id));
  within.raise(id.dot.origin, id.dot.sequence);
  return within;
}

// The last unmarked event of a range that was written up to `time`, as clocks said; none: none.
Result<Sequence> last_until(const EventLog& log, const Reader& reader, StreamId stream,
                            const EventRange& range, UnixMs time) {
  Sequence last = Sequence::none;
  std::optional<Error> damaged;
  TRY(log.read_kept(reader, stream, range, [&](const EventId& id, const StoredEvent& stored) {
    Result<Event> event = decode_stored(stored);
    if (!event.ok()) {
      damaged = event.error();
      return false;
    }
    if (!event->clock_suspect && event->wall_ms <= time) last = id.dot.sequence;
    return true;
  }));
  if (damaged) return *damaged;
  return last;
}

// Backwards from the end, because most questions are about a time not long ago.
Result<Sequence> last_of_origin(const EventLog& log, const Reader& reader, StreamId stream,
                                OriginId origin, Sequence end, UnixMs time) {
  for (std::uint64_t last = number(end); last > 0;) {
    std::uint64_t first = last > events_at_once ? last - events_at_once + 1 : 1;
    EventRange range{origin, Sequence{first}, Sequence{last}};
    TRY_ASSIGN(Sequence found, last_until(log, reader, stream, range, time));
    if (found != Sequence::none) return found;
    last = first - 1;
  }
  return Sequence::none;
}

Result<VersionVector> until_time(const EventLog& log, const Reader& reader, StreamId stream,
                                 UnixMs time) {
  TRY_ASSIGN(StreamHead head, log.head(reader, stream));
  VersionVector within;
  for (const auto& [origin, at] : head.origins) {
    TRY_ASSIGN(Sequence last, last_of_origin(log, reader, stream, origin, at.last, time));
    if (last == Sequence::none) continue;
    TRY_ASSIGN(VersionVector seen, until_event(log, reader, stream, {stream, {origin, last}}));
    within.merge(seen);
  }
  return within;
}

}  // namespace

std::optional<AsOf> parse_as_of(std::string_view text) {
  if (auto event = EventId::parse(text)) return AsOf{event, 0};
  if (auto time = parse_time(text)) return AsOf{std::nullopt, *time};
  return std::nullopt;
}

Result<VersionVector> cut_of(const EventLog& log, const Reader& reader, StreamId stream,
                             const AsOf& as_of) {
  TRY_ASSIGN(VersionVector within, as_of.event ? until_event(log, reader, stream, *as_of.event)
                                               : until_time(log, reader, stream, as_of.ms));
  TRY_ASSIGN(const VersionVector floor, log.floor(reader, stream));
  if (within.includes(floor)) return within;
  return Error{ErrorCode::compacted,
               "the history of that time was compacted on this node: ask for a later time, or a "
               "node that keeps all of it"};
}

}  // namespace genlock
