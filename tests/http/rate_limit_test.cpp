#include "http/server/rate_limit.h"

#include "catch.h"

namespace genlock::http {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a bucket gives its burst, then its rate", "[http][rate]") {
  RateLimit limit(2, 3);
  RateLimit::Time now{};
  for (int i = 0; i < 3; ++i) REQUIRE_FALSE(limit.refused("a", now));
  REQUIRE(limit.refused("a", now) == 1s);
  REQUIRE_FALSE(limit.refused("b", now));
  now += 500ms;
  REQUIRE_FALSE(limit.refused("a", now));
  REQUIRE(limit.refused("a", now));
  now += 1h;
  for (int i = 0; i < 3; ++i) REQUIRE_FALSE(limit.refused("a", now));
  REQUIRE(limit.refused("a", now));
}

TEST_CASE("the wait is when there will be one again", "[http][rate]") {
  RateLimit limit(0.1, 1);
  RateLimit::Time now{};
  REQUIRE_FALSE(limit.refused("a", now));
  REQUIRE(limit.refused("a", now) == 10s);
  now += 9s;
  REQUIRE(limit.refused("a", now) == 1s);
  now += 1s;
  REQUIRE_FALSE(limit.refused("a", now));
}

TEST_CASE("names that are made up share a bucket, and are forgotten", "[http][rate]") {
  RateLimit limit(1, 2);
  RateLimit::Time now{};
  int refused = 0;
  for (std::size_t i = 0; i < RateLimit::max_keys + 100; ++i)
    refused += limit.refused("k" + std::to_string(i), now).has_value();
  REQUIRE(refused >= 97);
  now += 10s;
  REQUIRE_FALSE(limit.refused("somebody else", now));
  REQUIRE_FALSE(limit.refused("somebody else", now));
}

}  // namespace
}  // namespace genlock::http
