#include "projections/rebuild.h"

#include "projections/stored_row.h"

namespace genlock {
namespace {

constexpr std::string_view version_key = "derived";
constexpr std::string_view under_way = "rebuilding";
constexpr std::size_t erase_batch_keys = 10'000;

std::string version_text() {
  return "complete " + std::to_string(fold_version) + " " + std::to_string(row_format_version);
}

Result<void> write_version(Store& store, std::string text) {
  Batch batch;
  batch.at(Space::meta).emplace(version_key, std::move(text));
  return store.commit(batch, true);
}

// Durable, as all that is written: so what a power cut tears is one batch, the last one
// (eventlog/log_tail.h).
Result<void> drop(Store& store, Space space) {
  while (true) {
    Batch batch;
    TRY(store.scan(space, {}, {}, [&](std::string_view key, std::string_view) {
      batch.at(space).emplace(key, std::nullopt);
      return batch.at(space).size() < erase_batch_keys;
    }));
    if (batch.empty()) return {};
    TRY(store.commit(batch, true));
  }
}

Result<void> refold_stream(Store& store, Engine& engine, StreamId stream, RebuildProgress& progress,
                           const OnProgress& on_progress) {
  Overlay overlay(store);
  std::uint64_t before = progress.events;
  TRY(engine.refold(stream, overlay, [&](std::uint64_t events) -> Result<void> {
    progress.events = before + events;
    if (on_progress) on_progress(progress);
    return store.commit(overlay.take_batch(), true);
  }));
  ++progress.streams_done;
  return store.commit(overlay.take_batch(), true);
}

}  // namespace

Result<bool> needs_rebuild(const Reader& reader, const EventLog& log) {
  TRY_ASSIGN(auto version, reader.get(Space::meta, version_key));
  if (version == version_text()) return false;
  TRY_ASSIGN(std::vector<StreamId> streams, log.streams(reader));
  return !streams.empty();
}

Result<RebuildProgress> rebuild(Store& store, Engine& engine, const OnProgress& on_progress) {
  TRY(write_version(store, std::string(under_way)));
  TRY(drop(store, Space::state));
  TRY(drop(store, Space::rows));
  RebuildProgress progress;
  TRY_ASSIGN(std::vector<StreamId> streams, engine.log().streams(store));
  progress.stream_count = streams.size();
  for (StreamId stream : streams) {
    TRY(refold_stream(store, engine, stream, progress, on_progress));
  }
  TRY(mark_version(store));
  return progress;
}

Result<void> mark_version(Store& store) { return write_version(store, version_text()); }

}  // namespace genlock
