// What a peer has of some streams, asked now and kept nowhere: for people who want to know before
// they exchange anything, or whether both have the same. Beside sessions, and of no effect on them.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"
#include "replication/transport.h"

#include <optional>
#include <vector>

namespace genlock::replication {

struct StreamLook {
  StreamId stream = {};
  bool shared = false;                // both follow it; else the peer says nothing about it
  bool is_there = false;              // the peer has events of it
  VersionVector seen = {};            // what the peer has of what is here
  std::uint64_t to_receive = 0;       // events of the peer that are not here
  std::optional<Digest> digest = {};  // of the peer's rows; none: it has none, or other rules
};

struct PeerLook {
  PeerIdentity peer;
  std::vector<StreamLook> streams;  // as they were asked for
  // Events of `events_of` that are not here, to be ingested in this order.
  std::vector<Chunk> chunks;
  bool more = false;  // there are more of them than max_held_bytes (limits.h)
};

// `events_of`: one of `streams`, or none. At most some 40 requests.
// ERRORS: unavailable (not in time, or it sends nothing new), unsupported, fork, and what the peer
// refuses with.
Result<PeerLook> look_at_peer(SessionPorts& ports, Transport& peer,
                              const std::vector<StreamId>& streams,
                              std::optional<StreamId> events_of, std::int64_t timeout_ms);

}  // namespace genlock::replication
