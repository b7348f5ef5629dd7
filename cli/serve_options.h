// What `genlock serve` was told, ready to use: made of the settings (settings.h).
#pragma once

#include "cli/logger.h"
#include "engine/event.h"
#include "eventlog/rocks_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace genlock::cli {

// Which answered requests get a line in the log. `all`: of those that clients send by the hundred
// without doing anything (health checks, polls), only the ones that failed.
enum class LogRequests { all, failed, none };

struct ServeOptions {
  Role role = Role::lan;
  std::string data;
  std::string listen;  // host:port; empty: loopback, on the role's usual port
  std::string name;
  std::vector<std::string> peers;
  std::vector<std::string> subscriptions;  // production ids, or "all"
  std::uint32_t sync_interval_ms = 5'000;
  std::string web;
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::json;
  LogRequests log_requests = LogRequests::all;
  std::string backup_directory;                  // empty: beside the data (backup_work.h)
  std::int64_t backup_every_ms = 6 * 3'600'000;  // 0: none by itself
  std::size_t backup_keep = 28;
  std::int64_t stable_after_ms = 24 * 3'600'000;  // 0: acknowledges nothing
  std::int64_t compact_every_ms = 0;              // 0: the log keeps everything
  bool keeps_history = true;                      // what is compacted goes into files
  std::string history_directory;                  // of those; empty: beside the data (compactor.h)
  std::int64_t silent_after_ms = std::int64_t{14} * 24 * 3'600'000;  // 0: never
  std::size_t cache_bytes = default_cache_bytes();
  unsigned http_worker_count = 16;
  std::size_t http_connection_count = 4096;
};

}  // namespace genlock::cli
