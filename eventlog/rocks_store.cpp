#include "eventlog/rocks_store.h"

#include "engine/check.h"
#include "eventlog/batch_bytes.h"
#include "eventlog/rocks_diary.h"
#include "eventlog/rocks_files.h"
#include "eventlog/rocks_options.h"
#include "eventlog/store_format.h"
#include "eventlog/value_cache.h"

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/transaction_log.h>

#include <array>
#include <atomic>
#include <mutex>

namespace genlock {

namespace {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

bool is_empty_range(std::string_view first, std::string_view end) {
  return !end.empty() && first >= end;
}

Error error_of(const rocksdb::Status& status) {
  const ErrorCode code = status.IsCorruption() ? ErrorCode::corruption : ErrorCode::unavailable;
  return {code, "data directory: " + status.ToString(), {}};
}

Error open_error(const rocksdb::Status& status, const std::filesystem::path& path) {
  const std::string name = path.string(), text = status.ToString();
  const auto says = [&](const char* part) { return text.find(part) != std::string::npos; };
  if (says("LOCK")) {
    return {ErrorCode::unavailable,
            "the data directory " + name + " is in use by another genlock: stop that one",
            {}};
  }
  if (says("Column families not opened") || status.IsNotSupported()) {
    return {ErrorCode::unsupported,
            "the data directory " + name + " was made by a newer genlock (" + text + ")",
            {}};
  }
  if (says("create_if_missing is false") || says("CURRENT: No such file")) {
    return {ErrorCode::not_found, "there is no data directory " + name, {}};
  }
  if (status.IsCorruption()) {
    return {ErrorCode::corruption,
            "the data directory " + name + " is damaged (" + text +
                "): keep a copy of it, then restore a backup",
            {}};
  }
  return {ErrorCode::unavailable, "the data directory " + name + " cannot be opened: " + text, {}};
}

}  // namespace

namespace {

// Whether writes are taken; RocksDB's own threads may find the disk full, too.
struct WriteGate : rocksdb::EventListener {
  std::atomic<bool> refuses{false};
  std::atomic<bool> is_full{false};  // why it refuses

  void close(bool full) {
    if (!refuses.exchange(true)) is_full = full;
  }
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    if (status->IsNoSpace()) close(true);
  }
};

std::uint64_t space_at(const std::filesystem::path& path) {
  std::error_code failure;
  const auto space = std::filesystem::space(path, failure);
  return failure ? UINT64_MAX : space.available;  // what can't be asked stops nobody
}

constexpr const char* full_text = "the disk is full: nothing is written until there is room again";

}  // namespace

// The open database. Closes in the order that RocksDB asks for.
struct RocksStore::Database {
  Database(const RocksOptions& options, const std::filesystem::path& path)
      : cache(options.cache_bytes / 5),
        reserve_bytes(options.reserve_bytes),
        free_bytes(options.free_bytes ? options.free_bytes : [path] { return space_at(path); }) {}
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  const std::shared_ptr<WriteGate> gate = std::make_shared<WriteGate>();
  std::atomic<int> snapshot_count{0};
  ValueCache cache;
  std::mutex commit_mutex;  // one at a time, as the cache wants it
  const std::uint64_t reserve_bytes;
  const std::function<std::uint64_t()> free_bytes;

  ~Database() {
    CHECK(snapshot_count == 0, snapshot_count.load());
    for (auto* family : families) db->DestroyColumnFamilyHandle(family);
    delete db;
  }

  rocksdb::ColumnFamilyHandle* family(Space space) const {
    return families[static_cast<std::size_t>(space)];
  }

