#include "eventlog/restore_backup.h"

#include "eventlog/node_meta.h"
#include "eventlog/rocks_store.h"

namespace genlock {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t small_cache_bytes = 8 << 20;
// A file in what is not finished; locked while somebody works there.
constexpr const char* draft_mark = "restoring";

// Without a slash at its end, which would name something in it.
fs::path clean(const fs::path& target) {
  fs::path path = fs::absolute(target).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

Result<void> check_empty(const fs::path& target) {
  std::error_code failure;
  if (!fs::exists(target, failure) && !failure) return {};
  if (fs::is_directory(target, failure) && fs::is_empty(target, failure) && !failure) return {};
  return Error{ErrorCode::exists,
               target.string() +
                   " is not empty: nothing is restored over what is there. Give "
                   "another directory, or move this one away first",
               {}};
}

Result<Identity> begin_anew(const fs::path& folder, Random& random, UnixMs now,
                            const std::string& what) {
  RocksOptions options;
  options.create_if_missing = false;
  options.cache_bytes = small_cache_bytes;
  TRY_ASSIGN(const std::unique_ptr<RocksStore> store, RocksStore::open(folder, options));
  return renew_origin(*store, random, now, {NoticeKind::restored, what, 0});
}

// What a restore that was cut off left in it is gone.
Result<FolderLock> begin_draft(const fs::path& draft) {
  std::error_code failure;
  if (!fs::exists(draft / draft_mark, failure)) TRY(check_empty(draft));
  TRY(make_folder(draft));
  TRY_ASSIGN(FolderLock alone, FolderLock::take(draft / draft_mark, FolderLock::Kind::alone));
  TRY(sync_folder(draft));  // the mark is there before anything else is
  for (const auto& entry : fs::directory_iterator(draft, failure)) {
    if (entry.path().filename() == draft_mark) continue;
    std::error_code ignored;  // what stays is written anew, or named by whoever cannot
    fs::remove_all(entry.path(), ignored);
  }
  return alone;
}

Result<Identity> fill(const BackupStore& store, const BackupManifest& manifest,
                      const fs::path& folder, const fs::path& history, Random& random, UnixMs now,
                      const OnBytes& on_bytes) {
  TRY(store.copy_out(manifest, folder, history, on_bytes));
  return begin_anew(folder, random, now, "It is backup " + manifest.id.to_string() + ".");
}

}  // namespace

Result<Identity> restore_backup(const BackupStore& store, const BackupManifest& manifest,
                                const fs::path& target, const fs::path& history, Random& random,
                                UnixMs now, const OnBytes& on_bytes) {
  const fs::path place = clean(target), draft = place.string() + ".restoring";
  TRY(check_empty(place));
  TRY_ASSIGN(const FolderLock alone, begin_draft(draft));
  std::error_code failure;
  auto restored = fill(store, manifest, draft, history, random, now, on_bytes);
  if (restored.ok()) fs::rename(draft, place, failure);
  if (restored.ok() && !failure) {
    fs::remove(place / draft_mark, failure);
    TRY(sync_folder(place.parent_path()));
    return restored;
  }
  std::error_code ignored;
  fs::remove_all(draft, ignored);
  if (!restored.ok()) return restored;
  return Error{ErrorCode::precondition,
               place.string() + " can't be made: " + failure.message() +
                   ". Where a disk is mounted, give a directory below it",
               {}};
}

}  // namespace genlock
