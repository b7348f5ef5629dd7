// Where a stream that is here and a snapshot of it part: this node, or one that it has events of,
// is an older state of itself that was written to, and whoever made the snapshot has dropped the
// events that bear the same names there. What cannot be compared is told by what is known to be
// shared. docs/adr/0019.
#pragma once

#include "engine/event_log.h"
#include "engine/stream_base.h"

#include <optional>
#include <span>
#include <vector>

namespace genlock {

// From `first` on the events of its origin that are here are not taken for those of the snapshot.
struct Parting {
  Dot first;
  bool is_proven = false;  // by a hash; else nothing tells that they are the same
};

// By origin, ascending. `own`: origins of this node, present and past. `shared`: what is known to
// have been the same here and at the sender. An origin parts where a hash says so. One of `own`
// also where the snapshot has more of it than this node, which is how an older state shows; behind
// the last event that both are known to have, then. Of others' origins that is plain: they have
// written on. O(events that the snapshot keeps). ERRORS: corruption, unavailable.
Result<std::vector<Parting>> partings(const EventLog& log, const Reader& reader,
                                      const StreamBase& base, std::span<const OriginId> own,
                                      const VersionVector& shared);

}  // namespace genlock
