// Looks a host name up, with a bound on the time: the system's own lookup has none worth the name,
// and a box at a venue without internet would hang in it.
#pragma once

#include "engine/result.h"

#include <atomic>
#include <string>

namespace genlock::replication {

// The first address as text. An address is its own answer. ERRORS: unavailable (not found, timed
// out, cancelled).
Result<std::string> resolve(const std::string& host, std::int64_t timeout_ms,
                            const std::atomic<bool>& cancelled);

}  // namespace genlock::replication
