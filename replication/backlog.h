// What is still to send: events here that a peer is not known to have. For people and for the
// status; sessions work out anew what they send.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"

#include <map>
#include <vector>

namespace genlock::replication {

struct Backlog {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  // beyond max_counted_events: estimated from those
  UnixMs oldest_ms = 0;     // when the oldest of them was stored here; 0: none
  bool operator==(const Backlog&) const = default;

  static constexpr std::uint64_t max_counted_events = 2'000;
};

struct PeerBacklog {
  Backlog total;
  std::map<StreamId, std::uint64_t> events;  // by stream, only those with any
};

// Events of the scope that `peer` lacks. O(streams that changed since both agreed).
Result<PeerBacklog> backlog_of(SessionPorts& ports, NodeId peer, const Scope& scope);
// Events written by this node that none of `peers` has. No peers: nothing is waiting.
Result<PeerBacklog> unacknowledged(SessionPorts& ports, const std::vector<NodeId>& peers);

}  // namespace genlock::replication
