#include "http/server/intake.h"

#include "catch.h"

#include <string>
#include <vector>

namespace genlock::http {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("an intake gives the same requests for any cut of the bytes", "[http][intake]") {
  const std::string bytes =
      "\r\nPOST /a HTTP/1.1\r\nHost: n\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: "
      "n\r\n\r\n"
      "PUT /c HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\n\r\n!";
  const Limits limits;
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    Intake intake(limits);
    std::string input;
    Strings seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      input += bytes.substr(at, step);
      while (intake.advance(input) == Intake::Step::request)
        seen.push_back(intake.head().method + intake.head().path + intake.body());
    }
    REQUIRE(seen == Strings{"POST/ahello", "GET/b", "PUT/c!"});
    REQUIRE(intake.stage() == Intake::Stage::idle);
  }
}

TEST_CASE("an intake refuses a head that does not end", "[http][intake]") {
  const Limits limits;
  Intake intake(limits);
  std::string input = "GET / HTTP/1.1\r\nHost: n\r\nX: " + std::string(16 * 1024, 'x');
  REQUIRE(intake.advance(input) == Intake::Step::refused);
  REQUIRE(intake.refusal().status == 431);
}

}  // namespace
}  // namespace genlock::http
