// Stores the chunks of a page in one durable batch: each chunk whole or not at all, one bad chunk
// never stops another.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"

#include <vector>

namespace genlock::replication {

struct PageReport {
  std::size_t stored = 0;  // events that were new
  std::size_t duplicates = 0;
  std::vector<StreamId> streams;  // whose chunk was taken
  std::vector<Failure> failures;  // whose chunk was refused
};

// Also writes what was noted of the peer (Peers::flush). ERRORS: unavailable: nothing is stored, or
// the outcome is unknown; then too, asking again from what the log says is right.
Result<PageReport> store_page(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                              const std::vector<Chunk>& chunks);

}  // namespace genlock::replication
