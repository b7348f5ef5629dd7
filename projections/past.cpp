#include "projections/past.h"

#include "engine/engine.h"
#include "engine/schema.h"
#include "engine/state_keys.h"
#include "projections/log_only.h"
#include "projections/log_within.h"
#include "projections/row_projection.h"

#include <algorithm>

namespace genlock {
namespace {

// --- folding ------------------------------------------------------------------------------------

// A fold reads neither; the engine is built with both.
struct NoClock : Clock {
  UnixMs now() override { return 0; }
  bool suspect() const override { return false; }
};
struct NoRandom : Random {
  std::uint64_t next_u64() override { return 0; }
};

std::size_t bytes_of(const Batch& batch) {
  std::size_t bytes = 0;
  for (Space space : derived_spaces)
    for (const auto& [key, value] : batch.at(space)) bytes += key.size() + value->size() + 100;
  return bytes;
}

Result<std::shared_ptr<const PastStream>> fold(const EventLog& log, const Reader& reader,
                                               StreamId stream, const VersionVector& within) {
  LogWithin log_within(log, within);
  LogOnly log_only(reader);
  Overlay folded(log_only);
  NoClock clock;
  NoRandom random;
  RowProjection rows(Role::lan);  // knows nothing of synced_at
  TRY(Engine({}, log_within, rows, clock, random).refold(stream, folded, {}, &within));
  Batch batch = folded.take_batch();
  auto past = std::make_shared<PastStream>(PastStream{stream, within, {}, 0});
  std::string locks = state_keys::locks(stream);
  auto& state = batch.at(Space::state);
  if (auto at = state.find(locks); at != state.end())
    past->shown.at(Space::state).insert(state.extract(at));
  past->shown.at(Space::rows) = std::move(batch.at(Space::rows));
  for (Space space : derived_spaces)
    std::erase_if(past->shown.at(space), [](const auto& entry) { return !entry.second; });
  past->bytes = bytes_of(past->shown);
  return std::shared_ptr<const PastStream>(std::move(past));
}

// --- keys (projections/keys.h) ------------------------------------------------------------------

StreamId stream_at(std::string_view bytes, std::size_t offset) {
  bool fits = bytes.size() >= offset + 16;
  return fits ? StreamId{Uuid::from_bytes(bytes.substr(offset, 16))} : StreamId{};
}

// The stream that an entry of a derived space is about.
StreamId stream_of(Space space, std::string_view key, std::string_view value) {
  if (space == Space::state || key.empty()) return stream_at(key, 1);
  switch (key.front()) {
    case 'r':
    case 'i':
      return stream_at(key, 3);
    case 'l':
      return stream_at(key, key.size() < 16 ? key.size() : key.size() - 16);
    case 'f':
    case 't':
      return stream_at(value, 0);
    default:
      return stream_at(key, 1);
  }
}

bool is_derived(Space space) { return space == Space::state || space == Space::rows; }

bool belongs(PastReader::Part part, std::string_view key) {
  switch (part) {
    case PastReader::Part::all:
      return true;
    case PastReader::Part::productions:
      return key.starts_with("r" +
                             std::string{'\0', static_cast<char>(number(table::productions))});
    case PastReader::Part::conflicts:
      return std::string_view("cftp").find(key.front()) != std::string_view::npos;
  }
  return true;
}

}  // namespace

// --- PastCache ----------------------------------------------------------------------------------

std::shared_ptr<const PastStream> PastCache::find(StreamId stream, const VersionVector& within) {
  auto found = std::ranges::find_if(
      kept_, [&](const auto& past) { return past->stream == stream && past->within == within; });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return kept_.front();
}

void PastCache::keep(std::shared_ptr<const PastStream> past) {
  kept_.push_front(std::move(past));
  std::size_t bytes = 0, streams = 0;
  auto at = kept_.begin();
  while (at != kept_.end() && (bytes += (*at)->bytes) <= max_bytes && ++streams <= max_streams)
    ++at;
  kept_.erase(at, kept_.end());
}

// --- PastReader ---------------------------------------------------------------------------------

Result<void> PastReader::add(const EventLog& log, StreamId stream, const AsOf& as_of,
                             PastCache& cache) {
  TRY_ASSIGN(VersionVector within, find_cut(log, stream, as_of));
  return add_cut(log, stream, within, Part::all, cache);
}

Result<void> PastReader::add_all(const EventLog& log, const AsOf& as_of, Part part,
                                 PastCache& cache) {
  if (as_of.event) return add(log, as_of.event->stream, as_of, cache);
  TRY_ASSIGN(std::vector<StreamId> streams, log.streams(*present_));
  for (StreamId stream : streams) {
    bool counts =
        stream != directory_stream && (part != Part::productions || stream != library_stream);
    if (!counts) continue;
    TRY_ASSIGN(VersionVector within, find_cut(log, stream, as_of));
    TRY(add_cut(log, stream, within, part, cache));
    if (folded_events_ > max_events)
      return Error{ErrorCode::too_large,
                   "too much was written since then to be worked out for all productions at once: "
                   "ask for one of them"};
  }
  return {};
}

Result<VersionVector> PastReader::find_cut(const EventLog& log, StreamId stream,
                                           const AsOf& as_of) {
  whole_.reset();
  Result<VersionVector> within = cut_of(log, *present_, stream, as_of);
  if (within.ok() || within.error().code != ErrorCode::compacted || !whole_log_) return within;
  TRY_ASSIGN(whole_, whole_log_->whole(*present_, stream));
  return cut_of(log, *whole_, stream, as_of);
}

Result<void> PastReader::add_cut(const EventLog& log, StreamId stream, const VersionVector& within,
                                 Part part, PastCache& cache) {
  if (within.empty()) return {};
  TRY_ASSIGN(StreamHead head, log.head(*present_, stream));
  if (within == head.vector()) {
    filtered_.show(stream);
    return {};
  }
  std::shared_ptr<const PastStream> past = cache.find(stream, within);
  if (!past) {
    folded_events_ += within.event_count();
    TRY_ASSIGN(past, fold(log, log_read(), stream, within));
    cache.keep(past);
  }
  lay_over(*past, part);
  return {};
}

void PastReader::lay_over(const PastStream& past, Part part) {
  for (Space space : derived_spaces) {
    for (const auto& [key, value] : past.shown.at(space)) {
      if (space == Space::rows && !belongs(part, key)) continue;
      shown_.put(space, key, *value);
    }
  }
}

bool PastReader::Filtered::shows(Space space, std::string_view key, std::string_view value) const {
  if (space == Space::local) return false;
  if (!is_derived(space)) return true;
  StreamId stream = stream_of(space, key, value);
  return stream == directory_stream || unchanged_.contains(stream);
}

Reader::Visit PastReader::Filtered::only_shown(Space space, const Visit& visit) const {
  return [this, space, &visit](std::string_view key, std::string_view value) {
    return !shows(space, key, value) || visit(key, value);
  };
}

Result<std::optional<std::string>> PastReader::Filtered::get(Space space,
                                                             std::string_view key) const {
  TRY_ASSIGN(std::optional<std::string> value, below_.get(space, key));
  if (value && !shows(space, key, *value)) value.reset();
  return value;
}

Result<void> PastReader::Filtered::scan(Space space, std::string_view first, std::string_view end,
                                        const Visit& visit) const {
  return below_.scan(space, first, end, only_shown(space, visit));
}

Result<void> PastReader::Filtered::scan_down(Space space, std::string_view first,
                                             std::string_view end, const Visit& visit) const {
  return below_.scan_down(space, first, end, only_shown(space, visit));
}

}  // namespace genlock
