#include "eventlog/durable_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace genlock {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece_bytes = 1 << 20;
constexpr std::uint64_t spare_bytes = 64 << 20;  // as RocksOptions::reserve_bytes

Error disk_error(const fs::path& path, const char* what, int number) {
  const std::string text = path.string() + " can't be " + what + ": " + std::strerror(number);
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::too_large, text, {}};
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOTDIR:
    case EEXIST:
      return {ErrorCode::precondition, text, {}};
    case ENOENT:
      return {ErrorCode::not_found, text, {}};
    default:
      return {ErrorCode::unavailable, text, {}};
  }
}

class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags)
      : path_(path), file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  Result<void> check(const char* what) const {
    return file_ >= 0 ? Result<void>{} : disk_error(path_, what, errno);
  }

  Result<std::size_t> read(char* into, std::size_t size) const {
    while (true) {
      const ssize_t got = ::read(file_, into, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return disk_error(path_, "read", errno);
    }
  }

  Result<void> write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = ::write(file_, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return disk_error(path_, "written", errno);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }

  Result<void> sync() const {
    return ::fsync(file_) == 0 ? Result<void>{} : disk_error(path_, "synced", errno);
  }

 private:
  const fs::path path_;
  const int file_;
};

constexpr int write_flags = O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW;

}  // namespace

Result<void> write_durably(const FileDisk& disk, const fs::path& path, std::string_view text) {
  const fs::path draft = path.string() + ".new";
  TRY(disk.write(draft, text));
  TRY(disk.rename(draft, path));
  return disk.sync_folder(path.parent_path());
}

Result<void> write_durably(const fs::path& path, std::string_view text) {
  return write_durably(machine_disk(), path, text);
}

Result<void> make_folder(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (!failure) return {};
  return disk_error(path, "made", failure.value());
}

Result<std::string> read_whole(const fs::path& path, std::size_t max_bytes) {
  std::string text;
  TRY(read_pieces(path, UINT64_MAX, [&](std::string_view piece) -> Result<void> {
    if (text.size() + piece.size() > max_bytes)
      return Error{ErrorCode::corruption, path.string() + " is longer than it can be", {}};
    text += piece;
    return {};
  }));
  return text;
}

Result<void> sync_folder(const fs::path& path) {
  const OpenFile folder(path, O_RDONLY | O_DIRECTORY);
  TRY(folder.check("opened"));
  return folder.sync();
}

Result<void> check_room(const fs::path& folder, std::uint64_t bytes) {
  std::error_code failure;
  const auto space = fs::space(folder, failure);
  if (failure || space.available >= bytes + spare_bytes) return {};
  return Error{ErrorCode::too_large,
               "the disk of " + folder.string() + " has " + std::to_string(space.available >> 20) +
                   " MiB left, and " + std::to_string((bytes + spare_bytes) >> 20) +
                   " MiB are needed: make room, or use another directory",
               {}};
}

Result<void> read_pieces(const fs::path& from, std::uint64_t bytes, const VisitPiece& visit) {
  const OpenFile in(from, O_RDONLY);
  TRY(in.check("read"));
  std::string piece(piece_bytes, '\0');
  while (bytes > 0) {
    TRY_ASSIGN(const std::size_t got,
               in.read(piece.data(), std::min<std::uint64_t>(bytes, piece.size())));
    if (got == 0) break;
    TRY(visit(std::string_view(piece).substr(0, got)));
    bytes -= got;
  }
  return {};
}

Result<void> copy_durably(const fs::path& from, std::uint64_t bytes, const fs::path& to,
                          const VisitPiece& visit) {
  const OpenFile out(to, write_flags);
  TRY(out.check("written"));
  std::uint64_t done = 0;
  const auto copied = read_pieces(from, bytes, [&](std::string_view piece) {
    done += piece.size();
    Result<void> visited = visit(piece);
    return visited.ok() ? out.write(piece) : visited;
  });
  TRY(copied);
  if (done != bytes)
    return Error{ErrorCode::corruption,
                 from.string() + " has " + std::to_string(done) + " bytes instead of " +
                     std::to_string(bytes),
                 {}};
  return out.sync();
}

namespace {

class MachineDisk : public FileDisk {
 public:
  Result<void> make_folder(const fs::path& path) const override {
    return genlock::make_folder(path);
  }
  Result<void> write(const fs::path& path, std::string_view bytes) const override {
    const OpenFile out(path, write_flags);
    TRY(out.check("written"));
    TRY(out.write(bytes));
    return out.sync();
  }
  Result<void> rename(const fs::path& from, const fs::path& to) const override {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    return disk_error(to, "written", errno);
  }
  Result<void> sync_folder(const fs::path& path) const override {
    return genlock::sync_folder(path);
  }
  Result<std::string> read_whole(const fs::path& path, std::size_t max_bytes) const override {
    return genlock::read_whole(path, max_bytes);
  }
  Result<void> list(const fs::path& path, const VisitName& visit) const override {
    std::error_code failure;
    fs::directory_iterator at(path, failure);
    if (failure == std::errc::no_such_file_or_directory) return {};
    for (; !failure && at != fs::directory_iterator(); at.increment(failure))
      if (!visit(at->path().filename().string())) return {};
    if (!failure) return {};
    return Error{ErrorCode::precondition, path.string() + " can't be read: " + failure.message()};
  }
  Result<void> check_room(const fs::path& folder, std::uint64_t bytes) const override {
    return genlock::check_room(folder, bytes);
  }
};

}  // namespace

const FileDisk& machine_disk() {
  static const MachineDisk disk;
  return disk;
}

Result<FolderLock> FolderLock::take(const fs::path& file, Kind kind) {
  const int opened = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (opened < 0) return disk_error(file, "locked", errno);
  FolderLock lock(opened);
  if (::flock(opened, (kind == Kind::alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return disk_error(file, "locked", errno);
  return Error{ErrorCode::conflict,
               "somebody works on the backups in " + file.parent_path().string() +
                   " already: try again when that is done",
               {}};
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace genlock
