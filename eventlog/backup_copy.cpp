#include "eventlog/backup_copy.h"

#include "eventlog/history_file.h"

namespace genlock {

namespace fs = std::filesystem;

namespace {

Result<std::string> sum_of_file(const fs::path& path, std::uint64_t bytes) {
  FileSum sum;
  TRY(read_pieces(path, bytes, [&](std::string_view piece) -> Result<void> {
    sum.add(piece);
    return {};
  }));
  return sum.finish();
}

// A history file says by itself whether it is whole, and which one it is.
Result<void> check_history(const HeldFile& file, const fs::path& copy) {
  const auto name = HistoryFileName::parse(file.name);
  if (!name) return {};
  TRY_ASSIGN(const std::string bytes, read_whole(copy, HistoryFile::max_content_bytes));
  const auto decoded = decode_history(bytes);
  const auto again = decoded.ok() ? encode(*decoded) : decoded.error();
  if (again.ok() && again->name == *name) return {};
  return Error{ErrorCode::corruption,
               "the history file " + file.path.string() +
                   " is damaged: put a copy in its place, or delete it",
               {}};
}

}  // namespace

Result<std::string> copy_held(const HeldFile& file, const fs::path& to, Copying& copying) {
  if (file.contents) {
    TRY(write_durably(to, *file.contents));
    TRY(copying.note(file.contents->size()));
    return file_sum(*file.contents);
  }
  FileSum sum;
  FileChecksum checksum;
  const fs::path draft = to.string() + ".new";
  TRY(copy_durably(file.path, file.bytes, draft, [&](std::string_view piece) {
    sum.add(piece);
    checksum.add(piece);
    return copying.note(piece.size());
  }));
  if (!file.checksum.empty() && checksum.finish() != file.checksum)
    return Error{ErrorCode::corruption,
                 "the file " + file.path.string() +
                     " of the data directory is damaged: run `genlock verify`, then restore an "
                     "older backup or sync into a new directory",
                 {}};
  TRY(check_history(file, draft));
  std::error_code failure;
  fs::rename(draft, to, failure);
  if (failure) return Error{ErrorCode::unavailable, to.string() + ": " + failure.message(), {}};
  return sum.finish();
}

KeptFiles::KeptFiles(const fs::path& path, const std::vector<Backup>& backups) : path_(path) {
  for (const Backup& backup : backups) {
    is_doubtful_ |= backup.status == BackupStatus::damaged;
    for (const BackedUpFile& file : backup.manifest.files) sums_[file.kept_as] = file.sum;
  }
}

std::optional<std::string> KeptFiles::find(const std::string& kept_as, std::uint64_t bytes) const {
  const auto known = sums_.find(kept_as);
  if (known == sums_.end()) return std::nullopt;
  std::error_code failure;
  if (fs::file_size(path_ / kept_as, failure) != bytes || failure) return std::nullopt;
  if (!is_doubtful_) return known->second;
  const auto sum = sum_of_file(path_ / kept_as, bytes);
  return sum.ok() && *sum == known->second ? std::optional(*sum) : std::nullopt;
}

}  // namespace genlock
