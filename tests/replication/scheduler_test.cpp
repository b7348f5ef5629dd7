#include "replication/scheduler.h"

#include "catch.h"
#include "replication/backoff.h"
#include "support/seeded_random.h"

namespace genlock::replication {
namespace {

using Step = Scheduler::Step;

struct Fixture {
  SeededRandom random{1};
  Scheduler scheduler{Scheduler::Options{}, random};

  void go_live(SteadyMs now) {
    REQUIRE(scheduler.next(now) == Step::full);
    scheduler.session_ended(now, true, false, true);
    REQUIRE(scheduler.next(now) == Step::wait);
  }
};

TEST_CASE("a session at once, then live: a poll is parked", "[scheduler]") {
  Fixture f;
  REQUIRE(f.scheduler.state() == LinkState::connecting);
  f.go_live(0);
  REQUIRE(f.scheduler.state() == LinkState::connected);
  REQUIRE(f.scheduler.next(10) == Step::nothing);
  f.scheduler.wait_ended(25'000, true, false);
  REQUIRE(f.scheduler.next(25'000) == Step::wait);
}

TEST_CASE("while live a local write is pushed at once, beside the poll", "[scheduler]") {
  Fixture f;
  f.go_live(0);
  f.scheduler.local_write();
  REQUIRE(f.scheduler.next(100) == Step::push);
  f.scheduler.local_write();
  REQUIRE(f.scheduler.next(110) == Step::nothing);
  f.scheduler.session_ended(120, true, false, true);
  REQUIRE(f.scheduler.next(120) == Step::push);
}

TEST_CASE("a poll that says there is more leads to a session", "[scheduler]") {
  Fixture f;
  f.go_live(0);
  f.scheduler.wait_ended(500, true, true);
  REQUIRE(f.scheduler.next(500) == Step::full);
  REQUIRE(f.scheduler.next(500) == Step::nothing);
}

TEST_CASE("failures wait longer and longer, by chance, and a write does not shorten it",
          "[scheduler]") {
  Fixture f;
  SteadyMs now = 0;
  std::int64_t longest = 0;
  for (int i = 1; i <= 12; ++i) {
    REQUIRE(f.scheduler.next(now) == Step::full);
    f.scheduler.session_ended(now, false, false, true);
    REQUIRE(f.scheduler.state() == LinkState::backoff);
    f.scheduler.local_write();
    std::int64_t wait = f.scheduler.wake_at() - now;
    REQUIRE(f.scheduler.next(now + wait - 1) == Step::nothing);
    REQUIRE(wait <= std::min<std::int64_t>(max_backoff_ms, min_backoff_ms << (i - 1)));
    REQUIRE(wait >= std::min<std::int64_t>(max_backoff_ms, min_backoff_ms << (i - 1)) / 2);
    longest = std::max(longest, wait);
    now += wait;
  }
  REQUIRE(longest > 30'000);
  REQUIRE(f.scheduler.next(now) == Step::full);
  f.scheduler.session_ended(now, true, false, true);
  REQUIRE(f.scheduler.state() == LinkState::connected);
}

TEST_CASE("sync now does not wait for the back-off", "[scheduler]") {
  Fixture f;
  REQUIRE(f.scheduler.next(0) == Step::full);
  f.scheduler.session_ended(0, false, false, true);
  REQUIRE(f.scheduler.next(1) == Step::nothing);
  f.scheduler.sync_now();
  REQUIRE(f.scheduler.next(1) == Step::full);
}

TEST_CASE("paused, only what was asked for happens", "[scheduler]") {
  Fixture f;
  f.scheduler.set_paused(true);
  f.scheduler.local_write();
  REQUIRE(f.scheduler.next(0) == Step::nothing);
  f.scheduler.sync_now();
  REQUIRE(f.scheduler.next(0) == Step::full);
  f.scheduler.session_ended(0, true, false, true);
  REQUIRE(f.scheduler.next(0) == Step::nothing);
  REQUIRE(f.scheduler.state() == LinkState::paused);
  f.scheduler.set_paused(false);
  REQUIRE(f.scheduler.next(0) == Step::full);
}

TEST_CASE("a difference that stays does not make the two go round", "[scheduler]") {
  Fixture f;
  REQUIRE(f.scheduler.next(0) == Step::full);
  f.scheduler.session_ended(0, true, false, false);
  REQUIRE(f.scheduler.next(0) == Step::nothing);
  REQUIRE(f.scheduler.wake_at() == 1'000);
  f.scheduler.local_write();
  REQUIRE(f.scheduler.next(10) == Step::push);
  f.scheduler.session_ended(20, true, false, false);
  REQUIRE(f.scheduler.next(1'000) == Step::wait);
}

TEST_CASE("a refused peer is tried again once a minute", "[scheduler]") {
  Fixture f;
  REQUIRE(f.scheduler.next(0) == Step::full);
  f.scheduler.session_ended(0, false, true, true);
  REQUIRE(f.scheduler.state() == LinkState::refused);
  REQUIRE(f.scheduler.next(59'999) == Step::nothing);
  REQUIRE(f.scheduler.next(60'000) == Step::full);
}

TEST_CASE("live or not, a full session comes now and then", "[scheduler]") {
  Fixture f;
  f.go_live(0);
  REQUIRE(f.scheduler.next(59'999) == Step::nothing);
  REQUIRE(f.scheduler.next(60'000) == Step::full);
  SeededRandom random(1);
  Scheduler::Options options;
  options.live = false;
  Scheduler periodic(options, random);
  REQUIRE(periodic.next(0) == Step::full);
  periodic.session_ended(0, true, false, true);
  REQUIRE(periodic.next(4'999) == Step::nothing);
  REQUIRE(periodic.next(5'000) == Step::full);
}

}  // namespace
}  // namespace genlock::replication
