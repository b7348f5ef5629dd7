// simulate: many seeds, one seed as a story, or the small world that a failure was shrunk to.
// Exit code 1 where a seed failed, or where a fault or rare branch never happened in enough seeds.
#include "simulation/shrink.h"
#include "simulation/simulator.h"
#include "support/seed_run.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace genlock::simulation;
using Clock = std::chrono::steady_clock;

constexpr const char* usage_text =
    "simulate --seeds A..B            these seeds\n"
    "         --minutes N             as many seeds as N minutes take, from 1 on (--seed A: from A "
    "on)\n"
    "         --seed N --trace        one seed, as a story\n"
    "         --without FAULT,...     some faults less        --keep N,...  only these commands\n"
    "         --nodes N               fewer nodes             --no-liveness safety alone\n"
    "         --no-shrink             leave a failure as it is\n";

// From so many seeds on everything must have happened.
constexpr std::uint64_t enough_seeds = 2'000;
constexpr std::uint64_t seeds_between_repeats = 100;
constexpr std::size_t max_shrink_runs = 400;

struct Options {
  genlock::test::SeedRun seeds = {.last = 100};
  bool trace = false, shrink = true, liveness = true;
  std::optional<std::size_t> nodes;
  std::vector<Fault> without;
  std::optional<std::vector<std::uint64_t>> keep;
};

struct Totals {
  std::uint64_t seeds = 0, failed = 0, accepted = 0, refused = 0, messages = 0, sessions = 0,
                crashes = 0, events = 0, conflicts = 0;
  Tally tally;

  void add(const Outcome& outcome) {
    ++seeds;
    accepted += outcome.accepted;
    refused += outcome.refused;
    messages += outcome.messages;
    sessions += outcome.sessions;
    crashes += outcome.crashes;
    events += outcome.events;
    conflicts += outcome.conflicts;
    tally.add(outcome.tally);
  }
};

Swarm swarm_of(std::uint64_t seed, const Options& options) {
  Swarm swarm = Swarm::draw(seed);
  if (options.nodes) swarm.nodes = *options.nodes;
  if (!options.liveness) swarm.liveness = false;
  for (Fault fault : options.without) swarm.turn_off(fault);
  if (!options.keep) return swarm;
  for (std::uint64_t i = 0; i < swarm.command_numbers(); ++i) swarm.skipped.insert(i);
  for (std::uint64_t number : *options.keep) swarm.skipped.erase(number);
  return swarm;
}

void tell_failure(const Swarm& swarm, const std::string& failure, const Options& options) {
  std::printf("seed %llu FAILED: %s\n  %s\n  replay it with: ./dev sim %s --trace\n",
              static_cast<unsigned long long>(swarm.seed), failure.c_str(),
              swarm.to_string().c_str(), replay_options(swarm).c_str());
  std::fflush(stdout);
  if (!options.shrink || options.trace) return;
  Shrunk small = shrink(swarm, max_shrink_runs);
  std::printf("  shrunk in %zu runs: %s\n  the small one: ./dev sim %s --trace\n", small.runs,
              small.failure.c_str(), replay_options(small.swarm).c_str());
  std::fflush(stdout);
}

void run(std::uint64_t seed, const Options& options, Totals& totals) {
  Swarm swarm = swarm_of(seed, options);
  if (options.trace) std::printf("%s\n", swarm.to_string().c_str());
  Outcome outcome = Simulator(swarm, options.trace).run();
  if (outcome.failure.empty() && !options.trace && seed % seeds_between_repeats == 0 &&
      Simulator(swarm, false).run().trace != outcome.trace)
    outcome.failure = "the second run of this seed went another way";
  totals.add(outcome);
  if (outcome.failure.empty()) return;
  ++totals.failed;
  tell_failure(swarm, outcome.failure, options);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    std::size_t comma = std::min(list.find(',', at), list.size());
    if (comma > at) parts.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

bool read_value(const std::string& name, const std::string& value, Options& options) {
  if (name == "--seed") return options.seeds.read("--seeds", value);
  if (genlock::test::SeedRun::is_option(name)) return options.seeds.read(name, value);
  if (name == "--nodes") {
    options.nodes = std::strtoull(value.c_str(), nullptr, 10);
    return *options.nodes >= 2 && *options.nodes <= 7;
  }
  if (name == "--without") {
    for (const std::string& fault : split(value)) {
      std::optional<Fault> found = fault_named(fault);
      if (!found) return false;
      options.without.push_back(*found);
    }
    return true;
  }
  if (name != "--keep") return false;
  options.keep.emplace();
  for (const std::string& number : split(value))
    if (number != "none") options.keep->push_back(std::strtoull(number.c_str(), nullptr, 10));
  return true;
}

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    if (name == "--trace") {
      options.trace = true;
    } else if (name == "--no-shrink") {
      options.shrink = false;
    } else if (name == "--no-liveness") {
      options.liveness = false;
    } else if (i + 1 == argc || !read_value(name, argv[++i], options)) {
      return false;
    }
  }
  return true;
}

bool tell_totals(const Totals& totals, double seconds) {
  auto n = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf("%s", totals.tally.table().c_str());
  std::printf(
      "%llu seeds, %llu failed, in %.1f s (%.0f a second): %llu commands taken, %llu refused, "
      "%llu messages, %llu sessions, %llu crashes, %llu events, %llu conflicts\n",
      n(totals.seeds), n(totals.failed), seconds, static_cast<double>(totals.seeds) / seconds,
      n(totals.accepted), n(totals.refused), n(totals.messages), n(totals.sessions),
      n(totals.crashes), n(totals.events), n(totals.conflicts));
  std::string missing = totals.tally.missing();
  if (totals.seeds < enough_seeds || missing.empty()) return totals.failed == 0;
  std::printf("FAILED: in so many seeds these never happened: %s\n", missing.c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fputs(usage_text, stderr);
    return 2;
  }
  Totals totals;
  auto start = Clock::now();
  auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  options.seeds.each([&](std::uint64_t seed) {
    run(seed, options, totals);
    return true;
  });
  if (options.trace) return totals.failed == 0 ? 0 : 1;
  return tell_totals(totals, seconds()) ? 0 : 1;
}
