// Events that a peer does not let in (engine/stability.h, Door) are written again by whoever holds
// them, so that they can come in.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"

namespace genlock::replication {

// Of the stream of `theirs`, which is what the peer has of it. Returns how many were written again.
// One durable batch. ERRORS: gap (the door's cut is not here yet), unsupported, too_large,
// corruption, unavailable.
Result<std::uint64_t> withdraw(SessionPorts& ports, const StreamState& theirs, const Door& door);

// Two that have each promised without the other would refuse each other for ever. So one gives way,
// by an order of what they ask that is the same for all: with who gave way to the one that calls,
// three nodes wrote each other's events again without end (engine/promises.h). False: this node
// asks nothing, or more than `theirs`. ERRORS: corruption, unavailable.
Result<bool> yields_to(SessionPorts& ports, StreamId stream, const Door& theirs);
// It goes on under a new origin, which has promised nothing, so it may take what its peer has.
// What others hold it to ends with its old origin, as if it had been retired (engine/stability.h).
// ERRORS: unavailable.
Result<void> give_way(SessionPorts& ports, StreamId stream);

}  // namespace genlock::replication
