// Parts of the hello that both ends share.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"
#include "replication/stream_index.h"

namespace genlock::replication {

// A message of this node with this body.
template <class Body>
Message make_message(const SessionPorts& ports, std::uint64_t exchange, const Subscription& ours,
                     Body body) {
  const Identity& self = ports.engine.identity();
  return Message{exchange, self.node, self.origin, ours.digest(), std::move(body)};
}

Hello make_hello(const SessionPorts& ports, const StreamIndex::Summary& summary);
PeerIdentity identity_of(const Message& message, const Hello& hello);
// Do digests of rows mean the same on both sides?
bool same_rules(const Hello& theirs);
// ERRORS: unsupported (another protocol).
Result<void> check_protocol(const Identity& self, const Hello& hello);
// Somebody speaks who runs on a copy of this node's data: it begins a new origin, with a notice.
// The error tells the other one to do the same, and both meet again under different names. ERRORS:
// fork, always; unavailable.
Error part_from_copy(SessionPorts& ports);
// The same for who asked.
Result<void> leave_copy(SessionPorts& ports);
// A peer has more of this node's own origin than the node: it is an older state of itself. Begins a
// new origin before anything is written under the old one; what is missing comes like any event.
Result<void> note_rollback(SessionPorts& ports, const StreamHead& ours, const StreamState& theirs);

// Everything in the scope is the same on both sides: what changed here since the last time is now
// shared. `reader` was taken before the index was last refreshed. O(streams that changed).
Result<void> note_agreement(SessionPorts& ports, const Reader& reader, NodeId peer,
                            const Scope& scope, Position position);
// Writes what was noted of the peer since the last time, if anything.
Result<void> flush_peer(SessionPorts& ports, NodeId peer);

}  // namespace genlock::replication
