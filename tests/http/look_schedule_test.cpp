#include "http/server/look_schedule.h"

#include "catch.h"

#include <chrono>

namespace genlock::http {
namespace {

using namespace std::chrono_literals;

TEST_CASE("one look at a time, and none is missed", "[http][schedule]") {
  const LookSchedule::Time start{};
  LookSchedule poll({"changes"}, start + 100ms);
  REQUIRE_FALSE(poll.start_look(start));
  poll.wake({"other"});
  REQUIRE_FALSE(poll.start_look(start));
  poll.wake({"other", "changes"});
  REQUIRE(poll.start_look(start) == Wake::event);
  REQUIRE(poll.deadline() == LookSchedule::never);
  poll.wake({"changes"});
  REQUIRE_FALSE(poll.start_look(start));  // one is on its way
  poll.look_done();
  REQUIRE(poll.start_look(start) == Wake::event);
  poll.look_done();
  REQUIRE(poll.deadline() == start + 100ms);
  REQUIRE(poll.start_look(start + 100ms) == Wake::deadline);
}

TEST_CASE("a feed looks at once and then ticks", "[http][schedule]") {
  const LookSchedule::Time start{};
  LookSchedule feed({}, 10ms, start);
  REQUIRE(feed.start_look(start) == Wake::event);
  feed.look_done();
  REQUIRE(feed.start_look(start + 10ms) == Wake::deadline);
  feed.look_done();
  REQUIRE(feed.deadline() == start + 20ms);
  feed.stop();
  REQUIRE(feed.start_look(start + 11ms) == Wake::stopping);
}

}  // namespace
}  // namespace genlock::http
