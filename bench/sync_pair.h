// Two nodes in one process that sync over real HTTP on loopback: the session's frames are the
// bodies of POST requests.
#pragma once

#include "eventlog/background_committer.h"
#include "measure.h"
#include "replication/peers.h"
#include "replication/session.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "replication/wire.h"

#include <cstdint>
#include <memory>

namespace genlock::bench {

// What a node needs to sync.
struct SyncNode : Node {
  SyncNode(const std::filesystem::path& path, Role role, std::uint64_t seed)
      : Node(path, role, seed),
        committer(writer),
        index(log, projection),
        ports{engine, *store,        committer, clock,    random,
              index,  subscriptions, peers,     observer, "bench"} {}

  BackgroundCommitter committer;
  replication::StreamIndex index;
  replication::Subscriptions subscriptions;
  replication::Peers peers;
  replication::SyncObserver observer;
  replication::SessionPorts ports;
};

// Answers sessions for one node; asks for another.
class SyncServer {
 public:
  explicit SyncServer(SyncNode& node);
  ~SyncServer();

  struct Traffic {
    replication::SessionReport report;
    std::uint64_t sent_bytes = 0;      // bodies of requests
    std::uint64_t received_bytes = 0;  // bodies of replies
    double seconds = 0;
  };
  // One session from `from` to the served node, over one kept connection.
  Traffic run(SyncNode& from, replication::Plan plan = replication::Plan::full);
  // A bare round trip with bodies of these sizes: the floor of a session that has nothing to say.
  double bare_round_trip(std::size_t request_bytes, std::size_t reply_bytes);

 private:
  struct Wire;
  std::unique_ptr<Wire> wire_;
};

}  // namespace genlock::bench
