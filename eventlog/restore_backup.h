// A data directory made of a backup.
#pragma once

#include "engine/clock.h"
#include "engine/engine.h"
#include "eventlog/backup_store.h"

#include <filesystem>

namespace genlock {

// It begins a new origin, because what the node wrote after the backup may be with others. `target`
// is there afterwards, whole, or as it was, and history files are in `history` before it is; what a
// cut left beside it (`target`.restoring) goes with the next try. ERRORS: exists (`target` is not
// empty), precondition (it can't be made), conflict (somebody restores to it now), and as of
// BackupStore::copy_out.
Result<Identity> restore_backup(const BackupStore& store, const BackupManifest& manifest,
                                const std::filesystem::path& target,
                                const std::filesystem::path& history, Random& random, UnixMs now,
                                const OnBytes& on_bytes = {});

}  // namespace genlock
