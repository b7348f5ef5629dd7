// Locks of a stream (merging rule 7). A lock is an event; of concurrent locks a LAN node's stands
// before the cloud's, then the earlier; the others are void. A write concurrent with a standing
// lock is held off, whatever the clocks say.
#pragma once

#include "engine/event.h"
#include "engine/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

struct Lock {
  Dot dot;
  HybridTime time = HybridTime::zero;
  UnixMs wall_ms = 0;
  Role role = Role::lan;
  NodeId node;
  Person by;
  UnixMs until_ms = 0;  // 0: open end
  std::string reason;
  VersionVector context;  // of its event
  bool standing = true;   // false: void, a concurrent lock goes first
  bool released = false;  // an unlock has seen it; governs 423 only

  Rank rank() const { return {time, dot.origin}; }
  bool operator==(const Lock&) const = default;
};

struct LockState {
  std::vector<Lock> locks;  // ascending rank; kept for good, there are few
  bool operator==(const LockState&) const = default;

  // Adds a lock or an unlock and works out anew which locks stand.
  void add(Lock lock);
  void release(const VersionVector& seen_by_unlock);
  // The standing lock of the highest precedence that is concurrent with an event, or nullptr.
  const Lock* holding_off(const Dot& event, const VersionVector& context) const;
  // The lock that answers 423 at `now`: standing, not released, not expired, not superseded by a
  // later one that saw it.
  const Lock* active(UnixMs now) const;
};

std::string encode(const LockState& locks);
Result<LockState> decode_locks(std::string_view bytes);

}  // namespace genlock
