// What must hold of one node's log, checked from the stored bytes alone: no hole in any origin's
// sequence, everything an event was written after stands before it, hybrid times rise, each chain
// value is the hash of what it claims, and where an origin went on twice each branch has the name
// that engine/branches.h gives it.
#pragma once

#include "engine/event.h"
#include "simulation/sim_node.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace genlock::simulation {

// An event with everything its writer had seen, by the names of this node.
struct Fact {
  Event event;
  VersionVector seen;
};

struct LogReport {
  std::string failure;                          // empty: all of it holds
  std::map<StreamId, std::vector<Fact>> facts;  // in the order of this node's log
  std::set<std::pair<StreamId, ChainHash>>
      chains;  // of every event: its content, and all before it
};
LogReport check_log(const SimNode& node);

}  // namespace genlock::simulation
