// The kept seeds, and that a seed repeats itself. Many seeds: ./dev sim --seeds 1..5000
#include "catch.h"
#include "simulation/simulator.h"

#include <fstream>
#include <sstream>

namespace genlock::simulation {
namespace {

std::vector<std::uint64_t> kept_seeds() {
  std::ifstream file(std::string(GENLOCK_TEST_DATA) + "/../simulation/seeds.txt");
  std::vector<std::uint64_t> seeds;
  for (std::string line; std::getline(file, line);) {
    std::uint64_t seed = 0;
    if (std::istringstream(line) >> seed) seeds.push_back(seed);
  }
  return seeds;
}

TEST_CASE("every kept seed holds, and goes the same way twice", "[simulation]") {
  std::vector<std::uint64_t> seeds = kept_seeds();
  REQUIRE(!seeds.empty());
  for (std::uint64_t seed : seeds) {
    INFO("replay it with: ./dev sim --seed " << seed << " --trace");
    Outcome first = Simulator(Swarm::draw(seed), false).run();
    Outcome second = Simulator(Swarm::draw(seed), false).run();
    REQUIRE(first.failure == "");
    REQUIRE(first.trace == second.trace);
  }
}

TEST_CASE("the seeds between them meet every kind of fault", "[simulation]") {
  Swarm all;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Swarm swarm = Swarm::draw(seed);
    all.loss_percent |= swarm.loss_percent;
    all.corrupt_percent |= swarm.corrupt_percent;
    all.replay_percent |= swarm.replay_percent;
    all.partitions |= swarm.partitions;
    all.restarts |= swarm.restarts;
    all.disk_errors |= swarm.disk_errors;
    all.clock_jumps |= swarm.clock_jumps;
    all.lan_link |= swarm.lan_link;
    all.partial |= swarm.partial;
  }
  REQUIRE(all.loss_percent * all.corrupt_percent * all.replay_percent > 0);
  REQUIRE((all.partitions && all.restarts && all.disk_errors && all.clock_jumps && all.lan_link &&
           all.partial));
}

}  // namespace
}  // namespace genlock::simulation
