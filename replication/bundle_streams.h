// Which streams go into a bundle.
#pragma once

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

}  // namespace genlock::replication
