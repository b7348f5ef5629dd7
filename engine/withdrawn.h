// Where events of this node were not let in elsewhere and were written again (Engine::withdraw), it
// asks of whoever sends the same from then on: or they would come back from those who have them,
// too.
// The origins that they were written again under stand in no directory yet: whose they are is kept
// until it is said there (engine/directory.h).
//
// Space::local, "stability/door/" stream:16 -> cut:vector count:varint origin:16*
//               "stability/again/" origin:16 -> origin:16 of the same events before
#pragma once

#include "engine/stability.h"
#include "engine/store.h"

#include <map>

namespace genlock {

// Empty: nothing was withdrawn. ERRORS: corruption.
Result<Door> withdrawn_door(const Reader& reader, StreamId stream);
void put_withdrawn_door(Overlay& overlay, StreamId stream, const Door& door);
// It takes again what it did not take.
void forget_withdrawn_door(Overlay& overlay, StreamId stream);

// By the origin that holds them now: the one under which they were written at first.
Result<std::map<OriginId, OriginId>> written_again(const Reader& reader);
Result<void> put_written_again(Overlay& overlay, OriginId now, OriginId before);

}  // namespace genlock
