#include "cli/salvage.h"

#include "engine/compaction.h"
#include "engine/event_codec.h"
#include "eventlog/node_meta.h"

#include <algorithm>
#include <array>
#include <set>

namespace genlock::cli {
namespace {

constexpr std::size_t events_at_once = 500;
constexpr std::size_t bytes_at_once = 4 << 20;
// Of this node's own keys, what it was told to fetch. What peers have is found out anew.
constexpr std::array<std::string_view, 2> kept_prefixes = {"sync/mode", "sync/stream/"};

bool is_known(const VersionVector& have, const Event& event) {
  return std::ranges::all_of(event.context_delta, [&](const ContextEntry& entry) {
    return have.last_seen(entry.origin) >= entry.last;
  });
}

void copy_prefix(const Reader& from, Space space, std::string_view prefix, Batch& batch) {
  // A damaged block ends it; what was read is kept.
  (void)from.scan_prefix(space, prefix, [&](std::string_view key, std::string_view value) {
    batch.at(space)[std::string(key)] = std::string(value);
    return true;
  });
}

}  // namespace

Result<Salvage> Salvage::open(const std::filesystem::path& data) {
  RocksOptions options;
  options.create_if_missing = false;
  options.salvage = true;
  TRY_ASSIGN(auto store, RocksStore::open_read_only(data, options));
  Salvage salvage(std::move(store));
  salvage.look();
  return salvage;
}

Result<Identity> Salvage::read_identity_of(const Reader& reader) { return read_identity(reader); }

// The format is of the new directory, which has its own.
Result<void> Salvage::copy_settings(Store& to) const {
  Batch batch;
  copy_prefix(*store_, Space::meta, "", batch);
  batch.at(Space::meta).erase("format");
  for (const std::string_view prefix : kept_prefixes)
    copy_prefix(*store_, Space::local, prefix, batch);
  return to.commit(batch, true);
}

// What compaction dropped is not damaged.
bool Salvage::is_readable(const EventId& id) const {
  const auto stored = log_.read(*store_, id);
  return stored.ok() || stored.error().code == ErrorCode::compacted;
}

void Salvage::look() {
  const auto streams = log_.streams(*store_);
  if (!streams.ok()) return;
  for (const StreamId stream : *streams) {
    const auto head = log_.head(*store_, stream);
    if (!head.ok()) continue;
    for (const auto& [origin, last] : head->origins) {
      Chain chain{stream, origin, last.last, 0};
      for (std::uint64_t n = 1; n <= number(last.last); ++n)
        if (!is_readable({stream, {origin, Sequence{n}}})) ++chain.unreadable_count;
      chains_.push_back(chain);
    }
  }
}

Result<std::uint64_t> Salvage::pour(const Store& to, Engine& engine, LogWriter& writer) {
  TRY_ASSIGN(const std::vector<StreamId> known, log_.streams(to));
  std::set<StreamId> streams(known.begin(), known.end());
  for (const Chain& chain : chains_) streams.insert(chain.stream);
  std::uint64_t stored = 0;
  for (const StreamId stream : streams) {
    TRY_ASSIGN(const std::uint64_t kept, pour_base(stream, to, engine, writer));
    TRY_ASSIGN(const std::uint64_t count, pour_stream(stream, to, engine, writer));
    stored += kept + count;
  }
  return stored;
}

Result<std::uint64_t> Salvage::pour_base(StreamId stream, const Store& to, Engine& engine,
                                         LogWriter& writer) {
  const Result<StreamBase> base = kept_base(*store_, log_, stream);
  TRY_ASSIGN(const StreamHead head, log_.head(to, stream));
  if (!base.ok() || head.vector().includes(base->at)) return 0;
  const auto taken = writer.run_for<IngestReport>(
      [&](Overlay& overlay) { return engine.install(*base, {}, overlay); });
  if (taken.ok()) return taken->stored;
  if (taken.error().code == ErrorCode::unavailable) return taken.error();
  return 0;  // it does not fit what is known to be true
}

// In turns, as far as each origin's events rest on those of the others.
Result<std::uint64_t> Salvage::pour_stream(StreamId stream, const Store& to, Engine& engine,
                                           LogWriter& writer) {
  std::set<OriginId> origins;
  for (const Chain& chain : chains_)
    if (chain.stream == stream) origins.insert(chain.origin);
  TRY_ASSIGN(const StreamHead head, log_.head(to, stream));
  for (const auto& [origin, last] : head.origins) origins.insert(origin);
  VersionVector have = head.vector();
  std::uint64_t stored = 0;
  for (bool went_on = true; went_on;) {
    went_on = false;
    for (auto origin = origins.begin(); origin != origins.end();) {
      Chunk chunk{stream, next_events(stream, *origin, have), {}};
      if (chunk.events.empty()) {
        ++origin;
        continue;
      }
      const std::size_t count = chunk.events.size();
      const auto taken = writer.run([&](Overlay& overlay) -> Result<void> {
        TRY(engine.ingest(chunk, overlay));
        return {};
      });
      if (!taken.ok() && taken.error().code == ErrorCode::unavailable) return taken.error();
      if (taken.ok()) {
        stored += count;
        went_on = true;
        ++origin;
      } else {  // it does not fit what is known to be true: nothing of this origin from here on
        origin = origins.erase(origin);
        TRY_ASSIGN(const StreamHead now, log_.head(to, stream));
        have = now.vector();
      }
    }
  }
  return stored;
}

std::vector<std::string> Salvage::next_events(StreamId stream, OriginId origin,
                                              VersionVector& have) const {
  std::vector<std::string> events;
  std::size_t bytes = 0;
  while (events.size() < events_at_once && bytes < bytes_at_once) {
    const Dot dot{origin, next(have.last_seen(origin))};
    auto stored = log_.read(*store_, {stream, dot});
    if (!stored.ok()) break;
    const Result<Event> event = decode(stored->bytes);
    if (!event.ok() || !is_known(have, *event)) break;
    have.advance(dot);
    bytes += stored->bytes.size();
    events.push_back(std::move(stored->bytes));
  }
  return events;
}

}  // namespace genlock::cli
