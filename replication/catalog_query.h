// Asks a peer which productions it has. Apart from sessions: over a connection of its own, on the
// thread of whoever wants to know, who waits `timeout_ms` at most.
#pragma once

#include "replication/ports.h"
#include "replication/transport.h"

#include <vector>

namespace genlock::replication {

// ERRORS: unavailable, unsupported (an older version, or it refuses us), corruption.
Result<std::vector<CatalogEntry>> ask_catalog(const SessionPorts& ports, Transport& peer,
                                              std::int64_t timeout_ms);

}  // namespace genlock::replication
