// The backups of one node, in a directory of their own. Each stands for itself when it is restored,
// and takes room only for what the ones before it lack: sorted files and history files never
// change, so all backups that need one share it.
//   genlock-backups        whose they are: "node <id>"
//   lock                   who works here now
//   files/000123-..sst     sorted files, by number, size and checksum
//   files/..history.zst    history files (eventlog/history_file.h), under their names
//   <id>/manifest          what it consists of (eventlog/backup_manifest.h); written last
//   <id>/checked           what the last verification found
//   <id>/CURRENT ..        files that are its own
// Copying compares RocksDB's checksum of each file, so that damage of the data directory is noticed
// then. Errors as of eventlog/durable_files.h. Any thread; one at a time works, the others hear
// `conflict`.
#pragma once

#include "eventlog/backup_manifest.h"
#include "eventlog/durable_files.h"
#include "eventlog/held_files.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

enum class BackupStatus { unverified, ok, damaged };
const char* to_string(BackupStatus status);

struct Backup {
  BackupManifest manifest;  // of one whose manifest can't be read only the id
  BackupStatus status = BackupStatus::unverified;
  std::optional<UnixMs> verified_ms;
  std::optional<std::string> detail;  // what is wrong, for people
};

class BackupStore {
 public:
  // Makes the directory where it is missing. ERRORS: precondition (not writable; another node's).
  static Result<BackupStore> open(const std::filesystem::path& path, NodeId owner);
  // To look and to restore. ERRORS: not_found (no backups there), precondition (they are not the
  // owner's).
  static Result<BackupStore> open_existing(const std::filesystem::path& path,
                                           std::optional<NodeId> owner = {});

  const std::filesystem::path& path() const { return path_; }
  // Newest first. O(backups).
  Result<std::vector<Backup>> list() const;
  // ERRORS: not_found.
  Result<Backup> find(const Uuid& id) const;
  // Copies what is missing and notes `about`, which gets files and sizes here. Cut anywhere, there
  // is no such backup. `history`: the folder of the node's history files, which has all that `held`
  // lacks: files come there before events go; empty: there is none. ERRORS: corruption (a file of
  // the data directory or a history file is damaged), too_large, conflict.
  Result<BackupManifest> add(const HeldFiles& held, BackupManifest about, const OnBytes& on_bytes,
                             const std::filesystem::path& history = {});
  // Writes the files of a backup into `folder`, which must be there and empty, and history files
  // into `history`, which is made where there are some, beside what is in it. ERRORS: corruption
  // (naming the file), not_found, conflict.
  Result<void> copy_out(const BackupManifest& manifest, const std::filesystem::path& folder,
                        const std::filesystem::path& history, const OnBytes& on_bytes) const;
  // nullopt: it is whole.
  Result<void> note_checked(const Uuid& id, UnixMs at, const std::optional<std::string>& damage);
  // And the files that no other one needs. ERRORS: not_found, conflict.
  Result<void> remove(const Uuid& id);

 private:
  explicit BackupStore(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path folder_of(const Uuid& id) const { return path_ / id.to_string(); }
  Result<FolderLock> lock(FolderLock::Kind kind) const;
  Result<std::vector<Uuid>> ids() const;
  Result<Backup> read(const Uuid& id) const;
  Result<void> sweep() const;

  std::filesystem::path path_;
};

}  // namespace genlock
