// The source document's table sync_log: what this node's sync sessions did. Its own, in
// Space::local; the newest `SyncLog::max_entries` are kept.
//   key    "sync_log:" started_ms:8 id:16     big-endian, so that the newest is last
#pragma once

#include "engine/store.h"
#include "projections/filter.h"
#include "projections/queries.h"

#include <optional>
#include <span>
#include <string>

namespace genlock {

enum class SyncDirection { upload, download, bidirectional };
enum class SyncStatus { started, completed, failed, partial };
const char* to_string(SyncDirection direction);
const char* to_string(SyncStatus status);

struct SyncLogEntry {
  Uuid id;
  SyncDirection direction = SyncDirection::bidirectional;
  UnixMs started_ms = 0;
  std::optional<UnixMs> completed_ms = {};
  SyncStatus status = SyncStatus::started;
  std::uint64_t records_synced = 0;
  std::uint64_t conflicts_detected = 0;
  std::string errors = {};     // JSON; empty: null
  std::string server_id = {};  // which node the session was with; empty: null
  bool operator==(const SyncLogEntry&) const = default;
};

class SyncLog {
 public:
  static constexpr std::size_t max_entries = 1'000;

  // Adds an entry, or replaces the one with the same started_ms and id; drops the oldest beyond the
  // bound.
  static Result<void> put(Overlay& overlay, const SyncLogEntry& entry);
  static std::span<const Field> fields();
  // Newest first.
  static Result<ServedList> list(const Reader& reader, const ListOptions& options = {});
};

}  // namespace genlock
