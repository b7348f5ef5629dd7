// What a session needs of its node, and whom it tells. All by reference: the node (cli/, or a
// simulated one) owns them.
#pragma once

#include "engine/catalog.h"
#include "engine/committer.h"
#include "engine/engine.h"
#include "engine/store.h"
#include "replication/limits.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace genlock::replication {

class StreamIndex;
class Subscriptions;
class Peers;

struct PeerIdentity {
  NodeId node;
  OriginId origin;
  Role role = Role::lan;
  std::string name;
  std::string software;
  bool operator==(const PeerIdentity&) const = default;
};

// Something a person may want to know of. Goes into the sync log and the status.
struct SyncNote {
  enum class Kind {
    damaged_message,  // bytes of a request or reply did not check out; asked for again
    refused_chunk,  // a chunk was refused whole (by us, or by the peer as it says); asked for again
    blocked_stream,  // the stream is left alone until its back-off ends; the others go on
    fork,            // one event id with two contents, or a copy of this node
    rolled_back,  // a peer has events of our own origin that we have not: this data directory is an
                  // old one
    diverged,     // same events, same fold version, other rows: a bug, or damage below the log
    refused,      // the peer and we cannot talk at all
  };
  Kind kind = Kind::damaged_message;
  NodeId peer;
  std::optional<StreamId> stream;
  ErrorCode code = ErrorCode::corruption;
  std::string message;
};
const char* to_string(SyncNote::Kind kind);

// Told by sessions on whichever thread runs them; on_shared runs inside a committer job.
class SyncObserver {
 public:
  virtual ~SyncObserver() = default;
  virtual void on_note(const SyncNote& /*note*/) {}
  // Events of a peer are durable here, or were.
  virtual void on_received(const PeerIdentity& /*peer*/, StreamId /*stream*/,
                           const IngestReport& /*report*/) {}
  // This node goes on under a new origin.
  virtual void on_renewed(OriginId /*closed*/, const Renewal& /*why*/) {}
  // The peer's clock minus ours, measured over one round trip of rtt_ms; wrong by at most half of
  // that.
  virtual void on_clock(const PeerIdentity& /*peer*/, bool /*peer_is_suspect*/,
                        std::int64_t /*offset_ms*/, std::int64_t /*rtt_ms*/) {}
  // What both nodes have of a stream grew from `before` to `now`. Written with the same batch that
  // remembers it.
  virtual Result<void> on_shared(const PeerIdentity& /*peer*/, StreamId /*stream*/,
                                 const VersionVector& /*before*/, const VersionVector& /*now*/,
                                 Overlay& /*overlay*/) {
    return {};
  }
};

struct SessionPorts {
  Engine& engine;      // ingest runs only inside committer jobs
  const Store& store;  // read through snapshots
  Committer& committer;
  Clock& clock;
  Random& random;  // thread-safe where sessions run on several threads
  StreamIndex& index;
  Subscriptions& subscriptions;
  Peers& peers;
  SyncObserver& observer;
  std::string software;                             // for the hello
  std::size_t page_bytes = limits::max_page_bytes;  // of events, asked for and sent at once
  // The productions behind this id. From the rows, which replication knows nothing of; none: it is
  // not served.
  std::function<Result<CatalogPage>(StreamId after)> catalog = {};
};

}  // namespace genlock::replication
