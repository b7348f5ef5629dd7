// The store on disk: RocksDB, one column family per Space, one write-ahead log. What each option is
// set to, and why, stands in eventlog/rocks_options.cpp.
//
// A directory belongs to one process at a time. A write that failed has an unknown outcome: it may
// reappear when the log is read again. So after one failure no more writes are taken, reads go on,
// and the owner closes this store and opens the directory anew. A full disk is the exception:
// writes stop while some room is left, where nothing is unknown, and resume() takes them again once
// there is more (docs/adr/0013). Log files that are damaged anywhere but at their very end are
// refused when opening, never cut silently: that would drop acknowledged events. Thread-safe.
// Snapshots must be gone before the store is.
#pragma once

#include "engine/store.h"
#include "eventlog/held_files.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rocksdb {
class Env;
}

namespace genlock {

// A twelfth of the machine's memory, 80 MiB to 1,280 MiB: all of a show of 100,000 rows on a
// computer, and little of a Raspberry Pi.
std::size_t default_cache_bytes();

struct RocksOptions {
  bool create_if_missing = true;
  // What was read lately: four fifths for uncompressed blocks, indexes and filters of all spaces
  // together, one fifth for values (eventlog/value_cache.h).
  std::size_t cache_bytes = default_cache_bytes();
  std::size_t write_buffer_bytes =
      64 << 20;  // writes in memory of all spaces together, until they are sorted to disk
  std::size_t log_bytes = 64 << 20;  // write-ahead log, which an open after a crash reads again
  // No write begins with less room than this on the disk: what is in memory can still be sorted to
  // disk, and reading goes on.
  std::uint64_t reserve_bytes = 64 << 20;
  // Only for looking at a damaged directory: opens what can be opened. Of damaged log files all
  // batches that still hold are read, so events may be missing anywhere.
  bool salvage = false;
  std::function<std::uint64_t()> free_bytes = {};  // for tests; empty: asks the file system
  rocksdb::Env* env = nullptr;  // for tests: where the files are; null: the machine's own disk
};

// How large a store is and how RocksDB does, for metrics.
struct StoreMeasures {
  struct OfSpace {
    const char* name = "";
    std::uint64_t disk_bytes = 0, memory_bytes = 0;  // sorted files, and writes not yet in them
    std::uint64_t estimated_keys = 0;
  };
  std::vector<OfSpace> spaces;
  std::uint64_t log_bytes = 0;  // of the write-ahead log
  std::uint64_t cache_bytes = 0;
  std::uint64_t pending_compaction_bytes = 0;
  std::uint64_t background_errors = 0;
  bool stalled = false;  // writes are slowed down or stopped until compaction has caught up
};

class RocksStore : public Store {
 public:
  // ERRORS: unavailable (in use by another process, disk errors), unsupported (made by a newer
  // program), corruption, not_found (no such directory and !create_if_missing).
  static Result<std::unique_ptr<RocksStore>> open(const std::filesystem::path& path,
                                                  const RocksOptions& options = {});
  // Looks at a directory, even one in use, as it was when opened. Every commit fails with
  // `unavailable`.
  static Result<std::unique_ptr<RocksStore>> open_read_only(const std::filesystem::path& path,
                                                            const RocksOptions& options = {});
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override;
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override;
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override;
  Result<void> commit(const Batch& batch, bool durable) override;
  std::unique_ptr<Reader> snapshot() const override;

  bool refuses_writes() const;
  // Some hundred microseconds. What RocksDB does not tell stays 0.
  StoreMeasures measure() const;
  // True while writes are refused because the disk is full.
  bool is_full() const;
  // Takes writes again once the disk has the reserve and a quarter of it more. What failed for want
  // of room is not there then. False: not yet. ERRORS: unavailable (open the directory anew).
  // REQUIRES: is_full().
  Result<bool> resume();
  // Sorts what is in memory to disk, for backups and benches.
  Result<void> flush();
  // The present as files, for a backup. Writes wait while what is in memory is sorted to disk: what
  // came in during a first flush, some ten milliseconds. ERRORS: unavailable (disk errors, or it
  // was opened to look only).
  Result<std::unique_ptr<HeldFiles>> hold_files();
  // Reads every file and compares its checksums. O(data).
  Result<void> verify_files() const;
  // Stays with this directory and with plain copies of it; a restored backup or checkpoint has
  // another one.
  Result<std::string> identity() const;

 private:
  struct Database;
  class Snapshot;

  explicit RocksStore(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace genlock
