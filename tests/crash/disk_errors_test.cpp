// Errors at the first operation, at a later one, and so on until the work is through (as SQLite
// tests its own). Each third here; `./dev crash` takes all.
#include "catch.h"
#include "crash/trials.h"

using namespace genlock;
using namespace genlock::crash;

namespace {

const VolatileDisk& venue() {
  static const std::unique_ptr<VolatileDisk> disk = disk_with_show("venue");
  return *disk;
}

void fails_everywhere(Failure failure, std::uint64_t count) {
  Tally tally;
  const Complaint wrong = at_every(
      1, 3,
      [&](std::uint64_t n, bool& hit) {
        return fail_at(venue(), {failure, n, count}, hit);
      },
      tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > 15);
}

}  // namespace

TEST_CASE("one failed write or sync, wherever it is, loses nothing that was acknowledged",
          "[crash][disk]") {
  fails_everywhere(Failure::io_error, 1);
}

TEST_CASE("a disk that goes bad for good loses nothing that was acknowledged", "[crash][disk]") {
  fails_everywhere(Failure::io_error, UINT64_MAX);
}

TEST_CASE("a disk that is full, wherever it gets full, loses nothing that was acknowledged",
          "[crash][disk]") {
  fails_everywhere(Failure::no_space, 3);
}

TEST_CASE("a failed read, wherever it is, is no lost event", "[crash][disk]") {
  Tally tally;
  const Complaint wrong = at_every(
      1, 1,
      [](std::uint64_t n, bool& hit) {
        return fail_reads_at(venue(), {Failure::io_error, n, 1}, hit);
      },
      tally);
  INFO(wrong.value_or(""));
  REQUIRE_FALSE(wrong);
  REQUIRE(tally["operations"] > 20);
}