  // Reads of the present, or of a snapshot. Every block that comes from disk is verified.
  static rocksdb::ReadOptions read_options(const rocksdb::Snapshot* snapshot) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.verify_checksums = true;
    return options;
  }

  Result<std::optional<std::string>> get(const rocksdb::Snapshot* snapshot, Space space,
                                         std::string_view key) const {
    rocksdb::PinnableSlice value;
    const auto status = db->Get(read_options(snapshot), family(space), slice(key), &value);
    if (status.ok()) return std::optional{value.ToString()};
    if (status.IsNotFound()) return std::optional<std::string>{};
    return error_of(status);
  }

  Result<void> scan(const rocksdb::Snapshot* snapshot, Space space, std::string_view first,
                    std::string_view end, const Visit& visit) const {
    if (is_empty_range(first, end)) return {};
    const rocksdb::Slice upper = slice(end);
    auto options = read_options(snapshot);
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(options, family(space)));
    for (it->Seek(slice(first)); it->Valid() && visit(view(it->key()), view(it->value()));
         it->Next()) {
    }
    return it->status().ok() ? Result<void>{} : error_of(it->status());
  }

  Result<void> scan_down(const rocksdb::Snapshot* snapshot, Space space, std::string_view first,
                         std::string_view end, const Visit& visit) const {
    if (is_empty_range(first, end)) return {};
    const rocksdb::Slice lower = slice(first), upper = slice(end);
    auto options = read_options(snapshot);
    options.iterate_lower_bound = &lower;
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(options, family(space)));
    for (it->SeekToLast(); it->Valid() && visit(view(it->key()), view(it->value())); it->Prev()) {
    }
    return it->status().ok() ? Result<void>{} : error_of(it->status());
  }
};

