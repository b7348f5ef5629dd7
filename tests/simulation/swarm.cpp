#include "simulation/swarm.h"

#include <sstream>

namespace genlock::simulation {

Swarm Swarm::draw(std::uint64_t seed) {
  SeededRandom random(seed * 0x9e3779b97f4a7c15U + 1);
  auto below = [&](std::uint64_t n) { return random.next_u64() % n; };
  auto coin = [&] { return below(2) == 1; };
  Swarm swarm;
  swarm.seed = seed;
  swarm.commands = 40 + below(200);
  swarm.loss_percent = coin() ? 1 + below(30) : 0;
  swarm.duplicate_percent = coin() ? 1 + below(30) : 0;
  swarm.corrupt_percent = coin() ? 1 + below(10) : 0;
  swarm.replay_percent = coin() ? 1 + below(20) : 0;
  swarm.delay_ms = coin() ? 5 : static_cast<std::int64_t>(50 + below(3'000));
  swarm.partitions = coin();
  swarm.restarts = coin();
  swarm.disk_errors = coin();
  swarm.clock_skew = coin();
  swarm.clock_jumps = coin();
  swarm.lan_link = coin();
  swarm.live = coin() || coin();
  swarm.partial = below(4) == 0;
  if (coin()) swarm.page_bytes = std::size_t{1} << (8 + below(5));
  return swarm;
}

std::string Swarm::to_string() const {
  std::ostringstream out;
  out << commands << " commands, loss " << loss_percent << "%, duplicates " << duplicate_percent
      << "%, damage " << corrupt_percent << "%, replays " << replay_percent
      << "%, delay <= " << delay_ms << " ms, pages of " << page_bytes << " bytes"
      << (partitions ? ", partitions" : "") << (restarts ? ", restarts" : "")
      << (disk_errors ? ", disk errors" : "") << (clock_skew ? ", clock skew" : "")
      << (clock_jumps ? ", clock jumps" : "") << (lan_link ? ", LAN link" : "")
      << (live ? ", live" : "") << (partial ? ", partial" : "");
  return out.str();
}

}  // namespace genlock::simulation
