#include "eventlog/rocks_files.h"

#include <rocksdb/file_checksum.h>
#include <rocksdb/metadata.h>
#include <rocksdb/options.h>

namespace genlock {

namespace {

Error error_of(const rocksdb::Status& status) {
  return {ErrorCode::unavailable, "data directory: " + status.ToString(), {}};
}

// Keeps RocksDB from taking files away.
class DeletionPause {
 public:
  explicit DeletionPause(rocksdb::DB& db) : db_(db) {}
  ~DeletionPause() {
    if (is_on_) db_.EnableFileDeletions(false).PermitUncheckedError();
  }
  DeletionPause(const DeletionPause&) = delete;
  DeletionPause& operator=(const DeletionPause&) = delete;

  Result<void> begin() {
    const auto status = db_.DisableFileDeletions();
    is_on_ = status.ok();
    return is_on_ ? Result<void>{} : error_of(status);
  }

 private:
  rocksdb::DB& db_;
  bool is_on_ = false;
};

HeldFile held(const rocksdb::LiveFileStorageInfo& info) {
  HeldFile file;
  file.name = info.relative_filename;
  file.path = std::filesystem::path(info.directory) / info.relative_filename;
  file.bytes = info.size;
  if (!info.replacement_contents.empty()) file.contents = info.replacement_contents;
  file.is_sorted = info.file_type == rocksdb::FileType::kTableFile;
  if (file.is_sorted) file.checksum = info.file_checksum;
  return file;
}

class RocksFiles : public HeldFiles {
 public:
  RocksFiles(rocksdb::DB& db, std::unique_ptr<Reader> moment)
      : db_(db), pause_(db), moment_(std::move(moment)) {}

  Result<void> begin() {
    TRY(pause_.begin());
    rocksdb::LiveFilesStorageInfoOptions how;
    how.include_checksum_info = true;
    how.wal_size_for_flush = UINT64_MAX;  // all is sorted to disk already
    std::vector<rocksdb::LiveFileStorageInfo> found;
    const auto status = db_.GetLiveFilesStorageInfo(how, &found);
    if (!status.ok()) return error_of(status);
    for (const auto& info : found) files_.push_back(held(info));
    return {};
  }

  const std::vector<HeldFile>& files() const override { return files_; }
  const Reader& moment() const override { return *moment_; }

 private:
  rocksdb::DB& db_;
  DeletionPause pause_;
  std::unique_ptr<Reader> moment_;
  std::vector<HeldFile> files_;
};

}  // namespace

Result<std::unique_ptr<HeldFiles>> hold_files(rocksdb::DB& db, std::unique_ptr<Reader> moment) {
  auto files = std::make_unique<RocksFiles>(db, std::move(moment));
  TRY(files->begin());
  return std::unique_ptr<HeldFiles>(std::move(files));
}

struct FileChecksum::Inside {
  std::unique_ptr<rocksdb::FileChecksumGenerator> made =
      rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator({});
};

FileChecksum::FileChecksum() : inside_(std::make_unique<Inside>()) {}
FileChecksum::~FileChecksum() = default;

void FileChecksum::add(std::string_view piece) {
  inside_->made->Update(piece.data(), piece.size());
}

std::string FileChecksum::finish() {
  inside_->made->Finalize();
  return inside_->made->GetChecksum();
}

}  // namespace genlock
