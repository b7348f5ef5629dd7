#include "cli/addresses.h"

#include "catch.h"

#include <algorithm>

using namespace genlock;
using namespace genlock::cli;

TEST_CASE("one address that was listened on is the only one", "[cli]") {
  auto one = addresses_of({"127.0.0.1", 0}, 3001);
  REQUIRE(one.size() == 1);
  REQUIRE(one[0].url == "http://127.0.0.1:3001");
  REQUIRE(one[0].loopback);
  REQUIRE(addresses_of({"::1", 0}, 3001)[0].url == "http://[::1]:3001");
  REQUIRE(addresses_of({"truck.example", 0}, 80)[0].loopback == false);
}

TEST_CASE("all interfaces are all their addresses, loopback last", "[cli]") {
  for (const char* any : {"0.0.0.0", "::"}) {
    auto all = addresses_of({any, 0}, 3001);
    REQUIRE(std::ranges::any_of(
        all, [](const auto& one) { return one.address == "127.0.0.1" && one.loopback; }));
    REQUIRE(std::ranges::is_sorted(all, {}, [](const auto& one) { return one.loopback; }));
    for (const auto& one : all) REQUIRE_FALSE(one.interface.empty());
  }
}
