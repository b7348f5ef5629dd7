// What a peer has of a stream, by the names that events have here. Where an origin went on twice
// (engine/branches.h) two nodes that hold different branches of it give them different names, but
// hashes tell which is meant.
#pragma once

#include "engine/event_log.h"
#include "replication/messages.h"

#include <vector>

namespace genlock::replication {

struct PeerVector {
  VersionVector seen;
  // As much of it as is known to be the same here. What is behind our head is taken on trust until
  // it comes: it may turn out that an origin went on twice.
  VersionVector shared;
  bool has_more = false;  // something that is not here
  // Origins of which the peer has events that are not ours under the same number, and nothing tells
  // where the two part.
  std::vector<OriginId> unknown;
};

// O(origins); reads events only where the peer has fewer of an origin, or there are branches.
// ERRORS: corruption, unavailable.
Result<PeerVector> read_peer_vector(const EventLog& log, const Reader& reader,
                                    const StreamHead& ours, const StreamState& theirs);

// Says in `ours`, by the peer's own names, which of its last events are here: where an origin went
// on twice it may not know those of ours, and would send again what we have.
Result<void> echo_heads(const EventLog& log, const Reader& reader, const StreamHead& head,
                        const StreamState& theirs, StreamState& ours);

// "the peer has another event ..." where anything is unknown. ERRORS: fork.
Result<void> check_known(const PeerVector& peer);

}  // namespace genlock::replication
