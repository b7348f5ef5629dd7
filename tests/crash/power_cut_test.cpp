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

// The trial at the operations 1, 1 + step, ..; each one with `./dev crash --every`.
void at_many(std::uint64_t step, std::uint64_t least, const Trial& trial) {
  Tally tally;
  const Complaint wrong = at_every(1, step, trial, tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > least);
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
  REQUIRE(tally["compactions, some of them cut"] > 10);
}

TEST_CASE("a power cut at each storage operation of opening and working", "[crash]") {
  at_many(1, 100, [](std::uint64_t n, bool& hit) { return cut_at(venue(), n, hit); });
}

TEST_CASE("a power cut at each storage operation of a recovery", "[crash]") {
  at_many(1, 20, [](std::uint64_t n, bool& hit) { return cut_in_recovery_at(venue(), n, hit); });
}

TEST_CASE("a power cut at each storage operation of a rebuild", "[crash]") {
  at_many(1, 10, [](std::uint64_t n, bool& hit) { return cut_in_rebuild_at(venue(), n, hit); });
}

TEST_CASE("a power cut at each storage operation of taking a bundle", "[crash]") {
  at_many(1, 10, [](std::uint64_t n, bool& hit) { return cut_in_import_at(venue(), n, hit); });
}

TEST_CASE("a power cut within a compaction: it goes on, and leaves the same log", "[crash]") {
  at_many(2, 20,
          [](std::uint64_t n, bool& hit) { return cut_in_compaction_at(venue(), n, hit, false); });
}

TEST_CASE("a power cut while history files are written: log and files have every event",
          "[crash][history]") {
  at_many(2, 20,
          [](std::uint64_t n, bool& hit) { return cut_in_compaction_at(venue(), n, hit, true); });
}

TEST_CASE("a power cut within a snapshot: the next session brings all of it", "[crash]") {
  at_many(2, 10,
          [](std::uint64_t n, bool& hit) { return cut_in_snapshot_at(venue(), n, hit, false); });
}

TEST_CASE("a power cut within a snapshot that replaces what is here loses no edit of here",
          "[crash]") {
  at_many(2, 10,
          [](std::uint64_t n, bool& hit) { return cut_in_snapshot_at(venue(), n, hit, true); });
}
