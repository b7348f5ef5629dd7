// What must hold of one node's log, checked from the stored bytes alone: no hole in any origin's
// sequence, everything an event was written after stands before it, hybrid times rise, and each
// chain value is the hash of what it claims.
#pragma once

#include "engine/event.h"
#include "simulation/sim_node.h"

#include <map>
#include <string>
#include <vector>

namespace genlock::simulation {

// An event with everything its writer had seen.
struct Fact {
  Event event;
  VersionVector seen;
};

struct LogReport {
  std::string failure;                          // empty: all of it holds
  std::map<StreamId, std::vector<Fact>> facts;  // in the order of this node's log
  std::map<EventId, ChainHash> chains;
};
LogReport check_log(const SimNode& node);

}  // namespace genlock::simulation
