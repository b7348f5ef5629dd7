// Backups of a node: taking one, and proving that it can be restored. Inside `genlock serve` and
// for `genlock backup`.
#pragma once

#include "cli/node.h"
#include "cli/node_check.h"
#include "eventlog/backup_store.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace genlock::cli {

// "/var/lib/genlock/data" -> "/var/lib/genlock/backups/data".
std::filesystem::path default_backup_directory(const std::filesystem::path& data);

struct BackupWish {
  BackupReason reason = BackupReason::manual;
  std::string version;  // of the program
  // Of the node's history files; empty: there are none.
  std::filesystem::path history = {};
  // The state that the backup will have is held; what comes now is not in it.
  std::function<void()> on_held = {};
  OnBytes on_bytes = {};
};

// Any thread, also while the node writes. ERRORS: as of BackupStore::add.
Result<BackupManifest> take_backup(Node& node, BackupStore& store, const BackupWish& wish);

// Whether `node` is what a backup's manifest says: events, and digests of rows. nullopt: it is.
Result<std::optional<std::string>> difference_from(const BackupManifest& manifest, Node& node);

// Restores it into a folder beside the backups, which is gone afterwards, checks everything that
// `genlock verify` does, compares it with the manifest, and notes the outcome with the backup.
// ERRORS: what kept it from being checked; damage is in the report.
struct VerifyWish {
  OnBytes on_bytes = {};
  const std::atomic<bool>* stop = nullptr;  // the process is ending
  std::stop_token cancelled = {};
};
Result<CheckReport> verify_backup(BackupStore& store, const Backup& backup, Clock& clock,
                                  Random& random, const VerifyWish& wish = {});

}  // namespace genlock::cli
