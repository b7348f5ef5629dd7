#include "simulation/swarm.h"

#include <algorithm>
#include <sstream>

namespace genlock::simulation {
const char* to_string(Topology topology) {
  switch (topology) {
    case Topology::star:
      return "star";
    case Topology::mesh:
      return "mesh";
    case Topology::spare:
      return "hot spare";
    case Topology::chain:
      return "chain";
  }
  return "?";
}

Swarm Swarm::draw(std::uint64_t seed, WorldSize size) {
  SeededRandom random(seed * 0x9e3779b97f4a7c15U + 1);
  auto below = [&](std::uint64_t n) { return random.next_u64() % n; };
  auto coin = [&] { return below(2) == 1; };
  Swarm swarm;
  swarm.seed = seed;
  swarm.size = size;
  const bool is_common = size == WorldSize::common;
  // Most bugs need few nodes and few commands: many small worlds find more than few large ones.
  const bool large = below(is_common ? 16 : 8) == 0;
  const std::uint64_t most_nodes = large ? 6 : 3, most_clients = large ? 20 : 8;
  swarm.nodes = 2 + std::min(below(most_nodes), below(most_nodes));
  swarm.clients = 1 + std::min(below(most_clients), below(most_clients));
  if (is_common) {
    swarm.commands = large ? 30 + below(40) : 6 + below(16);
  } else {
    swarm.commands = large ? 40 + below(50) : 8 + below(24);
  }
  if (!large) swarm.chaos_ms = 30'000;
  swarm.topology = Topology{static_cast<std::uint8_t>(below(4))};
  if (swarm.nodes < 3) swarm.topology = Topology::star;
  for (std::size_t i = 0; i < fault_count; ++i) swarm.faults[i] = below(3) == 0;
  // Or hardly a world were without a fork.
  if (below(3) != 0)
    for (Fault fault : directory_faults) swarm.turn_off(fault);
  // A copy that nobody notices, and that meets the others after they have compacted past the
  // parting, is not found out (docs/adr/0019): so no world has both.
  if (swarm.compacts())
    for (Fault fault : {Fault::unnoticed_clone, Fault::rollback, Fault::old_database})
      swarm.turn_off(fault);
  swarm.loss_percent = 1 + below(30);
  swarm.duplicate_percent = 1 + below(30);
  swarm.damage_percent = 1 + below(10);
  swarm.replay_percent = 1 + below(20);
  swarm.delay_ms = coin() ? 5 : static_cast<std::int64_t>(50 + below(3'000));
  swarm.live = coin() || coin();
  if (below(24) == 0) {  // hours, without a poll every 25 seconds
    swarm.chaos_ms = 4 * 3'600'000;
    swarm.live = false;
  }
  swarm.partial = swarm.topology != Topology::chain && swarm.nodes > 2 && below(4) == 0;
  swarm.liveness = below(4) == 0;
  swarm.stable_after_ms = swarm.chaos_ms / static_cast<std::int64_t>(6 + below(40));
  if (coin()) swarm.page_bytes = std::size_t{1} << (8 + below(5));
  swarm.calm = swarm.compacts() && (!is_common || coin());
  return swarm;
}

std::vector<std::pair<std::size_t, std::size_t>> Swarm::links() const {
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (std::size_t n = 1; n < nodes; ++n) {
    bool through_another =
        topology == Topology::chain || (topology == Topology::spare && n + 1 == nodes && nodes > 2);
    all.emplace_back(n, through_another ? n - 1 : 0);
    if (topology == Topology::mesh && n > 1) all.emplace_back(n, n - 1);
  }
  return all;
}

std::int64_t Swarm::interval_ms() const { return std::max<std::int64_t>(2'000, chaos_ms / 30); }

std::string Swarm::to_string() const {
  std::ostringstream out;
  out << nodes << " nodes (" << simulation::to_string(topology) << "), " << clients << " clients, "
      << commands << " commands in " << chaos_ms / 1000 << " s, delay <= " << delay_ms
      << " ms, pages of " << page_bytes << " bytes" << (live ? ", live" : "")
      << (partial ? ", partial" : "") << (liveness ? ", liveness" : "") << (calm ? ", calm" : "")
      << "; faults:";
  for (std::size_t i = 0; i < fault_count; ++i)
    if (faults[i]) out << ' ' << simulation::to_string(Fault{static_cast<std::uint8_t>(i)});
  return out.str();
}

}  // namespace genlock::simulation