class RocksStore::Snapshot : public Reader {
 public:
  explicit Snapshot(Database& database)
      : database_(database), snapshot_(database.db->GetSnapshot()) {
    ++database_.snapshot_count;
  }
  ~Snapshot() override {
    database_.db->ReleaseSnapshot(snapshot_);
    --database_.snapshot_count;
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    return database_.get(snapshot_, space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return database_.scan(snapshot_, space, first, end, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return database_.scan_down(snapshot_, space, first, end, visit);
  }

 private:
  Database& database_;
  const rocksdb::Snapshot* snapshot_;
};

RocksStore::RocksStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(const std::filesystem::path& path,
                                                     const RocksOptions& options) {
  std::error_code failure;
  if (options.create_if_missing) std::filesystem::create_directories(path, failure);
  auto database = std::make_unique<Database>(options, path);
  rocksdb::DBOptions how = database_options(options);
  how.listeners.push_back(database->gate);
  how.info_log = std::make_shared<RocksDiary>(path);
  const auto status = rocksdb::DB::Open(how, path.string(), column_families(options),
                                        &database->families, &database->db);
  if (!status.ok()) return open_error(status, path);
  std::unique_ptr<RocksStore> store(new RocksStore(std::move(database)));
  TRY(ensure_store_format(*store));
  return store;
}

Result<std::unique_ptr<RocksStore>> RocksStore::open_read_only(const std::filesystem::path& path,
                                                               const RocksOptions& options) {
  auto database = std::make_unique<Database>(options, path);
  const auto status =
      rocksdb::DB::OpenForReadOnly(database_options(options), path.string(),
                                   column_families(options), &database->families, &database->db);
  if (!status.ok()) return open_error(status, path);
  database->gate->close(false);
  std::unique_ptr<RocksStore> store(new RocksStore(std::move(database)));
  TRY(check_store_format(*store));
  return store;
}

Result<std::optional<std::string>> RocksStore::get(Space space, std::string_view key) const {
  ValueCache::Ticket ticket = 0;
  if (auto known = database_->cache.find(space, key, ticket)) return *std::move(known);
  auto value = database_->get(nullptr, space, key);
  if (value.ok()) database_->cache.remember(space, key, *value, ticket);
  return value;
}

Result<void> RocksStore::scan(Space space, std::string_view first, std::string_view end,
                              const Visit& visit) const {
  return database_->scan(nullptr, space, first, end, visit);
}

Result<void> RocksStore::scan_down(Space space, std::string_view first, std::string_view end,
                                   const Visit& visit) const {
  return database_->scan_down(nullptr, space, first, end, visit);
}

Result<void> RocksStore::commit(const Batch& batch, bool durable) {
  if (!batch.empty() && database_->free_bytes() < database_->reserve_bytes)
    database_->gate->close(true);
  if (is_full()) return Error{ErrorCode::unavailable, full_text, {}};
  if (refuses_writes()) {
    return Error{
        ErrorCode::unavailable, "the data directory takes no writes until it is opened again", {}};
  }
  // Lengths and kinds come on top: an eighth more is enough for all but tiny values.
  rocksdb::WriteBatch writes(bytes_in(batch) * 9 / 8);
  for (std::size_t i = 0; i < space_count; ++i) {
    for (const auto& [key, value] : batch.spaces[i]) {
      const auto status = value ? writes.Put(database_->families[i], key, *value)
                                : writes.Delete(database_->families[i], key);
      CHECK(status.ok(), status.ToString());
    }
  }
  rocksdb::WriteOptions options;
  options.sync = durable;
  std::lock_guard lock(database_->commit_mutex);
  database_->cache.begin_commit(batch);
  const auto status = database_->db->Write(options, &writes);
  database_->cache.end_commit(status.ok());
  if (status.ok()) return {};
  database_->gate->close(status.IsNoSpace());
  return Error{
      ErrorCode::unavailable, "writing failed, its outcome is unknown: " + status.ToString(), {}};
}

std::unique_ptr<Reader> RocksStore::snapshot() const {
  return std::make_unique<Snapshot>(*database_);
}

bool RocksStore::refuses_writes() const { return database_->gate->refuses; }

bool RocksStore::is_full() const { return database_->gate->refuses && database_->gate->is_full; }

// A write that failed is not in memory. Resume() sorts what is to disk and begins a new log, so
// that the old one, with whatever the write left at its end, is read no more.
Result<bool> RocksStore::resume() {
  CHECK(is_full());
  const std::uint64_t reserve = database_->reserve_bytes;
  if (database_->free_bytes() < reserve + reserve / 4) return false;
  std::lock_guard lock(database_->commit_mutex);
  const auto status = database_->db->Resume();
  // Busy: RocksDB has seen that there is room, and is about to resume by itself.
  if (status.IsNoSpace() || status.IsBusy()) return false;
  if (!status.ok()) return error_of(status);
  database_->gate->is_full = false;
  database_->gate->refuses = false;
  return true;
}

StoreMeasures RocksStore::measure() const {
  using Names = rocksdb::DB::Properties;
  const auto number = [&](rocksdb::ColumnFamilyHandle* family, const std::string& name) {
    std::uint64_t value = 0;
    database_->db->GetIntProperty(family, name, &value);
    return value;
  };
  StoreMeasures measures;
  for (std::size_t i = 0; i < space_count; ++i) {
    auto* family = database_->families[i];
    const auto space = static_cast<Space>(i);
    measures.spaces.push_back({space == Space::meta ? "meta" : family_name(space),
                               number(family, Names::kLiveSstFilesSize),
                               number(family, Names::kSizeAllMemTables),
                               number(family, Names::kEstimateNumKeys)});
    measures.pending_compaction_bytes += number(family, Names::kEstimatePendingCompactionBytes);
  }
  auto* any = database_->families.front();  // these are of the whole database
  measures.cache_bytes = number(any, Names::kBlockCacheUsage);
  measures.background_errors = number(any, Names::kBackgroundErrors);
  measures.stalled =
      number(any, Names::kIsWriteStopped) > 0 || number(any, Names::kActualDelayedWriteRate) > 0;
  rocksdb::VectorLogPtr logs;
  if (database_->db->GetSortedWalFiles(logs).ok())
    for (const auto& log : logs) measures.log_bytes += log->SizeFileBytes();
  return measures;
}

Result<void> RocksStore::flush() {
  const auto status = database_->db->Flush(rocksdb::FlushOptions{}, database_->families);
  return status.ok() ? Result<void>{} : error_of(status);
}

Result<std::unique_ptr<HeldFiles>> RocksStore::hold_files() {
  TRY(flush());
  std::lock_guard lock(database_->commit_mutex);
  TRY(flush());
  return genlock::hold_files(*database_->db, snapshot());
}

Result<void> RocksStore::verify_files() const {
  const auto status = database_->db->VerifyFileChecksums(rocksdb::ReadOptions{});
  return status.ok() ? Result<void>{} : error_of(status);
}

Result<std::string> RocksStore::identity() const {
  std::string identity;
  const auto status = database_->db->GetDbIdentity(identity);
  if (!status.ok()) return error_of(status);
  return identity;
}

}  // namespace genlock
