#include "cli/node_backups.h"

#include "projections/json_text.h"
#include "transfer/json_print.h"

#include <algorithm>

namespace genlock::cli {
namespace {

constexpr std::chrono::milliseconds soonest = std::chrono::minutes(1);  // after a start
constexpr std::chrono::milliseconds retry_after = std::chrono::minutes(15);

BackupMeasures measures_of(const std::vector<Backup>& backups) {
  BackupMeasures measures;
  for (const Backup& backup : backups) {  // newest first
    measures.unverified += backup.status == BackupStatus::unverified;
    measures.ok += backup.status == BackupStatus::ok;
    measures.damaged += backup.status == BackupStatus::damaged;
    if (backup.status == BackupStatus::damaged || measures.newest_good_ms) continue;
    measures.newest_good_ms = backup.manifest.created_ms;
    measures.size_bytes = backup.manifest.size_bytes;
  }
  return measures;
}

}  // namespace

http::BackupEntry entry_of(const Backup& backup) {
  const BackupManifest& manifest = backup.manifest;
  return {.id = manifest.id,
          .created_ms = manifest.created_ms,
          .reason = to_string(manifest.reason),
          .size_bytes = manifest.size_bytes,
          .added_bytes = manifest.added_bytes,
          .events = manifest.event_count(),
          .status = to_string(backup.status),
          .verified_ms = backup.verified_ms,
          .detail = backup.detail};
}

NodeBackups::NodeBackups(Node& node, BackupOptions options, Logger& log)
    : node_(node), options_(std::move(options)), log_(log), began_ms_(node.clock().now()) {
  look();
  std::chrono::milliseconds wait = std::min(options_.every, options_.first_after);
  if (measures_.newest_good_ms) {
    const std::chrono::milliseconds age(std::max<UnixMs>(began_ms_ - *measures_.newest_good_ms, 0));
    wait =
        std::max(options_.every - std::min(age, options_.every), std::min(options_.every, soonest));
  }
  due_ = Steady::now() + wait;
  thread_ = std::thread([this] { run(); });
}

void NodeBackups::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<BackupStore> NodeBackups::open() const {
  return BackupStore::open(options_.directory, node_.identity().node);
}

// --- what is asked for --------------------------------------------------------------------------

Result<std::vector<http::BackupEntry>> NodeBackups::list() {
  std::vector<http::BackupEntry> entries;
  auto store = BackupStore::open_existing(options_.directory, node_.identity().node);
  if (!store.ok() && store.error().code == ErrorCode::not_found) return entries;
  TRY(store);
  TRY_ASSIGN(const std::vector<Backup> backups, store->list());
  for (const Backup& backup : backups) entries.push_back(entry_of(backup));
  return entries;
}

Result<void> NodeBackups::begin(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return Error{ErrorCode::unavailable, "the node is stopping"};
    if (busy_ || next_)
      return Error{ErrorCode::conflict,
                   "a backup is being taken or verified already: one at a time"};
    next_ = std::move(work);
  }
  changed_.notify_all();
  return {};
}

Result<void> NodeBackups::begin_backup(http::BackupProgress progress) {
  TRY(open());
  return begin(
      {.verify = std::nullopt, .reason = BackupReason::manual, .progress = std::move(progress)});
}

Result<void> NodeBackups::begin_verify(const Uuid& id, http::BackupProgress progress) {
  TRY_ASSIGN(const BackupStore store, open());
  TRY(store.find(id));
  return begin({.verify = id, .reason = BackupReason::manual, .progress = std::move(progress)});
}

Result<void> NodeBackups::remove(const Uuid& id) {
  TRY_ASSIGN(BackupStore store, open());
  TRY(store.remove(id));
  look();
  return {};
}

// True: one will be taken, or is being taken.
bool NodeBackups::ask_for(BackupReason reason) {
  const std::lock_guard lock(mutex_);
  if (ending_ || options_.every.count() == 0) return false;
  if (next_) return !next_->verify;
  if (last_ && Steady::now() - *last_ < options_.least_gap) return false;
  next_ = Work{.verify = std::nullopt, .reason = reason, .progress = {}};
  changed_.notify_all();
  return true;
}

void NodeBackups::before_lock() {
  std::uint64_t seen = 0;
  {
    const std::lock_guard lock(mutex_);
    seen = held_count_;
  }
  if (!ask_for(BackupReason::lock)) return;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.lock_wait, [&] { return held_count_ != seen || ending_; });
}

void NodeBackups::after_download() { ask_for(BackupReason::download); }

// --- how it is ----------------------------------------------------------------------------------

http::BackupHealth NodeBackups::health() {
  const std::lock_guard lock(mutex_);
  http::BackupHealth health;
  health.newest_good_ms = measures_.newest_good_ms;
  const UnixMs every_ms = options_.every.count();
  const UnixMs age_ms = node_.clock().now() - measures_.newest_good_ms.value_or(began_ms_);
  const bool is_old = every_ms > 0 && age_ms > 2 * every_ms;
  health.degraded = is_old || newest_damaged_ || last_failed_;
  health.known = health.degraded || measures_.newest_good_ms.has_value();
  return health;
}

