#include "simulation/shrink.h"

#include "simulation/simulator.h"

namespace genlock::simulation {
namespace {

class Shrinker {
 public:
  Shrinker(const Swarm& swarm, std::size_t max_runs) : max_runs_(max_runs) {
    best_.swarm = swarm;
    best_.failure = Simulator(swarm, false).run().failure;
  }

  Shrunk run() {
    bool smaller = true;
    while (smaller && best_.runs < max_runs_) {
      smaller = drop_commands();
      smaller |= drop_faults();
      smaller |= make_simple();
    }
    return best_;
  }

 private:
  bool try_it(const Swarm& candidate) {
    if (best_.runs >= max_runs_) return false;
    ++best_.runs;
    std::string failure = Simulator(candidate, false).run().failure;
    if (failure.empty()) return false;
    best_.swarm = candidate;
    best_.failure = failure;
    return true;
  }

  bool drop_faults() {
    bool dropped = false;
    for (std::size_t i = 0; i < fault_count; ++i) {
      if (!best_.swarm.faults[i]) continue;
      Swarm candidate = best_.swarm;
      candidate.faults.reset(i);
      dropped |= try_it(candidate);
    }
    return dropped;
  }

  std::vector<std::uint64_t> kept() const {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < best_.swarm.command_numbers(); ++i)
      if (!best_.swarm.skipped.contains(i)) numbers.push_back(i);
    return numbers;
  }

  // Halves, then quarters, down to single commands.
  bool drop_commands() {
    bool dropped = false;
    for (std::size_t size = kept().size(); size >= 1; size /= 2) {
      std::vector<std::uint64_t> numbers = kept();
      for (std::size_t first = 0; first < numbers.size(); first += size) {
        Swarm candidate = best_.swarm;
        for (std::size_t i = first; i < std::min(first + size, numbers.size()); ++i)
          candidate.skipped.insert(numbers[i]);
        dropped |= try_it(candidate);
      }
    }
    return dropped;
  }

  bool make_simple() {
    bool made = false;
    auto change = [&](auto&& set) {
      Swarm candidate = best_.swarm;
      if (set(candidate)) made |= try_it(candidate);
    };
    change([](Swarm& s) { return std::exchange(s.liveness, false); });
    change([](Swarm& s) { return s.nodes > 2 && s.nodes-- > 0; });
    return made;
  }

  std::size_t max_runs_;
  Shrunk best_;
};

}  // namespace

Shrunk shrink(const Swarm& swarm, std::size_t max_runs) { return Shrinker(swarm, max_runs).run(); }

std::string replay_options(const Swarm& swarm) {
  const Swarm drawn = Swarm::draw(swarm.seed, swarm.size);
  std::string options = "--seed " + std::to_string(swarm.seed), list;
  if (swarm.size == WorldSize::large) options += " --large";
  if (swarm.nodes != drawn.nodes) options += " --nodes " + std::to_string(swarm.nodes);
  if (swarm.liveness != drawn.liveness) options += " --no-liveness";
  for (std::size_t i = 0; i < fault_count; ++i)
    if (drawn.faults[i] && !swarm.faults[i])
      list +=
          (list.empty() ? "" : ",") + std::string(to_string(Fault{static_cast<std::uint8_t>(i)}));
  if (!list.empty()) options += " --without " + list;
  if (swarm.skipped.empty()) return options;
  list.clear();
  for (std::uint64_t i = 0; i < swarm.command_numbers(); ++i)
    if (!swarm.skipped.contains(i)) list += (list.empty() ? "" : ",") + std::to_string(i);
  return options + " --keep " + (list.empty() ? "none" : list);
}

}  // namespace genlock::simulation
