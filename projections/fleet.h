// The nodes that the directory knows, and whom compaction waits for (engine/stability.h).
#pragma once

#include "engine/directory.h"

#include <optional>
#include <vector>

namespace genlock {

struct FleetNode {
  NodeEntry entry;
  std::optional<UnixMs> acknowledged_ms;  // its latest word on any stream
  // Why streams wait for it, the most urgent reason, and how many they are; nullopt: none does.
  std::optional<HoldBack> holds_back;
  std::size_t streams_waiting = 0;
  UnixMs waiting_since_ms = 0;  // its latest word, or when it first was here

  bool is_enrolled() const { return entry.open_origin() != nullptr; }
};

// By name, then id. O(rows of the directory, streams). ERRORS: corruption.
Result<std::vector<FleetNode>> read_fleet(const Reader& reader, const EventLog& log);

}  // namespace genlock
