// RocksDB's own diary, the file LOG in a data directory, for whoever looks into a broken one. Ours,
// because the one of RocksDB 7.8 stops the process (an assertion, which Debian's build has) at its
// second line after the disk was full. What can't be written is lost. Internal to eventlog.
#pragma once

#include <rocksdb/env.h>

#include <cstdio>
#include <filesystem>
#include <mutex>

namespace genlock {

class RocksDiary : public rocksdb::Logger {
 public:
  // `directory` may not be there: then nothing is written.
  explicit RocksDiary(const std::filesystem::path& directory);
  ~RocksDiary() override;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;

  // Then it begins anew, and the one before stays as LOG.old.
  static constexpr std::size_t max_bytes = 1 << 20;

 private:
  void open();

  const std::filesystem::path path_;
  std::mutex mutex_;  // guards the two below
  std::FILE* file_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace genlock
