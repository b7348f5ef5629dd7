// The end that lacks a snapshot: keeps what comes of it over restarts, and installs it when nothing
// is missing any more. Each call is one durable batch.
#pragma once

#include "replication/ports.h"
#include "replication/snapshot.h"

namespace genlock::replication {

class SnapshotReceiver {
 public:
  SnapshotReceiver(SessionPorts& ports, StreamId stream) : ports_(ports), stream_(stream) {}

  // Keeps what came, and returns what is still missing. ERRORS: compacted (the sender has no
  // snapshot, or none that is wanted here), corruption, too_large, unavailable.
  Result<std::vector<BlockRef>> take(const SnapshotPart& part);
  // Replaces what is here of the stream; events that the snapshot does not have are written again
  // (Engine::install). REQUIRES: nothing is missing. ERRORS: corruption, unavailable.
  Result<IngestReport> install(const PeerIdentity& from);

 private:
  Result<void> keep(const SnapshotPart& part, Overlay& overlay, std::vector<BlockRef>& missing);
  Result<void> install(const PeerIdentity& from, Overlay& overlay, IngestReport& report);
  Result<void> leave_older_state(const StreamBase& base, Overlay& overlay);

  SessionPorts& ports_;
  StreamId stream_;
};

}  // namespace genlock::replication
