#include "engine/ingest.h"

#include "engine/event_codec.h"

#include <algorithm>

namespace genlock {

namespace {

// Events read ahead of each origin in a merge.
constexpr std::size_t read_ahead_events = 256;

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
    merged.sources_.push_back({{origin, Sequence{1}, last}, {}, Sequence::none, {}});
  }
  return merged;
}

Result<void> CausalReader::fill(Source& source) {
  if (!source.ahead.empty() || source.left.last < source.left.first) return {};
  std::optional<Error> failed;
  bool is_full = false;
  TRY(log_->read_kept(*reader_, stream_, source.left,
                      [&](const EventId& id, const StoredEvent& stored) {
                        Result<Event> event = decode_stored(stored);
                        if (!event) {
                          failed = event.error();
                          return false;
                        }
                        source.ahead.push_back(std::move(event).value());
                        source.left.first = genlock::next(id.dot.sequence);
                        is_full = source.ahead.size() == read_ahead_events;
                        return !is_full;
                      }));
  if (failed) return *failed;
  if (!is_full) source.left.first = genlock::next(source.left.last);
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
  // Contexts in bytes are by their writers' names, and tell what is new since the event before.
  const Sequence before{number(event.dot.sequence) - 1};
  if (has_branches_ || first->last != before) {
    TRY_ASSIGN(first->context, log_->context_of(*reader_, event.id()));
  } else {
    if (before != Sequence::none) first->context.raise(event.dot.origin, before);
    for (const ContextEntry& entry : event.context_delta)
      first->context.raise(entry.origin, entry.last);
  }
  first->last = event.dot.sequence;
  return std::optional<RecordEvent>(RecordEvent{std::move(event), first->context});
}

}  // namespace genlock
