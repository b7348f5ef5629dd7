// The backups of a node that runs: on a schedule, before a show is locked, after a download, and
// when somebody asks. One piece of work at a time, on a thread of its own; what comes by itself
// comes at most once in five minutes, and keeps the newest ones.
#pragma once

#include "cli/backup_work.h"
#include "cli/logger.h"
#include "http/backups.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace genlock::cli {

struct BackupOptions {
  std::filesystem::path directory;
  std::filesystem::path history = {};  // the folder of history files; empty: there are none
  std::chrono::milliseconds every{};   // 0: none comes by itself
  std::size_t keep = 28;
  std::string version;
  std::chrono::milliseconds least_gap = std::chrono::minutes(5);
  std::chrono::milliseconds first_after = std::chrono::minutes(10);  // of a node without any
  std::chrono::milliseconds lock_wait = std::chrono::seconds(2);
};

// As the API tells it.
http::BackupEntry entry_of(const Backup& backup);

// For metrics.
struct BackupMeasures {
  std::uint64_t unverified = 0, ok = 0, damaged = 0;
  std::uint64_t size_bytes = 0;         // of the newest good one
  std::uint64_t taken = 0, failed = 0;  // since the start
  std::optional<UnixMs> newest_good_ms;
};

class NodeBackups : public http::Backups {
 public:
  // Both outlive this.
  NodeBackups(Node& node, BackupOptions options, Logger& log);
  ~NodeBackups() override { end(); }
  NodeBackups(const NodeBackups&) = delete;
  NodeBackups& operator=(const NodeBackups&) = delete;

  Result<std::vector<http::BackupEntry>> list() override;
  Result<void> begin_backup(http::BackupProgress progress) override;
  Result<void> begin_verify(const Uuid& id, http::BackupProgress progress) override;
  Result<void> remove(const Uuid& id) override;
  http::BackupHealth health() override;
  void before_lock() override;
  void after_download() override;
  BackupMeasures measures() const;

  // Breaks off what is under way, which leaves no trace, and takes no more.
  void end();

 private:
  using Steady = std::chrono::steady_clock;
  struct Work {
    std::optional<Uuid> verify;  // else a backup
    BackupReason reason = BackupReason::manual;
    http::BackupProgress progress = {};
  };

  Result<BackupStore> open() const;
  Result<void> begin(Work work);
  bool ask_for(BackupReason reason);
  void run();
  void carry_out(Work& work);
  Result<std::string> back_up(const Work& work);
  Result<std::string> verify(const Work& work);
  void keep_newest(BackupStore& store);
  void look();
  void note_held();
  OnBytes watched(const Work& work) const;

  Node& node_;
  const BackupOptions options_;
  Logger& log_;
  const UnixMs began_ms_;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  std::optional<Work> next_;  // waits for the thread
  bool busy_ = false;
  std::uint64_t held_count_ = 0;            // backups whose state is held, or that failed before
  Steady::time_point due_;                  // of the schedule
  std::optional<Steady::time_point> last_;  // when the latest began
  bool last_failed_ = false;
  BackupMeasures measures_;
  bool newest_damaged_ = false;
  std::thread thread_;
};

}  // namespace genlock::cli
