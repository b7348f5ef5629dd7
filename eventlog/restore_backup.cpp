#include "eventlog/restore_backup.h"

#include "eventlog/node_meta.h"
#include "eventlog/rocks_store.h"

namespace genlock {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t small_cache_bytes = 8 << 20;

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

Result<Identity> fill(const BackupStore& store, const BackupManifest& manifest,
                      const fs::path& folder, Random& random, UnixMs now, const OnBytes& on_bytes) {
  TRY(make_folder(folder));
  TRY(store.copy_out(manifest, folder, on_bytes));
  return begin_anew(folder, random, now, "It is backup " + manifest.id.to_string() + ".");
}

}  // namespace

Result<Identity> restore_backup(const BackupStore& store, const BackupManifest& manifest,
                                const fs::path& target, Random& random, UnixMs now,
                                const OnBytes& on_bytes) {
  const fs::path place = clean(target), draft = place.string() + ".restoring";
  TRY(check_empty(place));
  TRY(check_empty(draft));
  std::error_code failure;
  auto restored = fill(store, manifest, draft, random, now, on_bytes);
  if (restored.ok()) fs::rename(draft, place, failure);
  if (restored.ok() && !failure) {
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
