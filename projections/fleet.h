// The nodes that the directory knows, and whom compaction waits for (engine/stability.h).
#pragma once

#include "engine/directory.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace genlock {

struct FleetNode {
  NodeEntry entry;
  std::optional<UnixMs> acknowledged_ms;  // its latest word on any stream
  // Why streams wait for it, the most urgent reason, and how many they are; nullopt: none does.
  std::optional<HoldBack> holds_back;
  std::size_t streams_waiting = 0;
  UnixMs waiting_since_ms = 0;  // its latest word, or when it first was here
  // It has spoken, but has not acknowledged what others have: the first event of that was written
  // then. For some hours that is how things are.
  std::optional<UnixMs> behind_since_ms = {};
  std::size_t streams_behind = 0;

  bool is_enrolled() const { return entry.open_origin() != nullptr; }
};

// Since when compaction waits for a node; nullopt: it does not.
std::optional<UnixMs> waits_since(const FleetNode& node);

// By name, then id. O(rows of the directory, streams). ERRORS: corruption.
Result<std::vector<FleetNode>> read_fleet(const Reader& reader, const EventLog& log);

// Nodes that keep logs from getting smaller for longer than they should. Any thread.
class SilentNodes {
 public:
  // 0: nobody is silent for too long.
  explicit SilentNodes(std::int64_t patience_ms) : patience_ms_(patience_ms) {}

  struct Silent {
    NodeId node;
    std::string name;  // its id where it has none
    std::optional<UnixMs> acknowledged_ms;
    UnixMs since_ms = 0;  // compaction waits since then
  };
  // All but `self`, the one waited for longest first. The fleet is read anew where the directory
  // has moved, and now and then. ERRORS: corruption.
  Result<std::vector<Silent>> look(const Reader& reader, const EventLog& log, NodeId self,
                                   UnixMs now);
  static constexpr std::int64_t reread_ms = 10 * 60'000;

 private:
  const std::int64_t patience_ms_;
  std::mutex mutex_;  // guards the three below
  VersionVector directory_;
  UnixMs read_ms_ = 0;
  std::vector<Silent> waited_for_;  // patiently or not
};

// "venue-2 was last heard 20 days ago and holds back compaction: let it sync, or ..."
std::string words_of(const SilentNodes::Silent& silent, UnixMs now);

}  // namespace genlock
