#include "eventlog/rocks_tails.h"

#include "eventlog/durable_files.h"
#include "eventlog/log.h"
#include "eventlog/log_tail.h"
#include "eventlog/rocks_options.h"
#include "eventlog/witness.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/wal_filter.h>

#include <algorithm>
#include <charconv>

namespace genlock {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_kept_bytes = 16 << 20;

Error disk_error(const rocksdb::Status& status) {
  return {ErrorCode::unavailable, "data directory: " + status.ToString(), {}};
}

Result<void> checked(const rocksdb::Status& status) {
  return status.ok() ? Result<void>{} : disk_error(status);
}

// Which write-ahead logs are still read: those from this number on.
class FirstLog : public rocksdb::WalFilter {
 public:
  void ColumnFamilyLogNumberMap(const std::map<std::uint32_t, std::uint64_t>& first_of_families,
                                const std::map<std::string, std::uint32_t>&) override {
    number = UINT64_MAX;
    for (const auto& [family, first] : first_of_families) number = std::min(number, first);
  }
  const char* Name() const override { return "FirstLog"; }

  std::uint64_t number = 0;
};

struct LogFile {
  std::string name;
  std::uint64_t number = 0, bytes = 0;
  LogTail tail;
};

class Directory {
 public:
  Directory(const fs::path& data, const RocksOptions& options)
      : data_(data), options_(options), env_(options.env ? options.env : rocksdb::Env::Default()) {}

  bool exists() const { return env_->FileExists(path_of("CURRENT")).ok(); }

  // nullopt: there is none yet, or it can't be told.
  Result<std::optional<LogFile>> manifest() const {
    std::string name;
    if (!rocksdb::ReadFileToString(env_, path_of("CURRENT"), &name).ok())
      return std::optional<LogFile>{};
    while (!name.empty() && name.back() == '\n') name.pop_back();
    if (!env_->FileExists(path_of(name)).ok()) return std::optional<LogFile>{};
    TRY_ASSIGN(LogFile file, read(name));
    return std::optional(std::move(file));
  }

  // In the order in which they were written.
  Result<std::vector<LogFile>> logs() const {
    std::vector<std::string> names;
    TRY(checked(env_->GetChildren(data_.string(), &names)));
    std::vector<LogFile> files;
    for (const std::string& name : names) {
      std::uint64_t number = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
      if (error != std::errc{} || std::string_view(end) != ".log") continue;
      TRY_ASSIGN(LogFile file, read(name));
      file.number = number;
      files.push_back(std::move(file));
    }
    std::ranges::sort(files, {}, &LogFile::number);
    return files;
  }

  // nullopt: it cannot be looked at; RocksDB will say why.
  std::optional<std::uint64_t> first_log() const {
    FirstLog filter;
    RocksOptions look = salvage();
    rocksdb::DBOptions how = database_options(look);
    how.wal_filter = &filter;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    rocksdb::DB* db = nullptr;
    if (!rocksdb::DB::OpenForReadOnly(how, data_.string(), column_families(look), &families, &db)
             .ok())
      return std::nullopt;
    for (auto* family : families) db->DestroyColumnFamilyHandle(family);
    delete db;
    return filter.number;
  }

  // What is left without the end is what was acknowledged, as far as the witness knows.
  Result<void> check_witness(const LogFile& file) const {
    TRY_ASSIGN(const auto store, RocksStore::open_read_only(data_, salvage()));
    TRY_ASSIGN(const Position last, Log().last_position(*store));
    const auto witness = read_witness(data_);
    if (!witness || witness->position <= last) return {};
    return damaged(file, "edits that were acknowledged are missing without it");
  }

  Error damaged(const LogFile& file, const std::string& why) const {
    return {ErrorCode::corruption,
            "the data directory " + data_.string() + " is damaged (" + file.name + " at byte " +
                std::to_string(file.tail.whole_bytes()) + ": " + why +
                "): keep a copy of it, then `genlock repair` or restore a backup",
            {}};
  }

  Result<void> cut(const TornTail& tail) const {
    TRY(checked(env_->Truncate(path_of(tail.file), tail.whole_bytes)));
    return append(tail.file, {});
  }

  // Durable when it returns, with what was done to the file before.
  Result<void> append(const std::string& name, std::string_view bytes) const {
    std::unique_ptr<rocksdb::WritableFile> file;
    TRY(checked(env_->ReopenWritableFile(path_of(name), &file, rocksdb::EnvOptions{})));
    TRY(checked(file->Append({bytes.data(), bytes.size()})));
    TRY(checked(file->Sync()));
    return checked(file->Close());
  }

  // Its first bytes, as many as are kept.
  Result<std::string> bytes_of(const TornTail& tail) const {
    std::string bytes;
    TRY(read_blocks(tail.file, [&](std::uint64_t at, std::string_view block) {
      if (at + block.size() <= tail.whole_bytes || bytes.size() >= most_kept_bytes) return;
      bytes += block.substr(at < tail.whole_bytes ? tail.whole_bytes - at : 0);
    }));
    return bytes;
  }

  Result<void> keep(const std::vector<TornTail>& tails) const {
    std::string kept;
    for (const TornTail& tail : tails) {
      TRY_ASSIGN(const std::string bytes, bytes_of(tail));
      kept += bytes;
    }
    return write_durably(torn_file(data_), kept);
  }

