// net: drawn stories of real nodes and bad networks, for as long as one likes. Exit code 1 where a
// promise was broken, 77 where the machine gives no network namespaces.
#include "net/namespaces.h"
#include "net/story.h"
#include "support/places.h"
#include "support/seed_run.h"
#include "support/temp_dir.h"

namespace {

using namespace genlock;
using namespace genlock::net;

constexpr const char* usage_text =
    "net --seeds A..B     these stories, through proxies: cuts, flipped bits, resets, silence\n"
    "    --minutes N      as many as N minutes take, from 1 on\n"
    "    --packets        in network namespaces instead: packets lost, late, twice; links cut\n";

struct Options {
  test::SeedRun seeds = {.last = 20};
  bool packets = false;
};

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--packets")
      options.packets = true;
    else if (!test::SeedRun::is_option(name) || i + 1 == argc ||
             !options.seeds.read(name, argv[++i]))
      return false;
  }
  return true;
}

Complaint tell(const Options& options, std::uint64_t seed, Tally& tally) {
  const TempDir folder;
  auto network = options.packets ? bad_packets(genlock_program(), folder.path(), seed)
                                 : bad_lines(genlock_program(), folder.path());
  if (!network.ok()) return "the nodes cannot be started: " + network.error().message;
  return play(**network, seed, tally);
}

bool tell_all(const Options& options, Tally& tally) {
  return options.seeds.each([&](std::uint64_t seed) {
    const Complaint wrong = tell(options, seed, tally);
    if (wrong)
      std::printf("FAILED: %s\n  again: ./dev net %s--seeds %llu\n", wrong->c_str(),
                  options.packets ? "--packets " : "", static_cast<unsigned long long>(seed));
    return !wrong;
  });
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fputs(usage_text, stderr);
    return 2;
  }
  if (options.packets)
    if (const auto entered = enter_namespaces(); !entered.ok()) {
      std::printf("SKIPPED: %s\n", entered.error().message.c_str());
      return skipped_status;
    }
  Tally tally;
  const bool all_well = tell_all(options, tally);
  test::print(tally);
  return all_well ? 0 : 1;
}
