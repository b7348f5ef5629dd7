// Liveness: some connected nodes, the core, reach each other again and run; everything else stays
// broken, and the clocks stay wrong. By themselves, without anybody pressing "sync now", they must
// come to agree within a bounded time while their clients go on writing (VOPR's liveness mode).
#include "simulation/simulator.h"

namespace genlock::simulation {
namespace {

// A stream that stopped is left alone for ten minutes at most (replication/limits.h); the rest is
// for the round after that.
constexpr std::int64_t liveness_bound_ms = 20 * 60'000;
constexpr std::int64_t writing_ms = 10'000;

}  // namespace

std::set<std::size_t> Simulator::draw_core() {
  const SimLink& first = *links_[below(links_.size())];
  std::set<std::size_t> core{first.from, first.to};
  for (const auto& link : links_)
    if ((core.contains(link->from) || core.contains(link->to)) && chance(40))
      core.insert({link->from, link->to});
  return core;
}

void Simulator::check_liveness() {
  core_ = draw_core();
  trace("from here on " + std::to_string(core_.size()) + " nodes have no trouble with each other");
  for (std::size_t a = 0; a < nodes_.size(); ++a)
    for (std::size_t b = 0; b < nodes_.size(); ++b)
      cuts_[a][b] = core_.contains(a) && core_.contains(b) ? 0 : static_cast<int>(below(2));
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    if (!core_.contains(n)) continue;
    paused_until_[n] = 0;
    nodes_[n]->store.disarm();
    versions_[n] = {};
    restart(n);
    make_room(n);
  }
  std::int64_t begin = now_ms_;
  for (std::uint64_t i = 0; i < Swarm::core_commands; ++i) {
    std::uint64_t number = swarm_.commands + i;
    std::int64_t when = begin + static_cast<std::int64_t>(below(writing_ms));
    if (!swarm_.skipped.contains(number)) at(when, [this, number] { give_command(number); });
  }
  for (int i = 0; i < 6; ++i)
    at(begin + static_cast<std::int64_t>(below(60'000)), [this, n = some_node()] {
      if (troubled(n) && nodes_[n]->up()) crash(n, chance(50));
    });
  drive_all();
  std::set<std::size_t> core = core_;
  bool agreed = run_until(begin + liveness_bound_ms + longest_way_ms(),
                          [&] { return now_ms_ > begin + writing_ms && core_agrees(core); });
  if (agreed) return note(Branch::core_went_on);
  std::string who;
  for (std::size_t n : core) who += " " + name(n);
  fail("a connected core did not come to agree:" + who);
}

bool Simulator::core_agrees(const std::set<std::size_t>& core) {
  for (std::size_t n : core)
    if (!nodes_[n]->up()) return false;
  const SimNode& first = *nodes_[*core.begin()];
  for (StreamId stream : shared_streams(core))
    for (std::size_t n : core)
      if (nodes_[n]->head(stream).vector() != first.head(stream).vector()) return false;
  return true;
}

}  // namespace genlock::simulation
