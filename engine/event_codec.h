// Event <-> bytes. Canonical Cap'n Proto (engine/event.capnp): one segment, no framing, 8-byte aligned, default fields
// truncated; the same event always gives the same bytes. At most limits::max_event_bytes.
// decode checks everything that later code relies on: sizes, known kinds, sorted unique columns and context entries,
// sequence > 0, values of the declared kinds. What it does not know (tables, columns, values of newer versions) it keeps.
// ERRORS of decode: corruption (malformed), unsupported (kinds of a newer major format), too_large.
#pragma once

#include <string>
#include <string_view>

#include "engine/event.h"
#include "engine/result.h"

namespace genlock {

// ERRORS: too_large.
Result<std::string> encode(const Event& event);
Result<Event> decode(std::string_view bytes);

// Only the fields needed to route an event; cheaper than decode.
struct EventHeader {
  StreamId stream;
  Dot dot;
  HybridTime time = HybridTime::zero;
};
Result<EventHeader> decode_header(std::string_view bytes);

// SHA-256(previous, bytes). `previous` of the first event is all zero.
ChainHash chain_hash(const ChainHash& previous, std::string_view bytes);

}  // namespace genlock
