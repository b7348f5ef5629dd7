#include "cli/compactor.h"

#include "engine/compaction.h"
#include "engine/directory.h"

namespace genlock::cli {

std::filesystem::path default_history_directory(const std::filesystem::path& data) {
  return folder_beside(data, "history");
}

Compactor::Compactor(Node& node, Logger& log, CompactionOptions options)
    : node_(node), log_(log), options_(options), pulse_(options.every, [this](const auto& stop) {
        const Result<void> looked = look(stop);
        if (!looked.ok())
          log_.warning("can't compact the log", {{"reason", looked.error().message}});
      }) {}

// One stream that can't be compacted doesn't keep the others from it.
Result<void> Compactor::look(const std::stop_token& stop) {
  TRY_ASSIGN(const Cuts cuts, due_cuts());
  for (const auto& [stream, cut] : cuts) {
    if (stop.stop_requested()) return {};
    const Result<void> compacted = compact(stream, cut, stop);
    if (compacted.ok()) continue;
    if (compacted.error().code == ErrorCode::unavailable) return compacted;
    log_.warning("can't compact a stream",
                 {{"stream", stream.to_string()}, {"reason", compacted.error().message}});
  }
  return {};
}

// Who belongs here and what is held, of one moment.
Result<Compactor::Cuts> Compactor::due_cuts() const {
  const Log& log = node_.log();
  const auto snapshot = node_.store().snapshot();
  TRY_ASSIGN(const NodeDirectory directory, read_directory(*snapshot, log));
  TRY_ASSIGN(const std::vector<StreamId> streams, log.streams(*snapshot));
  Cuts cuts;
  for (StreamId stream : streams) {
    TRY_ASSIGN(const StreamHead head, log.head(*snapshot, stream));
    TRY_ASSIGN(const Branches branches, log.branches(*snapshot, stream));
    TRY_ASSIGN(const VersionVector floor, log.floor(*snapshot, stream));
    const Standing standing = directory.standing(stream, head, !branches.empty());
    TRY_ASSIGN(StableCut stable, stable_cut(standing, floor, [&](const Dot& dot) {
                 return log.context_of(*snapshot, {stream, dot});
               }));
    if (stable.cut.event_count() >= floor.event_count() + options_.least_events)
      cuts.emplace_back(stream, std::move(stable.cut));
  }
  return cuts;
}

Result<void> Compactor::compact(StreamId stream, const VersionVector& cut,
                                const std::stop_token& stop) {
  KeepDropped keep;
  if (options_.history)
    keep = [this](StreamId of, const std::vector<DroppedEvent>& events) {
      return options_.history->keep(of, events);
    };
  TRY_ASSIGN(const std::uint64_t dropped, compact_stream(
                                              node_.store(), node_.log(), node_.writer(), stream,
                                              cut, [&] { return !stop.stop_requested(); }, keep));
  dropped_ += dropped;
  log_.info("compacted a stream", {{"stream", stream.to_string()},
                                   {"dropped_events", static_cast<std::int64_t>(dropped)}});
  return {};
}

}  // namespace genlock::cli
