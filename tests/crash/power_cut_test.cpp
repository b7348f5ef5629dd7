// A real node on a disk that loses what was not synced. `./dev crash` does the same for as long as
// one likes.
#include "catch.h"
#include "crash/trials.h"

using namespace genlock;
using namespace genlock::crash;

namespace {

const VolatileDisk& venue() {
  static const std::unique_ptr<VolatileDisk> disk = disk_with_show("venue");
  return *disk;
}

}  // namespace

TEST_CASE("no power cut at any moment loses an acknowledged write", "[crash]") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const Complaint wrong = power_cuts(venue(), seed, tally);
    INFO(wrong.value_or("") << "\nagain: ./dev crash --seeds " << seed << ".." << seed);
    REQUIRE_FALSE(wrong);
  }
  for (const auto& [what, count] : tally) UNSCOPED_INFO(what << ": " << count);
  REQUIRE(tally["cuts"] == 150);
  REQUIRE(tally["cuts while opening"] > 10);
  REQUIRE(tally["flushes"] > 100);
}

TEST_CASE("a power cut at each storage operation of opening and working", "[crash]") {
  Tally tally;
  const Complaint wrong = at_every(
      1, 1, [](std::uint64_t n, bool& hit) { return cut_at(venue(), n, hit); }, tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > 100);
}

TEST_CASE("a power cut at each storage operation of a recovery", "[crash]") {
  Tally tally;
  const Complaint wrong = at_every(
      1, 1, [](std::uint64_t n, bool& hit) { return cut_in_recovery_at(venue(), n, hit); }, tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > 20);
}

TEST_CASE("a power cut at each storage operation of a rebuild", "[crash]") {
  Tally tally;
  const Complaint wrong = at_every(
      1, 1, [](std::uint64_t n, bool& hit) { return cut_in_rebuild_at(venue(), n, hit); }, tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > 10);
}

TEST_CASE("a power cut at each storage operation of taking a bundle", "[crash]") {
  Tally tally;
  const Complaint wrong = at_every(
      1, 1, [](std::uint64_t n, bool& hit) { return cut_in_import_at(venue(), n, hit); }, tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > 10);
}
