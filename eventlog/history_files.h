// The history files of a node (eventlog/history_file.h), in a folder beside its data: compaction
// writes them before it drops what is in them, `as_of`, histories and audits read them. Files are
// only ever added, each whole and synced; so a folder can be copied at any time, files of other
// nodes may lie in it, and what a crash leaves twice does no harm.
#pragma once

#include "eventlog/durable_files.h"
#include "eventlog/history_file.h"
#include "eventlog/whole_history.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

namespace genlock {

class HistoryFiles : public WholeLog {
 public:
  static constexpr std::size_t file_bytes = 8 << 20;  // of events, about, in one file
  static constexpr std::size_t default_max_bytes = 256 << 20;
  static constexpr std::size_t max_files = 100'000;

  // `max_bytes`: of one stream's events in memory at once. The folder is made when it is needed.
  // `disk` outlives this.
  explicit HistoryFiles(std::filesystem::path folder, std::size_t max_bytes = default_max_bytes,
                        const FileDisk& disk = machine_disk())
      : folder_(std::move(folder)), max_bytes_(max_bytes), disk_(disk) {}

  // Durable when it returns. What is there already is written again as the same file.
  // ERRORS: too_large (the disk is full), precondition (the folder can't be used), unavailable.
  Result<void> keep(StreamId stream, const std::vector<DroppedEvent>& events) const;

  // Makes the folder, so that it is there after a power cut. ERRORS: precondition, unavailable.
  Result<void> prepare_folder() const;

  // The files of one stream, by name; none where there is no folder. Names of others are passed
  // over. ERRORS: too_large (more than max_files), precondition, unavailable.
  Result<std::vector<HistoryFileName>> list(StreamId stream) const;
  // ERRORS: as of list; too_large (more than max_bytes), corruption, which names the file.
  Result<std::vector<HistoryFile>> read(StreamId stream) const;

  // What was put together last is kept for the next question, up to idle_bytes.
  Result<std::unique_ptr<Reader>> whole(const Reader& log, StreamId stream) override;
  static constexpr std::size_t idle_bytes = 64 << 20;

 private:
  struct Restored {
    StreamId stream;
    VersionVector floor;
    std::vector<HistoryFileName> files;
    WholeHistory history;
  };
  class Laid;

  Result<void> write(const HistoryFile& file) const;
  Result<HistoryFile> read(const HistoryFileName& name) const;
  Result<Restored> restore(const Reader& log, StreamId stream, const VersionVector& floor);
  void give_back(Restored restored);

  const std::filesystem::path folder_;
  const std::size_t max_bytes_;
  const FileDisk& disk_;
  std::mutex mutex_;  // guards idle_
  std::optional<Restored> idle_;
};

}  // namespace genlock
