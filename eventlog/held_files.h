// One moment of a RocksStore as files: what a backup copies. While it is held, none of them is
// taken away and the moment can be read; the store goes on writing. Dies before its store.
#pragma once

#include "engine/store.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

// A file that belongs to the moment: its first `bytes` bytes, or `contents` in their place.
struct HeldFile {
  std::string name;  // "000123.sst", in the data directory
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::optional<std::string> contents;
  bool is_sorted = false;  // never changes: its name, size and checksum say what is in it
  std::string checksum;    // of a sorted file, as RocksDB noted it: 4 bytes
};

class HeldFiles {
 public:
  virtual ~HeldFiles() = default;
  virtual const std::vector<HeldFile>& files() const = 0;
  virtual const Reader& moment() const = 0;
};

// RocksDB's checksum of a file, taken piece by piece.
class FileChecksum {
 public:
  FileChecksum();
  ~FileChecksum();
  FileChecksum(const FileChecksum&) = delete;
  FileChecksum& operator=(const FileChecksum&) = delete;

  void add(std::string_view piece);
  // Once, at the end.
  std::string finish();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace genlock
