// simulate --seeds A..B | --seed N [--trace]     exit code 1 where a seed failed
#include "simulation/simulator.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using genlock::simulation::Outcome;
using genlock::simulation::Simulator;
using genlock::simulation::Swarm;

struct Totals {
  std::uint64_t seeds = 0, failed = 0, accepted = 0, refused = 0, messages = 0, sessions = 0,
                crashes = 0, events = 0, conflicts = 0;
};

// Each seed runs twice: what happens must depend on the seed alone.
bool run(std::uint64_t seed, bool trace, Totals& totals) {
  Swarm swarm = Swarm::draw(seed);
  if (trace) std::printf("%s\n", swarm.to_string().c_str());
  Outcome outcome = Simulator(swarm, trace).run();
  if (outcome.failure.empty() && !trace && !(Simulator(swarm, false).run().trace == outcome.trace))
    outcome.failure = "the second run of this seed went another way";
  ++totals.seeds;
  totals.accepted += outcome.accepted;
  totals.refused += outcome.refused;
  totals.messages += outcome.messages;
  totals.sessions += outcome.sessions;
  totals.crashes += outcome.crashes;
  totals.events += outcome.events;
  totals.conflicts += outcome.conflicts;
  if (outcome.failure.empty()) return true;
  ++totals.failed;
  std::printf("seed %llu FAILED: %s\n  %s\n  replay it with: ./dev sim --seed %llu --trace\n",
              static_cast<unsigned long long>(seed), outcome.failure.c_str(),
              swarm.to_string().c_str(), static_cast<unsigned long long>(seed));
  return false;
}

int usage() {
  std::fprintf(stderr, "simulate --seeds A..B | --seed N [--trace]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t first = 1, last = 100;
  bool trace = false;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--trace") {
      trace = true;
    } else if ((argument == "--seed" || argument == "--seeds") && i + 1 < argc) {
      char* end = nullptr;
      first = last = std::strtoull(argv[++i], &end, 10);
      if (std::strncmp(end, "..", 2) == 0) last = std::strtoull(end + 2, &end, 10);
      if (*end != '\0' || first > last) return usage();
    } else {
      return usage();
    }
  }
  Totals totals;
  auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; seed <= last; ++seed) run(seed, trace, totals);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  auto n = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf(
      "%llu seeds, %llu failed, in %.1f s (each ran twice): %llu commands taken, %llu refused, "
      "%llu messages, "
      "%llu sessions, %llu crashes, %llu events, %llu conflicts\n",
      n(totals.seeds), n(totals.failed), seconds, n(totals.accepted), n(totals.refused),
      n(totals.messages), n(totals.sessions), n(totals.crashes), n(totals.events),
      n(totals.conflicts));
  return totals.failed == 0 ? 0 : 1;
}
