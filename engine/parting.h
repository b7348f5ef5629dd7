// What a snapshot and a stream that is here have in common. They part where an origin went on
// twice: this node, or one that it has events of, is an older state of itself that was written to,
// and whoever made the snapshot has dropped the events that bear the same names there. What cannot
// be compared is told by what is known to be shared. docs/adr/0019.
#pragma once

#include "engine/event_log.h"
#include "engine/stream_base.h"

#include <span>
#include <vector>

namespace genlock {

// An origin whose events, from `first` on, are others here than those of the snapshot.
struct Parting {
  Dot first;
  std::uint64_t events = 0;
};

struct CommonPast {
  VersionVector here;  // the events that are in the snapshot, as they are called here
  bool is_all = true;  // of the snapshot
  // Proven by hashes; by origin, ascending. Origins that have branches here are told of already.
  std::vector<Parting> partings;
};

// `own`: origins of this node, present and past. `shared`: what is known to have been the same here
// and at the sender. Of an origin that parts, here or there, all is in common that a hash or
// `shared` tells. So it is of one of `own` of which the snapshot has more than this node, for so an
// older state looks. Of others' origins that is plain: they have written on. O(events that the
// snapshot keeps). ERRORS: corruption, unavailable.
Result<CommonPast> common_past(const EventLog& log, const Reader& reader, const StreamBase& base,
                               std::span<const OriginId> own, const VersionVector& shared);

}  // namespace genlock