  // RocksDB holds the lock while a directory is open to be written: nobody else works there now.
  Result<void> while_locked(const std::function<Result<void>()>& work) const {
    rocksdb::FileLock* lock = nullptr;
    if (const auto status = env_->LockFile(path_of("LOCK"), &lock); !status.ok())
      return Error{
          ErrorCode::unavailable,
          "the data directory " + data_.string() + " is in use by another genlock: stop that one",
          {}};
    const Result<void> done = work();
    TRY(checked(env_->UnlockFile(lock)));
    return done;
  }

 private:
  std::string path_of(const std::string& name) const { return (data_ / name).string(); }

  RocksOptions salvage() const {
    RocksOptions look = options_;
    look.create_if_missing = false;
    look.salvage = true;
    return look;
  }

  Result<LogFile> read(const std::string& name) const {
    LogFile file{name, 0, 0, {}};
    TRY(read_blocks(name, [&](std::uint64_t at, std::string_view block) {
      file.tail.add(block);
      file.bytes = at + block.size();
    }));
    return file;
  }

  using Visit = std::function<void(std::uint64_t at, std::string_view block)>;
  Result<void> read_blocks(const std::string& name, const Visit& visit) const {
    std::unique_ptr<rocksdb::SequentialFile> file;
    TRY(checked(env_->NewSequentialFile(path_of(name), &file, rocksdb::EnvOptions{})));
    std::string space(LogTail::block_bytes, '\0');
    for (std::uint64_t at = 0;; at += LogTail::block_bytes) {
      rocksdb::Slice block;
      TRY(checked(file->Read(space.size(), &block, space.data())));
      if (!block.empty()) visit(at, {block.data(), block.size()});
      if (block.size() < space.size()) return {};
    }
  }

  const fs::path data_;
  const RocksOptions& options_;
  rocksdb::Env* const env_;
};

bool is_whole(const LogFile& file) { return file.tail.ending() == LogTail::Ending::whole; }

TornTail tail_of(const LogFile& file) {
  return {file.name, file.tail.whole_bytes(), file.bytes,
          file.tail.ending() == LogTail::Ending::torn};
}

// The ends of write-ahead logs that are to be cut.
Result<std::vector<TornTail>> find_tails(const Directory& directory) {
  TRY_ASSIGN(std::vector<LogFile> logs, directory.logs());
  std::vector<TornTail> tails;
  if (std::ranges::all_of(logs, is_whole)) return tails;
  const auto first = directory.first_log();
  if (!first) return tails;
  std::erase_if(logs, [&](const LogFile& file) { return file.number < *first; });
  const LogFile* broken = nullptr;
  for (const LogFile& file : logs) {
    if (broken && file.tail.has_batches())
      return directory.damaged(*broken, "newer edits follow in " + file.name);
    if (is_whole(file)) continue;
    if (file.tail.ending() == LogTail::Ending::damaged)
      return directory.damaged(file, "whole records follow");
    if (!broken) broken = &file;
    tails.push_back(tail_of(file));
  }
  if (broken) TRY(directory.check_witness(*broken));
  return tails;
}

// RocksDB syncs several entries at once, so whole ones may follow. What was not synced of it
// RocksDB did not rely on; where it did, files or edits are missing without it, and it is put back.
// In doubt it is left for RocksDB to refuse: what a lost entry speaks of may be deleted already.
Result<void> cut_manifest(const Directory& directory, const LogFile& manifest,
                          std::vector<TornTail>& cut) {
  if (!manifest.tail.is_unwritten() || is_whole(manifest)) return {};
  const TornTail tail{manifest.name, manifest.tail.whole_bytes(), manifest.bytes, false};
  if (tail.bytes - tail.whole_bytes > most_kept_bytes) return {};
  TRY_ASSIGN(const std::string bytes, directory.bytes_of(tail));
  TRY(directory.cut(tail));
  cut.push_back(tail);
  const Result<void> checked = directory.check_witness(manifest);
  if (checked.ok()) return {};
  TRY(directory.append(tail.file, bytes));
  return checked.error();
}

Result<void> cut_logs(const Directory& directory, const std::vector<TornTail>& tails) {
  if (std::ranges::any_of(tails, &TornTail::is_doubtful)) TRY(directory.keep(tails));
  for (const TornTail& tail : tails) TRY(directory.cut(tail));
  return {};
}

Result<void> cut_all(const Directory& directory, std::vector<TornTail>& cut) {
  TRY_ASSIGN(const auto manifest, directory.manifest());
  if (!manifest) return {};
  TRY(cut_manifest(directory, *manifest, cut));
  TRY_ASSIGN(const std::vector<TornTail> tails, find_tails(directory));
  cut.insert(cut.end(), tails.begin(), tails.end());
  return cut_logs(directory, tails);
}

}  // namespace

Result<std::vector<TornTail>> cut_torn_tails(const fs::path& data, const RocksOptions& options) {
  const Directory directory(data, options);
  std::vector<TornTail> cut;
  if (!directory.exists()) return cut;
  TRY(directory.while_locked([&] { return cut_all(directory, cut); }));
  return cut;
}

Result<bool> has_torn_tail(const fs::path& data, const RocksOptions& options) {
  TRY_ASSIGN(const std::vector<TornTail> tails, find_tails(Directory(data, options)));
  return !tails.empty();
}

fs::path torn_file(const fs::path& data) { return data / "TORN"; }

}  // namespace genlock
