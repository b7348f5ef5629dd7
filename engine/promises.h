// What nodes have promised of a stream (engine/stability.h), held against each other, where events
// stand before the door of one of them.
#pragma once

#include "engine/stability.h"

#include <map>

namespace genlock {

using Said = std::map<OriginId, Acknowledgement>;  // the latest of each origin

// What the members of a door said that they hold: it may come in through anybody, or a node between
// two members writes for the one what the other keeps. That breaks no cut V. Of what a member k
// held when it acknowledged, V is computed with all of it at hand; what k took in or wrote after
// the acknowledgement that counted for V had V in its context, by the proof in
// engine/stability.h.
VersionVector held_by_members(const Said& said, const Door& door);

// Two that have each promised without the other would refuse each other's events for ever, and
// whoever stands between them would write them again for one and for the other. So one promise is
// broken: its node goes on under a new origin, to which nobody holds it. Which one must be the same
// for all who look, or three nodes go round without end (docs/adr/0018): of two cuts that with
// fewer events, then by origin.
bool gives_way(const VersionVector& mine, const VersionVector& theirs);

// Whether `mine` gives way to a promise to keep `event`.
bool is_outweighed(const VersionVector& mine, const std::vector<VersionVector>& promises,
                   const Dot& event);

}  // namespace genlock
