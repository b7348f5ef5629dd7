// simulate: many seeds, one seed as a story, or the small world that a failure was shrunk to.
// Exit code 1 where a seed failed, or where a fault or rare branch never happened in enough seeds.
#include "simulation/shrink.h"
#include "simulation/simulator.h"
#include "support/seed_run.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
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
    "         --large                 larger worlds than usual\n"
    "         --no-shrink             leave a failure as it is\n"
    "         --jobs N                processes that share the seeds; as many as there are cores\n";

// From so many seeds on everything must have happened.
constexpr std::uint64_t enough_seeds = 2'000;
constexpr std::uint64_t seeds_between_repeats = 100;
constexpr std::size_t max_shrink_runs = 400;
constexpr std::size_t max_jobs = 256;

struct Options {
  genlock::test::SeedRun seeds = {.last = 100};
  WorldSize size = WorldSize::common;
  bool trace = false, shrink = true, liveness = true;
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
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
  void add(const Totals& other) {
    seeds += other.seeds;
    failed += other.failed;
    accepted += other.accepted;
    refused += other.refused;
    messages += other.messages;
    sessions += other.sessions;
    crashes += other.crashes;
    events += other.events;
    conflicts += other.conflicts;
    tally.add(other.tally);
  }
};

Swarm swarm_of(std::uint64_t seed, const Options& options) {
  Swarm swarm = Swarm::draw(seed, options.size);
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
  std::printf("seed %llu shrunk in %zu runs: %s\n  the small one: ./dev sim %s --trace\n",
              static_cast<unsigned long long>(swarm.seed), small.runs, small.failure.c_str(),
              replay_options(small.swarm).c_str());
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

// A process that takes every so-manieth seed. It writes here, where the first process reads.
struct Worker {
  Totals totals;
  std::uint64_t first = 0;  // seed
  double minutes_gone = 0;
  std::uint64_t seed = 0;  // that it is at
  pid_t process = 0;
};

void work(const Options& options, Worker& worker) {
  genlock::test::SeedRun seeds = options.seeds;
  seeds.first = worker.first;
  seeds.step = options.jobs;
  if (seeds.minutes) *seeds.minutes -= worker.minutes_gone;
  seeds.each([&](std::uint64_t seed) {
    worker.seed = seed;
    run(seed, options, worker.totals);
    return true;
  });
}

void begin(const Options& options, Worker& worker) {
  worker.seed = worker.first;
  worker.process = fork();
  if (worker.process < 0) std::perror("fork"), std::exit(2);
  if (worker.process == 0) work(options, worker), std::exit(0);
}

// The world of some seed ended its process, or leaked.
void tell_end(const Worker& worker, int status, const Options& options) {
  std::printf(
      "seed %llu FAILED: its process ended with %s %d\n  replay it with: ./dev sim %s "
      "--trace\n",
      static_cast<unsigned long long>(worker.seed), WIFSIGNALED(status) ? "signal" : "code",
      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
      replay_options(swarm_of(worker.seed, options)).c_str());
  std::fflush(stdout);
}

Totals run_here(const Options& options) {
  Worker worker;
  worker.first = options.seeds.first;
  work(options, worker);
  return worker.totals;
}

Totals run_shared(const Options& options) {
  Totals totals;
  void* shared = mmap(nullptr, options.jobs * sizeof(Worker), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) std::perror("mmap"), std::exit(2);
  auto* workers = static_cast<Worker*>(shared);
  std::uninitialized_default_construct_n(workers, options.jobs);
  for (std::size_t i = 0; i < options.jobs; ++i) {
    workers[i].first = options.seeds.first + i;
    begin(options, workers[i]);
  }
  const auto start = Clock::now();
  int status = 0;
  for (pid_t ended = wait(&status); ended > 0; ended = wait(&status)) {
    Worker& worker = *std::find_if(workers, workers + options.jobs,
                                   [&](const Worker& each) { return each.process == ended; });
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    tell_end(worker, status, options);
    ++worker.totals.failed;
    // Another process goes on behind that seed.
    worker.first = worker.seed + options.jobs;
    worker.minutes_gone =
        std::chrono::duration<double, std::ratio<60>>(Clock::now() - start).count();
    begin(options, worker);
  }
  for (std::size_t i = 0; i < options.jobs; ++i) totals.add(workers[i].totals);
  munmap(shared, options.jobs * sizeof(Worker));
  return totals;
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
  if (name == "--jobs") {
    options.jobs = std::strtoull(value.c_str(), nullptr, 10);
    return options.jobs >= 1 && options.jobs <= max_jobs;
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
    } else if (name == "--large") {
      options.size = WorldSize::large;
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
  const auto start = Clock::now();
  const bool is_one = !options.seeds.minutes && options.seeds.first == options.seeds.last;
  if (options.trace || is_one) options.jobs = 1;
  const Totals totals = options.jobs == 1 ? run_here(options) : run_shared(options);
  if (options.trace) return totals.failed == 0 ? 0 : 1;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return tell_totals(totals, seconds) ? 0 : 1;
}
