// A VolatileDisk for files of ours that are not RocksDB's (eventlog/durable_files.h), beside a
// directory of RocksDB's on the same disk.
#pragma once

#include "crash/volatile_disk.h"
#include "eventlog/durable_files.h"

namespace genlock::crash {

class DiskFiles : public FileDisk {
 public:
  // `disk` outlives it.
  explicit DiskFiles(VolatileDisk& disk) : disk_(disk) {}

  Result<void> make_folder(const std::filesystem::path& path) const override;
  Result<void> write(const std::filesystem::path& path, std::string_view bytes) const override;
  Result<void> rename(const std::filesystem::path& from,
                      const std::filesystem::path& to) const override;
  Result<void> sync_folder(const std::filesystem::path& path) const override;
  Result<std::string> read_whole(const std::filesystem::path& path,
                                 std::size_t max_bytes) const override;
  Result<void> list(const std::filesystem::path& path, const VisitName& visit) const override;
  Result<void> check_room(const std::filesystem::path& folder, std::uint64_t bytes) const override;

 private:
  VolatileDisk& disk_;
};

}  // namespace genlock::crash
