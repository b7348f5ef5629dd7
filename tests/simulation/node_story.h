// What a node holds, in words: printed for each node where a world failed (--trace).
#pragma once

#include "simulation/sim_node.h"

#include <string>

namespace genlock::simulation {

// Of each stream: its members, who acknowledged what, the floor, and every event that is in the
// log, with what its writer had seen.
std::string tell(const SimNode& node);

}  // namespace genlock::simulation
