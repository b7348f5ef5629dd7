// One LAN node's connection to a peer: the scheduler says when, sessions and polls say what, the
// simulator carries it.
#pragma once

#include "replication/scheduler.h"
#include "simulation/sim_node.h"

#include <optional>

namespace genlock::simulation {

struct SimLink {
  SimLink(std::size_t from_node, std::size_t to_node, replication::Scheduler::Options options,
          Random& random)
      : from(from_node), to(to_node), scheduler(options, random) {}

  // What is under way, each with the number of the request it waits for.
  struct Session {
    replication::SyncSession session;
    std::uint64_t request = 0;
  };

  std::size_t from, to;
  replication::Scheduler scheduler;
  std::optional<Session> session;
  std::uint64_t wait_request = 0;  // 0: none parked
  NodeId peer;                     // known since the first hello
  std::uint64_t sessions = 0;
  // Of the last full session that ended.
  bool last_in_sync = false;
  std::uint64_t last_requests = 0;
  bool last_was_full = false;
  replication::Scheduler::Step running = replication::Scheduler::Step::nothing;
};

}  // namespace genlock::simulation
