// Makes a failing seed small: takes away faults, commands and nodes as long as it still fails
// (delta debugging, Zeller and Hildebrandt 2002).
#pragma once

#include "simulation/swarm.h"

#include <string>

namespace genlock::simulation {

struct Shrunk {
  Swarm swarm;
  std::string failure;  // of the small one; may be another than that of the seed
  std::size_t runs = 0;
};
// REQUIRES: `swarm` fails. Bounded: at most `max_runs` runs.
Shrunk shrink(const Swarm& swarm, std::size_t max_runs);

// The options of simulate that make this swarm of its seed, beginning with "--seed N".
std::string replay_options(const Swarm& swarm);

}  // namespace genlock::simulation
