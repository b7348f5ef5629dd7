// crash: power cuts from many seeds, or a cut and each kind of error at every single storage
// operation. Exit code 1 where a promise was broken.
#include "crash/trials.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace genlock::crash;
using Clock = std::chrono::steady_clock;

constexpr const char* usage_text =
    "crash --seeds A..B     these seeds, each of six lives of a node that end in a power cut\n"
    "      --minutes N      as many seeds as N minutes take, from 1 on\n"
    "      --every          a cut and each kind of error at every storage operation\n";

struct Options {
  std::uint64_t first = 1, last = 500;
  double minutes = 0;
  bool every = false;
};

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--every") {
      options.every = true;
    } else if (name == "--minutes" && i + 1 < argc) {
      options.minutes = std::strtod(argv[++i], nullptr);
      options.last = UINT64_MAX;
    } else if (name == "--seeds" && i + 1 < argc) {
      char* rest = nullptr;
      options.first = options.last = std::strtoull(argv[++i], &rest, 10);
      if (std::string_view(rest).starts_with(".."))
        options.last = std::strtoull(rest + 2, nullptr, 10);
    } else {
      return false;
    }
  }
  return options.first > 0 && options.first <= options.last;
}

void tell(const Tally& tally) {
  for (const auto& [what, count] : tally)
    std::printf("%10llu %s\n", static_cast<unsigned long long>(count), what.c_str());
}

bool run_seeds(const VolatileDisk& disk, const Options& options, Tally& tally) {
  const auto end = Clock::now() + std::chrono::duration<double, std::ratio<60>>(options.minutes);
  for (std::uint64_t seed = options.first; seed <= options.last; ++seed) {
    if (options.minutes > 0 && Clock::now() > end) break;
    if (const Complaint wrong = power_cuts(disk, seed, tally)) {
      std::printf("FAILED: %s\n  again: ./dev crash --seeds %llu..%llu\n", wrong->c_str(),
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed));
      return false;
    }
    ++tally["seeds"];
  }
  return true;
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
  const bool all_well = options.every ? run_every(*disk, tally) : run_seeds(*disk, options, tally);
  tell(tally);
  return all_well ? 0 : 1;
}