BackupMeasures NodeBackups::measures() const {
  const std::lock_guard lock(mutex_);
  return measures_;
}

// What is on the disk now.
void NodeBackups::look() {
  std::vector<Backup> backups;
  if (auto store = BackupStore::open_existing(options_.directory, node_.identity().node);
      store.ok())
    if (auto listed = store->list(); listed.ok()) backups = *std::move(listed);
  BackupMeasures found = measures_of(backups);
  const std::lock_guard lock(mutex_);
  found.taken = measures_.taken;
  found.failed = measures_.failed;
  measures_ = found;
  newest_damaged_ = !backups.empty() && backups.front().status == BackupStatus::damaged;
}

// --- the thread ---------------------------------------------------------------------------------

void NodeBackups::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const auto is_up = [this] { return ending_ || next_; };
    if (options_.every.count() == 0)
      changed_.wait(lock, is_up);
    else if (!changed_.wait_until(lock, due_, is_up))
      next_ = Work{.verify = std::nullopt, .reason = BackupReason::schedule, .progress = {}};
    if (ending_ || !next_) continue;
    Work work = *std::move(next_);
    next_.reset();
    busy_ = true;
    lock.unlock();
    carry_out(work);
    lock.lock();
  }
  if (!next_ || !next_->progress.finished) return;
  const Work never = *std::move(next_);
  lock.unlock();
  never.progress.finished(Error{ErrorCode::unavailable, "the node is stopping"});
}

void NodeBackups::carry_out(Work& work) {
  const char* what = work.verify ? "verify" : "create";
  log_.info("backup begins", {{"work", what}, {"reason", to_string(work.reason)}});
  Result<std::string> result = work.verify ? verify(work) : back_up(work);
  const bool unwanted = ending_ || work.progress.cancelled.stop_requested();
  if (result.ok() || unwanted)
    log_.info("backup ends", {{"work", what}, {"finished", result.ok()}});
  else
    log_.warning("backup failed", {{"work", what}, {"reason", result.error().message}});
  look();
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
    if (!work.verify) {
      if (result.ok()) ++measures_.taken;
      if (!result.ok() && !unwanted) ++measures_.failed;
      if (!result.ok()) ++held_count_;  // nobody waits for it any longer
      last_failed_ = !result.ok() && !unwanted;
      due_ = Steady::now() + (result.ok() ? options_.every : std::min(options_.every, retry_after));
    }
  }
  changed_.notify_all();
  if (work.progress.finished) work.progress.finished(std::move(result));
}

OnBytes NodeBackups::watched(const Work& work) const {
  return [this, &work](std::uint64_t done, std::uint64_t total) {
    if (work.progress.advance) work.progress.advance(done, total);
    return !ending_ && !work.progress.cancelled.stop_requested();
  };
}

void NodeBackups::note_held() {
  {
    const std::lock_guard lock(mutex_);
    ++held_count_;
  }
  changed_.notify_all();
}

Result<std::string> NodeBackups::back_up(const Work& work) {
  {
    const std::lock_guard lock(mutex_);
    last_ = Steady::now();
  }
  TRY_ASSIGN(BackupStore store, open());
  TRY_ASSIGN(BackupManifest made, take_backup(node_, store,
                                              {.reason = work.reason,
                                               .version = options_.version,
                                               .history = options_.history,
                                               .on_held = [this] { note_held(); },
                                               .on_bytes = watched(work)}));
  keep_newest(store);
  Backup backup;
  backup.manifest = std::move(made);
  return http::backup_json(entry_of(backup));
}

Result<std::string> NodeBackups::verify(const Work& work) {
  TRY_ASSIGN(BackupStore store, open());
  TRY_ASSIGN(const Backup backup, store.find(*work.verify));
  TRY_ASSIGN(const CheckReport report, verify_backup(store, backup, node_.clock(), node_.random(),
                                                     {.on_bytes = watched(work),
                                                      .stop = &ending_,
                                                      .cancelled = work.progress.cancelled}));
  return dump(to_json(report));
}

// And the newest one that is proved good, however old.
void NodeBackups::keep_newest(BackupStore& store) {
  const auto backups = store.list();
  if (!backups.ok()) return;
  const auto proved = std::ranges::find(*backups, BackupStatus::ok, &Backup::status);
  for (std::size_t i = options_.keep; i < backups->size(); ++i) {
    const Backup& old = (*backups)[i];
    if (proved != backups->end() && old.manifest.id == proved->manifest.id) continue;
    if (const auto removed = store.remove(old.manifest.id); !removed.ok())
      log_.warning("an old backup stays", {{"reason", removed.error().message}});
  }
}

}  // namespace genlock::cli
