// Files that are on the disk before anybody relies on them, for backups and history. Errors say
// what to do:
//   too_large      the disk is full
//   precondition   the place can't be used: not there, not writable, another one's
//   unavailable    the disk failed
//   conflict       somebody else works there now
#pragma once

#include "engine/result.h"
#include "eventlog/file_sum.h"
#include "eventlog/held_files.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace genlock {

// The steps that decide what a power cut leaves of files. The machine's own disk, or one of a test
// whose power can be cut. Thread-safe. ERRORS: as above.
class FileDisk {
 public:
  virtual ~FileDisk() = default;
  // With all that lead to it.
  virtual Result<void> make_folder(const std::filesystem::path& path) const = 0;
  // A new file, or in place of what it held; its bytes are synced, its name is not.
  virtual Result<void> write(const std::filesystem::path& path, std::string_view bytes) const = 0;
  virtual Result<void> rename(const std::filesystem::path& from,
                              const std::filesystem::path& to) const = 0;
  // Makes durable what was made or renamed in it last.
  virtual Result<void> sync_folder(const std::filesystem::path& path) const = 0;
  // ERRORS: also not_found, corruption (longer than `max_bytes`).
  virtual Result<std::string> read_whole(const std::filesystem::path& path,
                                         std::size_t max_bytes) const = 0;
  // The names in a folder, in no order, until `visit` returns false; none where there is no folder.
  using VisitName = std::function<bool(std::string name)>;
  virtual Result<void> list(const std::filesystem::path& path, const VisitName& visit) const = 0;
  // `bytes` to write are not there, with what a disk keeps for itself.
  virtual Result<void> check_room(const std::filesystem::path& folder,
                                  std::uint64_t bytes) const = 0;
};
const FileDisk& machine_disk();

// Whole or not at all: beside it first, synced, then in its place.
Result<void> write_durably(const FileDisk& disk, const std::filesystem::path& path,
                           std::string_view text);

// --- on the machine's disk ----------------------------------------------------------------------

// How far copying is. False: it ends (unavailable).
using OnBytes = std::function<bool(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

Result<void> make_folder(const std::filesystem::path& path);
Result<void> write_durably(const std::filesystem::path& path, std::string_view text);
Result<std::string> read_whole(const std::filesystem::path& path, std::size_t max_bytes);
Result<void> sync_folder(const std::filesystem::path& path);
Result<void> check_room(const std::filesystem::path& folder, std::uint64_t bytes);

// Copies the first `bytes` bytes and syncs them. What was read goes through `visit`, which may stop
// it. ERRORS: also corruption (the file is shorter).
using VisitPiece = std::function<Result<void>(std::string_view piece)>;
Result<void> copy_durably(const std::filesystem::path& from, std::uint64_t bytes,
                          const std::filesystem::path& to, const VisitPiece& visit);
// Reads a file piece by piece. ERRORS: not_found.
Result<void> read_pieces(const std::filesystem::path& from, std::uint64_t bytes,
                         const VisitPiece& visit);

// A folder that one works in at a time, over all processes; or several who only read it.
class FolderLock {
 public:
  enum class Kind { alone, with_readers };
  // ERRORS: conflict.
  static Result<FolderLock> take(const std::filesystem::path& file, Kind kind);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

}  // namespace genlock
