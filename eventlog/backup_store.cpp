#include "eventlog/backup_store.h"

#include "eventlog/backup_copy.h"
#include "eventlog/history_files.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace genlock {

namespace fs = std::filesystem;

namespace {

constexpr const char* owner_file = "genlock-backups";
constexpr const char* lock_file = "lock";
constexpr const char* manifest_file = "manifest";
constexpr const char* checked_file = "checked";
constexpr const char* shared_folder = "files";
constexpr std::size_t max_manifest_bytes = 64 << 20;
constexpr std::size_t max_note_bytes = 4 << 10;

Error not_found(const Uuid& id) {
  return {ErrorCode::not_found, "there is no backup " + id.to_string(), {}};
}

std::string hex(std::string_view bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

bool is_history(const std::string& name) { return HistoryFileName::parse(name).has_value(); }

// Those of one moment, which later ones may join.
Result<std::vector<HeldFile>> history_in(const fs::path& folder) {
  std::vector<HeldFile> found;
  TRY(machine_disk().list(folder, [&](std::string name) {
    if (is_history(name)) found.push_back({name, folder / name, 0, {}, true, {}});
    return found.size() <= HistoryFiles::max_files;
  }));
  if (found.size() > HistoryFiles::max_files)
    return Error{ErrorCode::too_large,
                 "there are more history files in " + folder.string() +
                     " than a backup can hold: copy that folder, and move old files out of it",
                 {}};
  for (HeldFile& file : found) {
    std::error_code failure;
    file.bytes = fs::file_size(file.path, failure);
    if (failure)
      return Error{ErrorCode::unavailable, file.path.string() + ": " + failure.message(), {}};
  }
  std::ranges::sort(found, {}, &HeldFile::name);
  return found;
}

std::string shared_name(const HeldFile& file) {
  const fs::path name = file.name;
  if (is_history(file.name)) return std::string(shared_folder) + '/' + file.name;
  return std::string(shared_folder) + '/' + name.stem().string() + '-' +
         std::to_string(file.bytes) + '-' + hex(file.checksum) + name.extension().string();
}

// --- whose they are -----------------------------------------------------------------------------

std::string owner_text(NodeId owner) { return "node " + owner.to_string() + '\n'; }

Result<void> check_owner(const fs::path& path, NodeId owner) {
  auto text = read_whole(path / owner_file, max_note_bytes);
  if (text.ok() && *text == owner_text(owner)) return {};
  if (text.ok())
    return Error{ErrorCode::precondition,
                 path.string() +
                     " holds the backups of another node: give this one a directory of "
                     "its own (backup_dir)",
                 {}};
  if (text.error().code != ErrorCode::not_found) return std::move(text).error();
  return write_durably(path / owner_file, owner_text(owner));
}

// --- what was found of one ----------------------------------------------------------------------

// "ok 1763800000000\n", "damaged 1763800000000 what is wrong\n"
void read_note(std::string_view text, Backup& backup) {
  const bool ok = text.starts_with("ok "), damaged = text.starts_with("damaged ");
  if (!ok && !damaged) return;
  text.remove_prefix(text.find(' ') + 1);
  UnixMs at = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (error != std::errc{}) return;
  backup.status = ok ? BackupStatus::ok : BackupStatus::damaged;
  backup.verified_ms = at;
  if (ok) return;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (text.ends_with('\n')) text.remove_suffix(1);
  backup.detail = std::string(text);
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text.substr(0, max_note_bytes / 2);
}

// Folders of backups that came to no end.
std::vector<fs::path> cut_short(const fs::path& path) {
  std::vector<fs::path> found;
  std::error_code failure;
  fs::directory_iterator at(path, failure);
  for (; !failure && at != fs::directory_iterator(); at.increment(failure))
    if (Uuid::parse(at->path().filename().string()) && !fs::exists(at->path() / manifest_file))
      found.push_back(at->path());
  return found;
}

}  // namespace

const char* to_string(BackupStatus status) {
  switch (status) {
    case BackupStatus::unverified:
      return "unverified";
    case BackupStatus::ok:
      return "ok";
    case BackupStatus::damaged:
      return "damaged";
  }
  return "";
}

Result<BackupStore> BackupStore::open(const fs::path& path, NodeId owner) {
  Result<void> made = make_folder(path / shared_folder);
  if (made.ok()) made = check_owner(path, owner);
  if (made.ok()) return BackupStore(path);
  Error error = std::move(made).error().in("the backup directory");
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::precondition;
  return error;
}

Result<BackupStore> BackupStore::open_existing(const fs::path& path, std::optional<NodeId> owner) {
  std::error_code failure;
  if (fs::exists(path / owner_file, failure)) {
    if (owner) TRY(check_owner(path, *owner));
    return BackupStore(path);
  }
  return Error{ErrorCode::not_found, "there are no backups in " + path.string(), {}};
}

Result<FolderLock> BackupStore::lock(FolderLock::Kind kind) const {
  return FolderLock::take(path_ / lock_file, kind);
}

Result<std::vector<Uuid>> BackupStore::ids() const {
  std::vector<Uuid> found;
  std::error_code failure;
  fs::directory_iterator at(path_, failure);
  for (; !failure && at != fs::directory_iterator(); at.increment(failure)) {
    const auto id = Uuid::parse(at->path().filename().string());
    std::error_code ignored;
    if (id && fs::exists(at->path() / manifest_file, ignored)) found.push_back(*id);
  }
  if (failure) return Error{ErrorCode::unavailable, path_.string() + ": " + failure.message(), {}};
  std::ranges::sort(found, std::greater{});
  return found;
}

Result<Backup> BackupStore::read(const Uuid& id) const {
  Backup backup;
  TRY_ASSIGN(const std::string text, read_whole(folder_of(id) / manifest_file, max_manifest_bytes));
  auto manifest = parse_backup_manifest(text);
  if (manifest.ok() && manifest->id == id) {
    backup.manifest = *std::move(manifest);
  } else {
    backup.manifest.id = id;
    backup.status = BackupStatus::damaged;
    backup.detail = manifest.ok() ? "it has the manifest of another" : manifest.error().message;
    return backup;
  }
  const auto note = read_whole(folder_of(id) / checked_file, max_note_bytes);
  if (note.ok()) read_note(*note, backup);
  return backup;
}

Result<std::vector<Backup>> BackupStore::list() const {
  TRY_ASSIGN(const std::vector<Uuid> found, ids());
  std::vector<Backup> backups;
  for (const Uuid& id : found) {
    auto backup = read(id);
    if (backup.ok()) backups.push_back(*std::move(backup));
    // Else it was removed meanwhile.
    if (!backup.ok() && backup.error().code != ErrorCode::not_found)
      return std::move(backup).error();
  }
  std::ranges::stable_sort(backups, std::greater{},
                           [](const Backup& one) { return one.manifest.created_ms; });
  return backups;
}

Result<Backup> BackupStore::find(const Uuid& id) const {
  auto backup = read(id);
  if (!backup.ok() && backup.error().code == ErrorCode::not_found) return not_found(id);
  return backup;
}

Result<BackupManifest> BackupStore::add(const HeldFiles& held, BackupManifest about,
                                        const OnBytes& on_bytes, const fs::path& history) {
  TRY_ASSIGN(const FolderLock alone, lock(FolderLock::Kind::alone));
  std::vector<HeldFile> to_keep = held.files();
  if (!history.empty()) {
    TRY_ASSIGN(std::vector<HeldFile> more, history_in(history));
    std::ranges::move(more, std::back_inserter(to_keep));
  }
  TRY_ASSIGN(const std::vector<Backup> before, list());
  const KeptFiles kept(path_, before);
  std::vector<std::pair<const HeldFile*, BackedUpFile>> missing;
  std::vector<BackedUpFile> files;
  about.size_bytes = about.added_bytes = 0;
  for (const HeldFile& file : to_keep) {
    BackedUpFile entry{file.bytes, {}, file.name, file.is_sorted ? shared_name(file) : file.name};
    about.size_bytes += file.bytes;
    auto sum = file.is_sorted ? kept.find(entry.kept_as, file.bytes) : std::nullopt;
    if (sum) {
      entry.sum = *std::move(sum);
      files.push_back(std::move(entry));
      continue;
    }
    about.added_bytes += file.bytes;
    missing.emplace_back(&file, std::move(entry));
  }
  TRY(check_room(path_, about.added_bytes));
  const fs::path folder = folder_of(about.id);
  TRY(make_folder(folder));
  Copying copying(about.added_bytes, on_bytes);
  for (auto& [file, entry] : missing) {
    const fs::path to = (file->is_sorted ? path_ : folder) / entry.kept_as;
    auto sum = copy_held(*file, to, copying);
    if (!sum.ok()) {
      std::error_code ignored;
      fs::remove(to.string() + ".new", ignored);
      fs::remove_all(folder, ignored);
      (void)sweep();  // what was copied already; the next one tries again
      return std::move(sum).error();
    }
    entry.sum = *std::move(sum);
    files.push_back(std::move(entry));
  }
  about.files = std::move(files);
  TRY(sync_folder(path_ / shared_folder));
  TRY(sync_folder(folder));
  TRY(write_durably(folder / manifest_file, to_text(about)));
  TRY(sync_folder(path_));
  return about;
}

Result<void> BackupStore::copy_out(const BackupManifest& manifest, const fs::path& folder,
                                   const fs::path& history, const OnBytes& on_bytes) const {
  TRY_ASSIGN(const FolderLock reading, lock(FolderLock::Kind::with_readers));
  TRY(check_room(folder, manifest.size_bytes));
  const bool has_history = std::ranges::any_of(manifest.files, is_history, &BackedUpFile::name);
  if (has_history) TRY(HistoryFiles(history).prepare_folder());
  Copying copying(manifest.size_bytes, on_bytes);
  for (const BackedUpFile& file : manifest.files) {
    const fs::path to = (is_history(file.name) ? history : folder) / file.name;
    const fs::path draft = to.string() + ".new";
    const bool is_shared = file.kept_as.starts_with(shared_folder + std::string("/"));
    const fs::path from = (is_shared ? path_ : folder_of(manifest.id)) / file.kept_as;
    FileSum sum;
    const auto copied = copy_durably(from, file.bytes, draft, [&](std::string_view piece) {
      sum.add(piece);
      return copying.note(piece.size());
    });
    if (!copied.ok() && copied.error().code == ErrorCode::not_found)
      return Error{ErrorCode::corruption, "the file " + from.string() + " is missing", {}};
    TRY(copied);
    if (sum.finish() != file.sum)
      return Error{
          ErrorCode::corruption, "the file " + from.string() + " does not fit its checksum", {}};
    TRY(machine_disk().rename(draft, to));
  }
  if (has_history) TRY(sync_folder(history));
  return sync_folder(folder);
}

Result<void> BackupStore::note_checked(const Uuid& id, UnixMs at,
                                       const std::optional<std::string>& damage) {
  std::string note = (damage ? "damaged " : "ok ") + std::to_string(at);
  if (damage) note += ' ' + one_line(*damage);
  return write_durably(folder_of(id) / checked_file, note + '\n');
}

Result<void> BackupStore::remove(const Uuid& id) {
  TRY_ASSIGN(const FolderLock alone, lock(FolderLock::Kind::alone));
  TRY(find(id));
  std::error_code failure;
  // Without its manifest there is no backup, wherever this is cut.
  fs::remove(folder_of(id) / manifest_file, failure);
  if (!failure) fs::remove_all(folder_of(id), failure);
  if (failure) return Error{ErrorCode::precondition, path_.string() + ": " + failure.message(), {}};
  return sweep();
}

// While one manifest can't be read nobody knows which files it needs: all stay.
Result<void> BackupStore::sweep() const {
  TRY_ASSIGN(const std::vector<Backup> backups, list());
  std::set<std::string> needed;
  for (const Backup& backup : backups) {
    if (backup.manifest.files.empty()) return {};
    for (const BackedUpFile& file : backup.manifest.files) needed.insert(file.kept_as);
  }
  std::error_code failure;
  std::vector<fs::path> unneeded = cut_short(path_);
  fs::directory_iterator at(path_ / shared_folder, failure);
  for (; !failure && at != fs::directory_iterator(); at.increment(failure))
    if (!needed.contains(shared_folder + ('/' + at->path().filename().string())))
      unneeded.push_back(at->path());
  for (const fs::path& path : unneeded) fs::remove_all(path, failure);
  return {};
}

}  // namespace genlock
