// Makes the logs of a node that runs smaller, from time to time on a thread of its own: each stream
// up to its stable cut (engine/stability.h), in slices between the writes of others
// (engine/compaction.h). What is taken out goes into history files first.
#pragma once

#include "cli/logger.h"
#include "cli/node.h"
#include "cli/pulse.h"
#include "eventlog/history_files.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

namespace genlock::cli {

// "/var/lib/genlock/data" -> "/var/lib/genlock/history/data".
std::filesystem::path default_history_directory(const std::filesystem::path& data);

struct CompactionOptions {
  std::chrono::milliseconds every{};      // 0: never, the log keeps everything
  std::uint64_t least_events = 1'000;     // by which a stream's cut must have grown
  const HistoryFiles* history = nullptr;  // outlives the compactor; none: what is dropped is gone
};

class Compactor {
 public:
  // Both outlive this.
  Compactor(Node& node, Logger& log, CompactionOptions options);

  // Since the start.
  std::uint64_t dropped_events() const { return dropped_; }

 private:
  using Cuts = std::vector<std::pair<StreamId, VersionVector>>;

  Result<void> look(const std::stop_token& stop);
  Result<Cuts> due_cuts() const;
  Result<void> compact(StreamId stream, const VersionVector& cut, const std::stop_token& stop);

  Node& node_;
  Logger& log_;
  const CompactionOptions options_;
  std::atomic<std::uint64_t> dropped_{0};
  Pulse pulse_;
};

}  // namespace genlock::cli
