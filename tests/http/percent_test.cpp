#include "http/server/percent.h"

#include "catch.h"

#include <string>
#include <vector>

namespace genlock::http {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("percent-decoding refuses what does not decode", "[http][percent]") {
  REQUIRE(percent_decode("a%20b+c", Plus::literal) == "a b+c");
  REQUIRE(percent_decode("a%20b+c", Plus::space) == "a b c");
  REQUIRE(percent_decode("%C3%a4", Plus::literal) == "\xc3\xa4");
  for (const char* bad : {"%", "%2", "%zz", "%2g", "a%", "%00", "%%20"}) {
    INFO(bad);
    REQUIRE_FALSE(percent_decode(bad, Plus::literal));
  }
}

TEST_CASE("paths are split before they are decoded", "[http][percent]") {
  REQUIRE(*decode_path("/") == Strings{});
  REQUIRE(*decode_path("/a%2Fb/c") == Strings{"a/b", "c"});
  REQUIRE(*decode_path("/a//b/") == Strings{"a", "", "b", ""});
  REQUIRE(*decode_path("//") == Strings{"", ""});
}

TEST_CASE("query parameters keep order and duplicates", "[http][percent]") {
  const Parameters query = *decode_query("order=a%2Cb&x=1&&x=2&flag&=v&X=3");
  REQUIRE(query.get("order") == "a,b");
  REQUIRE(query.values("x") == std::vector<std::string_view>{"1", "2"});
  REQUIRE(query.find("flag") != nullptr);
  REQUIRE(query.get("") == "v");
  REQUIRE(query.find("none") == nullptr);
  REQUIRE_FALSE(decode_query("a=%"));
}

}  // namespace
}  // namespace genlock::http
