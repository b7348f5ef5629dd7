// Event <-> bytes. Canonical Cap'n Proto (engine/event.capnp): one segment, no framing, 8-byte
// aligned, default fields truncated; the same event always gives the same bytes. At most
// limits::max_event_bytes. decode checks everything that later code relies on: sizes, known kinds,
// sorted unique columns and context entries, sequence > 0, values of the declared kinds. What it
// does not know (tables, columns, values of newer versions) it keeps. Text is UTF-8, numbers are
// finite, and only canonical bytes are taken: one event has one encoding. ERRORS of decode:
// corruption (malformed), unsupported (kinds of a newer major format), too_large.
#pragma once

#include "engine/event.h"
#include "engine/result.h"

#include <string>
#include <string_view>

namespace genlock {

// ERRORS: too_large; invalid_argument where decode would refuse the result.
Result<std::string> encode(const Event& event);
Result<Event> decode(std::string_view bytes);
// For bytes out of our own log, whose checksum was just verified and which decode or encode saw
// before they were stored: the same without the check of canonical form, which is a third of the
// time.
Result<Event> decode_stored(std::string_view bytes);
// The same under the names that it has here (engine/branches.h); its context keeps those of its
// writer, EventLog::context_of has it as it is called here.
Result<Event> decode_stored(const StoredEvent& stored);
void rename(Event& event, const std::vector<Renaming>& names);

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
