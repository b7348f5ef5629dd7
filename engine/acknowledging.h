// What a node says of how far it is (engine/stability.h), as events of the directory: so it reaches
// every node by whatever way events travel, in order with who is a member. A node acknowledges of a
// stream what it has held for `stable_after`, so that who edits on what they saw a while ago is
// still understood. Nothing is written where nothing happened: an event tells of up to
// max_acknowledged streams, once in `stable_after` at most, or at once where the members changed.
//
// Space::local, "stability/mark/" stream:16 -> at:zigzag vector   what was held then
#pragma once

#include "engine/clock.h"
#include "engine/directory.h"
#include "engine/engine.h"

#include <vector>

namespace genlock {

// Streams that one event speaks of: about a kilobyte each.
inline constexpr std::size_t max_acknowledged = 200;

// What `self` has to say now; empty: nothing. Moves the marks. Of the directory itself only beside
// others: else every word about it would ask for the next one. A LAN node says which productions it
// has a part in, too. ERRORS: corruption.
Result<std::vector<Operation>> due_acknowledgements(Overlay& overlay, const EventLog& log,
                                                    const Identity& self, UnixMs stable_after_ms,
                                                    UnixMs now);

}  // namespace genlock
