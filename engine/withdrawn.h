// Where events of this node were not let in elsewhere and were written again (Engine::withdraw), it
// asks of whoever sends the same from then on: or they would come back from those who have them,
// too.
//
// Space::local, "stability/door/" stream:16 -> cut:vector count:varint origin:16*
#pragma once

#include "engine/stability.h"
#include "engine/store.h"

namespace genlock {

// Empty: nothing was withdrawn. ERRORS: corruption.
Result<Door> withdrawn_door(const Reader& reader, StreamId stream);
void put_withdrawn_door(Overlay& overlay, StreamId stream, const Door& door);
// It takes again what it did not take.
void forget_withdrawn_door(Overlay& overlay, StreamId stream);

}  // namespace genlock
