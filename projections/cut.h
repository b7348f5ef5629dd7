// Which events count when somebody asks for what was at another time (docs/api.md, "as_of"; also
// `replay --until`). The basis is what was written until then, wherever: for each origin its last
// unmarked event with a wall reading up to that time, joined with their contexts; or one event and
// its context. Both are closed under causality.
#pragma once

#include "engine/event_log.h"

#include <optional>
#include <string_view>

namespace genlock {

struct AsOf {
  std::optional<EventId> event;  // none: a time
  UnixMs ms = 0;
  bool operator==(const AsOf&) const = default;
};

// A time (RFC 3339), or an event's id. nullopt: neither.
std::optional<AsOf> parse_as_of(std::string_view text);

// The events of `stream` that count. Reads the events written since. ERRORS: not_found (no such
// event), bad_request (an event of another stream), compacted (it reaches behind the floor).
Result<VersionVector> cut_of(const EventLog& log, const Reader& reader, StreamId stream,
                             const AsOf& as_of);

}  // namespace genlock
