#include "engine/ingest.h"

#include "engine/event_codec.h"

#include <algorithm>

namespace genlock {

namespace {

// Events read ahead of each origin in a merge.
constexpr std::uint64_t read_ahead_events = 256;

}  // namespace

Result<CausalReader> CausalReader::open(const EventLog& log, const Reader& reader, StreamId stream,
                                        const VersionVector* within) {
  CausalReader merged(log, reader, stream);
  TRY_ASSIGN(const Branches branches, log.branches(reader, stream));
  merged.has_branches_ = !branches.empty();
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
    Result<Event> event = decode_stored(stored);
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
  // Contexts in bytes are by their writers' names.
  if (has_branches_) {
    TRY_ASSIGN(VersionVector context, log_->context_of(*reader_, event.id()));
    return std::optional<RecordEvent>(RecordEvent{std::move(event), std::move(context)});
  }
  if (event.dot.sequence > Sequence{1})
    first->context.raise(event.dot.origin, Sequence{number(event.dot.sequence) - 1});
  for (const ContextEntry& entry : event.context_delta)
    first->context.raise(entry.origin, entry.last);
  return std::optional<RecordEvent>(RecordEvent{std::move(event), first->context});
}

}  // namespace genlock
