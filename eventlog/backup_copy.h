// How files come into a directory of backups. Internal to eventlog/backup_store.cpp.
#pragma once

#include "eventlog/backup_store.h"

#include <map>

namespace genlock {

// Counts what was copied, over all files of a backup.
class Copying {
 public:
  Copying(std::uint64_t total, const OnBytes& on_bytes) : total_(total), on_bytes_(on_bytes) {}

  Result<void> note(std::uint64_t bytes) {
    done_ += bytes;
    if (!on_bytes_ || on_bytes_(done_, total_)) return {};
    return Error{ErrorCode::unavailable, "it was cancelled", {}};
  }

 private:
  std::uint64_t done_ = 0;
  const std::uint64_t total_;
  const OnBytes& on_bytes_;
};

// Copies a file of the data directory to `to` and gives its sum. ERRORS: corruption (it does not
// fit the checksum that RocksDB noted), and as of durable_files.h.
Result<std::string> copy_held(const HeldFile& file, const std::filesystem::path& to,
                              Copying& copying);

// Sorted files that earlier backups brought, and whether they can be trusted unread.
class KeptFiles {
 public:
  KeptFiles(const std::filesystem::path& path, const std::vector<Backup>& backups);

  // Its sum; nullopt: it must be copied.
  std::optional<std::string> find(const std::string& kept_as, std::uint64_t bytes) const;

 private:
  const std::filesystem::path path_;
  std::map<std::string, std::string, std::less<>> sums_;
  bool is_doubtful_ = false;  // one was found damaged: then all are read
};

}  // namespace genlock
