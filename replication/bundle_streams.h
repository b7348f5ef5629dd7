// Which streams go into a bundle.
#pragma once

#include "engine/dropped_events.h"
#include "replication/bundle.h"
#include "replication/peers.h"

namespace genlock::replication {

using BundleStreams = std::vector<std::pair<StreamId, VersionVector>>;

// One show whole, with the equipment and the names of nodes. ERRORS: not_found.
Result<BundleStreams> streams_of_show(const EventLog& log, const Reader& reader,
                                      StreamId production);

// What a peer is not known to have: a cloud node takes every show, of a LAN node those that both
// had before. `peer`: id or name of a node that this one has synced with. ERRORS: not_found,
// invalid_argument (several are called so).
Result<BundleStreams> streams_for_peer(const EventLog& log, const Reader& reader,
                                       std::string_view peer);

// What a bundle of them reads: `now`, with what was compacted put back where the receiver lacks it.
// ERRORS: compacted (not all of it was kept), and those of WholeLog::whole.
Result<std::unique_ptr<Reader>> whole_for(const EventLog& log, std::unique_ptr<Reader> now,
                                          const BundleStreams& streams, WholeLog* history);

}  // namespace genlock::replication
