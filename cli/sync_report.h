// Replication's values as the API and the sync log want them.
#pragma once

#include "http/sync_control.h"
#include "projections/sync_log.h"
#include "replication/peer_look.h"
#include "replication/replicator.h"

namespace genlock::cli {

http::SyncStatusReport report_of(const replication::SyncStatus& status);
http::PeerLook look_of(replication::PeerLook look);
// Without an id.
SyncLogEntry entry_of(const replication::SessionReport& report, UnixMs started_ms, UnixMs ended_ms);

}  // namespace genlock::cli
