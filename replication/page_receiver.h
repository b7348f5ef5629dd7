// Stores the chunks of one or several pages in one durable batch: each chunk whole or not at all,
// one bad chunk never stops another.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"

#include <future>
#include <memory>
#include <vector>

namespace genlock::replication {

struct PageReport {
  std::size_t stored = 0;  // events that were new
  std::size_t duplicates = 0;
  std::vector<Failure> failures;  // whose chunk was refused
};

// Chunks of one stream are in the order they were sent; each stream fails at most once. Also writes
// what was noted of the peer (Peers::flush). ERRORS: unavailable: nothing is stored, or the outcome
// is unknown; then too, asking again from what the log says is right.
Result<PageReport> store_page(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                              std::vector<Chunk> chunks);

// The same in two steps: from here on what was stored is known, and it is durable when
// finish_page() returns ok. One more page may be started in between, none may be forgotten.
struct StartedPage {
  PageReport report;
  PeerIdentity peer;
  std::vector<std::pair<StreamId, IngestReport>> ingested;
  std::future<Result<void>> durable;
};
StartedPage start_page(SessionPorts& ports, const PeerIdentity& peer, const Scope& scope,
                       std::vector<Chunk> chunks);
Result<PageReport> finish_page(SessionPorts& ports, StartedPage page);

}  // namespace genlock::replication
