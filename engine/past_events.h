// The names of all events on a record, kept so that an edit writes no key of its own for it: the
// last few of each origin stand in the record's state, and every time they are `past_run_length`
// they move to a key (engine/state_keys.h). As an origin's events come in their order, who is where
// depends on the set of events alone.
#pragma once

#include "engine/bytes.h"
#include "engine/record.h"
#include "engine/state_bytes.h"
#include "engine/store.h"

#include <vector>

namespace genlock {

inline constexpr std::size_t past_run_length = 16;

// Adds the next event of its origin to the record's past.
void note_past(RecordState& record, const PastEvent& event, StreamId stream, Overlay& overlay);
// All events on a record, by (origin, sequence).
Result<std::vector<PastEvent>> past_of(const RecordState& record, StreamId stream,
                                       const Reader& reader);

// Part of the state bytes of a record.
void write_recent(ByteWriter& out, DotWriter& dots, const std::vector<PastEvent>& recent);
std::vector<PastEvent> read_recent(ByteReader& in, DotReader& dots);

}  // namespace genlock
