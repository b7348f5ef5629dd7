#include "crash/disk_files.h"

namespace genlock::crash {

namespace fs = std::filesystem;

namespace {

Result<void> outcome_of(Failure failure, const fs::path& path) {
  switch (failure) {
    case Failure::none:
      return {};
    case Failure::no_space:
      return Error{ErrorCode::too_large, path.string() + ": the disk is full"};
    case Failure::not_found:
      return Error{ErrorCode::not_found, path.string() + " is not there"};
    case Failure::power_cut:
    case Failure::io_error:
      return Error{ErrorCode::unavailable, path.string() + ": the disk failed"};
  }
  return {};
}

}  // namespace

Result<void> DiskFiles::make_folder(const fs::path& path) const {
  disk_.make_directory(path.string());
  return {};
}

Result<void> DiskFiles::write(const fs::path& path, std::string_view bytes) const {
  VolatileDisk::FilePtr file;
  TRY(outcome_of(disk_.create(path.string(), file), path));
  TRY(outcome_of(disk_.append(file, bytes), path));
  return outcome_of(disk_.sync(file), path);
}

Result<void> DiskFiles::rename(const fs::path& from, const fs::path& to) const {
  return outcome_of(disk_.rename(from.string(), to.string()), from);
}

Result<void> DiskFiles::sync_folder(const fs::path& path) const {
  return outcome_of(disk_.sync_directory(path.string()), path);
}

Result<std::string> DiskFiles::read_whole(const fs::path& path, std::size_t max_bytes) const {
  VolatileDisk::FilePtr file;
  TRY(outcome_of(disk_.open(path.string(), file), path));
  if (disk_.size(file) > max_bytes)
    return Error{ErrorCode::corruption, path.string() + " is longer than it can be"};
  std::string bytes(disk_.size(file), '\0');
  std::size_t got = 0;
  TRY(outcome_of(disk_.read(file, 0, bytes.size(), bytes.data(), got), path));
  bytes.resize(got);
  return bytes;
}

Result<void> DiskFiles::list(const fs::path& path, const VisitName& visit) const {
  std::vector<std::string> names;
  const Failure failure = disk_.list(path.string(), names);
  if (failure == Failure::not_found) return {};
  TRY(outcome_of(failure, path));
  for (std::string& name : names)
    if (!visit(std::move(name))) return {};
  return {};
}

Result<void> DiskFiles::check_room(const fs::path& folder, std::uint64_t) const {
  return outcome_of(disk_.is_full() ? Failure::no_space : Failure::none, folder);
}

}  // namespace genlock::crash
