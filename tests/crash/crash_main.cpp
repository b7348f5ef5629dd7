// crash: power cuts from many seeds, or a cut and each kind of error at every single storage
// operation. Exit code 1 where a promise was broken.
#include "crash/trials.h"
#include "support/seed_run.h"

namespace {

using namespace genlock::crash;
using genlock::test::SeedRun;

constexpr const char* usage_text =
    "crash --seeds A..B     these seeds, each of six lives of a node that end in a power cut\n"
    "      --minutes N      as many seeds as N minutes take, from 1 on\n"
    "      --every          a cut and each kind of error at every storage operation\n";

struct Options {
  SeedRun seeds = {.last = 500};
  bool every = false;
};

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--every")
      options.every = true;
    else if (!SeedRun::is_option(name) || i + 1 == argc || !options.seeds.read(name, argv[++i]))
      return false;
  }
  return true;
}

bool run_seeds(const VolatileDisk& disk, const SeedRun& seeds, Tally& tally) {
  return seeds.each([&](std::uint64_t seed) {
    const Complaint wrong = power_cuts(disk, seed, tally);
    if (wrong)
      std::printf("FAILED: %s\n  again: ./dev crash --seeds %llu\n", wrong->c_str(),
                  static_cast<unsigned long long>(seed));
    else
      ++tally["seeds"];
    return !wrong;
  });
}

bool run_every(const VolatileDisk& disk, Tally& tally) {
  bool all_well = true;
  for (const auto& [name, trial] : all_trials(disk)) {
    Tally ours;
    const Complaint wrong = at_every(1, 1, trial, ours);
    tally[name] = ours["operations"];
    if (!wrong) continue;
    std::printf("FAILED: %s, %s\n", name.c_str(), wrong->c_str());
    all_well = false;
  }
  return all_well;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fputs(usage_text, stderr);
    return 2;
  }
  const auto disk = disk_with_show("venue");
  Tally tally;
  const bool all_well =
      options.every ? run_every(*disk, tally) : run_seeds(*disk, options.seeds, tally);
  genlock::test::print(tally);
  return all_well ? 0 : 1;
}
