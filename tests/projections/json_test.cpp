#include "projections/json.h"

#include "catch.h"
#include "projections/json_text.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

using namespace genlock;

namespace {

std::string round_trip(std::string_view text) { return dump(parse_json(text).value()); }

bool refused(std::string_view text) {
  auto json = parse_json(text);
  return !json.ok() && json.error().code == ErrorCode::bad_request;
}

template <class T>
std::string printed(const T& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace

TEST_CASE("key order stays, white space and number spelling go", "[projections]") {
  REQUIRE(round_trip(R"( { "z" : 1.10, "a" : [ 60.0, 1e2, -0, true, null ] } )") ==
          R"({"z":1.1,"a":[60,100,0,true,null]})");
  REQUIRE(round_trip(R"("caf\u00e9 \ud83c\udfa5 \"\\ \u0001")") == "\"café 🎥 \\\"\\\\ \\u0001\"");
  REQUIRE(round_trip("9223372036854775807") == "9223372036854775807");
}

TEST_CASE("broken JSON is a bad request", "[projections]") {
  for (const char* text : {"", "{", "{\"a\":1,}", "nul", "NaN", "[1 2]", "{} {}", "'a'", "1e999",
                           "\"\xc3\x28\"", "\"\\ud800\"", "// x\n1", "01", "\"a\nb\""}) {
    INFO(text);
    REQUIRE(refused(text));
  }
}

TEST_CASE("a key that stands twice is refused at any depth", "[projections]") {
  REQUIRE(refused(R"({"a":1,"a":2})"));
  REQUIRE(refused(R"([{"b":{"a":1,"a":1}}])"));
  REQUIRE(!refused(R"({"a":{"a":{"a":1}}})"));
}

TEST_CASE("JSON is at most 32 deep", "[projections]") {
  REQUIRE(!refused(std::string(32, '[') + std::string(32, ']')));
  REQUIRE(refused(std::string(33, '[') + std::string(33, ']')));
  REQUIRE(refused(std::string(100'000, '[')));
}

TEST_CASE("what is JSON is what the library takes, for every short text", "[projections]") {
  constexpr std::string_view letters = "{}[]\",:01-a ";
  std::vector<std::string> texts{""};
  for (std::size_t next = 0; next < texts.size(); ++next) {
    const std::string text = texts[next];
    REQUIRE(is_json(text) == nlohmann::json::accept(text));
    if (text.size() < 4)
      for (char letter : letters) texts.push_back(text + letter);
  }
  for (std::string_view text :
       {R"({"a":1,"b":[],"c":{"d":"e"}})", R"(["a","b"])", R"({"a":10,"a":0})", R"({"a":01})",
        R"({"a":1,})", R"({"a":1}x)", R"({"a"})", R"(["a""b"])", R"(["a\u00e9"])", "[\"\x7f\"]",
        "[\"\xff\"]", "[\"\x01\"]", R"([1.5,-2,1e3,true,null])", R"(["a)", R"([1,])"})
    REQUIRE(is_json(text) == nlohmann::json::accept(text));
  REQUIRE(is_json(std::string(100, '[') + std::string(100, ']')));
}

TEST_CASE("numbers are printed shortest", "[projections]") {
  REQUIRE(printed(60.0) == "60");
  REQUIRE(printed(59.94) == "59.94");
  REQUIRE(printed(-0.0) == "0");
  REQUIRE(printed(std::nan("")) == "null");
  REQUIRE(printed(std::numeric_limits<double>::infinity()) == "null");
  REQUIRE(printed(std::int64_t{-5}) == "-5");
}

TEST_CASE("text that is no UTF-8 is mended, never passed on", "[projections]") {
  std::string broken = json_string_of(
      "ok\xff"
      "é\xc3");
  REQUIRE(broken == "\"ok\uFFFDé\uFFFD\"");
  REQUIRE(is_json(broken));
}

TEST_CASE("a person's unknown parts are null", "[projections]") {
  REQUIRE(printed(Person{}) == R"({"user":null,"user_id":null,"device":null})");
  Person ana{.user = "Ana",
             .user_id = *Uuid::parse("018f6b1e-0000-7000-8000-000000000001"),
             .device = "FOH"};
  REQUIRE(printed(ana) ==
          R"({"user":"Ana","user_id":"018f6b1e-0000-7000-8000-000000000001","device":"FOH"})");
}

TEST_CASE("pointers escape what would read as a path", "[projections]") {
  REQUIRE(pointer_to("/outputs/2", "connector") == "/outputs/2/connector");
  REQUIRE(pointer_to("", "a/b~c") == "/a~1b~0c");
}
