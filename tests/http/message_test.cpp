#include "http/server/message.h"

#include "catch.h"

namespace genlock::http {
namespace {

TEST_CASE("header names compare without case", "[http][message]") {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("content-type", "b");
  REQUIRE(headers.get("CONTENT-TYPE") == "a");
  REQUIRE(headers.count("Content-type") == 2);
  REQUIRE(headers.find("Content") == nullptr);
}

}  // namespace
}  // namespace genlock::http
