#include "http/server/problem.h"

#include "catch.h"

namespace genlock::http {
namespace {

TEST_CASE("problem bodies are JSON whatever they quote", "[http][problem]") {
  REQUIRE(json_string("a\"b\\c\n\x01") == R"("a\"b\\c\u000a\u0001")");
  REQUIRE(json_string("\xc3\xa4\xf0\x9f\x8e\xa5") == "\"\xc3\xa4\xf0\x9f\x8e\xa5\"");
  REQUIRE(json_string("\xff\xc0\xaf") == "\"\uFFFD\uFFFD\uFFFD\"");
  const HttpResponse response =
      problem_response(standard_problem(413, "at most 5 bytes"), "/api/x", "r1");
  REQUIRE(response.content_type == "application/problem+json");
  REQUIRE(response.body ==
          R"({"type":"/problems/too-large","title":"The body is too large","status":413,)"
          R"("detail":"at most 5 bytes","instance":"/api/x","request_id":"r1"})");
}

}  // namespace
}  // namespace genlock::http
