// When each stream was last the same here and at some peer, as far as this node could see: for
// people. In memory, since the start; at most one entry a stream. Thread-safe.
#pragma once

#include "replication/backlog.h"
#include "replication/limits.h"

#include <map>
#include <mutex>
#include <vector>

namespace genlock::replication {

class SyncedTimes {
 public:
  // An exchange with a peer went well at `at_ms`: streams that it has some of, with nothing left to
  // send or to receive, were the same then. O(streams that both follow); nothing where `at_ms` was
  // noted of this peer before with the same log and nothing was left (somebody may ask in the
  // middle of a contact).
  Result<void> note(SessionPorts& ports, NodeId peer, UnixMs at_ms);
  std::map<StreamId, UnixMs> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<StreamId, UnixMs> times_;
  struct Done {
    UnixMs at_ms = 0;
    Position position = Position::none;  // of the log
  };
  std::map<NodeId, Done> done_;  // noted with nothing left; as many as limits::max_peers
};

// What this node and `peer` share, as far as the peer has told.
Scope scope_with(const SessionPorts& ports, NodeId peer);

}  // namespace genlock::replication
