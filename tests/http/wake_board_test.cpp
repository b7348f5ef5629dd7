#include "http/server/wake_board.h"

#include "catch.h"

#include <string>
#include <vector>

namespace genlock::http {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("a wake between the look and the parking is not lost", "[http][wake]") {
  WakeBoard board;
  const auto before = board.now();
  REQUIRE(board.wake("changes"));
  REQUIRE_FALSE(board.wake("status"));  // the taker was told already
  board.wake("changes");
  REQUIRE(board.take() == Strings{"changes", "status"});
  REQUIRE(board.woken_since({"changes"}, before));
  REQUIRE_FALSE(board.woken_since({"other"}, before));
  REQUIRE_FALSE(board.woken_since({"changes"}, board.now()));
}

TEST_CASE("a wake board forgets topics rather than grow", "[http][wake]") {
  WakeBoard board;
  const auto before = board.now();
  for (int i = 0; i < 5000; ++i) board.wake("production " + std::to_string(i));
  REQUIRE(board.woken_since({"production 1"}, before));  // forgotten, so it may have been
  REQUIRE_FALSE(board.woken_since({"production 1"}, board.now()));
}

}  // namespace
}  // namespace genlock::http
