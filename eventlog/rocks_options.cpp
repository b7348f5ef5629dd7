#include "eventlog/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include <algorithm>

namespace genlock {

namespace {

void set_safety(rocksdb::DBOptions& db) {
  // The default mode opens a log that is damaged in the middle and drops all that follows,
  // acknowledged events included. This one refuses such a log, and still takes one whose last
  // record a power cut has torn.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A reused log file ends in old records, which the mode above could not tell from a torn tail.
  db.recycle_log_file_num = 0;
  // Reports false losses in RocksDB 7.8 and does not notice a deleted log anyhow.
  db.track_and_verify_wals_in_manifest = false;
  // A write returns when its bytes are with the kernel, or on the disk: never only in our memory.
  db.manual_wal_flush = false;
  // Stop at the first sign of damage, in files as in memory.
  db.paranoid_checks = true;
  // Each file has a checksum over all of it: backups and verify_files() compare it.
  db.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // After an error we open anew; a database that heals itself would decide the outcome of the
  // failed write meanwhile.
  db.max_bgerror_resume_count = 0;
  // All column families share one log, so a crash keeps them together without flushing them
  // together.
  db.atomic_flush = false;
  // A read error must be a status, not a SIGBUS.
  db.allow_mmap_reads = false;
  db.allow_mmap_writes = false;
  // Only the log writer writes, one batch at a time: inserting needs no atomic steps.
  db.allow_concurrent_memtable_write = false;
  // fdatasync: the size is synced with the data, times need not be.
  db.use_fsync = false;
}

void set_bounds(rocksdb::DBOptions& db, const RocksOptions& options) {
  // Unlimited by default: 700 descriptors for a small database.
  db.max_open_files = 256;
  // RocksDB's diary of a directory that is only looked at; else see eventlog/rocks_diary.h.
  db.keep_log_file_num = 10;
  db.max_log_file_size = 1 << 20;
  db.stats_dump_period_sec = 0;
  db.max_manifest_file_size = 16 << 20;
  // A space that is seldom written would keep old logs alive, and an opening after a crash reads
  // them all.
  db.max_total_wal_size = options.log_bytes;
  db.db_write_buffer_size = options.write_buffer_bytes;
  // One flush and one compaction: small boxes have two to four cores, and the show runs on them.
  db.max_background_jobs = 2;
  // Hand dirty pages of big files to the disk as they are written, so that no sync of the log waits
  // behind them.
  db.bytes_per_sync = 1 << 20;
  db.wal_bytes_per_sync = 0;
}

rocksdb::BlockBasedTableOptions table_options(std::size_t block_bytes,
                                              const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = block_bytes;
  table.checksum = rocksdb::ChecksumType::kXXH3;
  table.format_version = 5;
  // Point reads mostly ask for what is not there (command keys) or in one level only: 10 bits, 1%
  // false alarms.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  // Indexes and filters count as cache, so that memory stays bounded; those of fresh files are
  // pinned.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

rocksdb::ColumnFamilyOptions family_options(Space space, const RocksOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  const bool is_busy = space == Space::events || space == Space::state || space == Space::rows;
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = options.write_buffer_bytes / (is_busy ? 4 : 16);
  family.max_write_buffer_number = 3;  // one is filled while two wait for the disk
  family.level_compaction_dynamic_level_bytes =
      true;  // the last level holds nine tenths: a tenth of waste at most
  // The keys of a batch come in their order: each is put in beside the one before it, of which its
  // first 17 bytes remind: a kind and a stream.
  family.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(17));
  // Most keys of an import and most command keys are new: a filter answers before the search.
  family.memtable_prefix_bloom_size_ratio = 0.02;
  family.memtable_whole_key_filtering = true;
  // Rows and states are read one by one: cheap compression. The last level of the log is most of
  // the data and rests: an event shrinks to a quarter there and is read at the speed of its
  // decoding.
  family.compression = rocksdb::CompressionType::kLZ4Compression;
  if (space == Space::events) family.bottommost_compression = rocksdb::CompressionType::kZSTD;
  // Events are read in sequence and compress by their likeness; the others are read one by one.
  const std::size_t block_bytes = space == Space::events ? 16 << 10 : 4 << 10;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(block_bytes, cache)));
  return family;
}

}  // namespace

const char* family_name(Space space) {
  switch (space) {
    case Space::meta:
      return "default";
    case Space::events:
      return "events";
    case Space::state:
      return "state";
    case Space::rows:
      return "rows";
    case Space::local:
      return "local";
  }
  return "";
}

std::size_t default_cache_bytes() {
  constexpr std::size_t least = 80 << 20, most = 1280 << 20;
  const long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_bytes <= 0) return least;
  const auto memory = static_cast<std::size_t>(pages) * static_cast<std::size_t>(page_bytes);
  return std::clamp(memory / 12, least, most);
}

rocksdb::DBOptions database_options(const RocksOptions& options) {
  rocksdb::DBOptions db;
  if (options.env) db.env = options.env;
  db.create_if_missing = options.create_if_missing;
  db.create_missing_column_families = true;  // a space that is newer than the directory
  set_safety(db);
  if (options.salvage) {
    db.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
    db.paranoid_checks = false;
  }
  set_bounds(db, options);
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> column_families(const RocksOptions& options) {
  const auto cache = rocksdb::NewLRUCache(options.cache_bytes / 5 * 4);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < space_count; ++i) {
    const auto space = static_cast<Space>(i);
    families.emplace_back(family_name(space), family_options(space, options, cache));
  }
  return families;
}

}  // namespace genlock
