// What the API needs of whoever keeps a node's backups, as a port: cli has the node and the disk.
// All calls from any thread; only before_lock() waits, and not for long.
//   precondition   the place of the backups can't be used      conflict    something is under way
//   too_large      its disk is full                             not_found   no such backup
#pragma once

#include "engine/clock.h"
#include "engine/ids.h"
#include "engine/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace genlock::http {

struct BackupEntry {
  Uuid id;
  UnixMs created_ms = 0;
  std::string reason;  // "manual" "schedule" "lock" "download"
  std::uint64_t size_bytes = 0, added_bytes = 0, events = 0;
  std::string status;  // "unverified" "ok" "damaged"
  std::optional<UnixMs> verified_ms;
  std::optional<std::string> detail;  // what is wrong
};
// As GET /api/backups tells it.
std::string backup_json(const BackupEntry& entry);

// How the work tells how far it is. From any thread, also after the API is gone.
struct BackupProgress {
  std::function<void(std::uint64_t done, std::uint64_t total)> advance;  // bytes, or events
  std::function<void(Result<std::string> result)> finished;              // once; a JSON object
  std::stop_token cancelled = {};
};

struct BackupHealth {
  bool known = false;     // else nobody asked for backups, and there are none
  bool degraded = false;  // too old, damaged, or the last try failed
  std::optional<UnixMs> newest_good_ms;
};

class Backups {
 public:
  virtual ~Backups() = default;

  // Newest first.
  virtual Result<std::vector<BackupEntry>> list() = 0;
  // Each begins and returns. ERRORS: above.
  virtual Result<void> begin_backup(BackupProgress progress) = 0;
  virtual Result<void> begin_verify(const Uuid& id, BackupProgress progress) = 0;
  virtual Result<void> remove(const Uuid& id) = 0;
  virtual BackupHealth health() = 0;
  // A show is about to be locked: returns once its state is held for a backup, or after two
  // seconds. Never fails: a lock does not depend on backups.
  virtual void before_lock() = 0;
  virtual void after_download() = 0;
};

}  // namespace genlock::http
