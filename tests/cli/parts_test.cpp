// Small parts: printed JSON, logs, refusals as errors.
#include "catch.h"
#include "cli/api_client.h"
#include "cli/logger.h"
#include "cli/teller.h"
#include "projections/time_text.h"
#include "support/manual_clock.h"
#include "transfer/json_print.h"

#include <cstdio>

using namespace genlock;
using namespace genlock::cli;

TEST_CASE("printed JSON reads back as itself and prints the same again", "[cli]") {
  Json json = json_object({{"b", json_array({json_number(1), json_text("ä\n")})},
                           {"a", json_object({{"deep", json_object({{"x", json_flag(true)}})}})}});
  std::string text = pretty(json);
  REQUIRE(text == "{\n  \"b\": [1,\"ä\\n\"],\n  \"a\": {\n    \"deep\": {\"x\":true}\n  }\n}\n");
  auto again = parse_json(text);
  REQUIRE(again.ok());
  REQUIRE(pretty(*again) == text);
}

TEST_CASE("a log line is one JSON object, and what is below the level is dropped", "[cli]") {
  ManualClock clock;
  std::FILE* file = std::tmpfile();
  Logger log(LogLevel::info, clock, file);
  log.write(LogLevel::debug, "too small");
  log.info("peer \"A\"", {{"rtt_ms", std::int64_t{38}}, {"live", true}, {"url", "http://a"}});
  std::rewind(file);
  char line[512] = {};
  REQUIRE(std::fgets(line, sizeof line, file) != nullptr);
  auto json = parse_json(line);
  REQUIRE(json.ok());
  REQUIRE(text_of(*json, "msg") == "peer \"A\"");
  REQUIRE(text_of(*json, "level") == "info");
  REQUIRE(integer_of(*json, "rtt_ms") == 38);
  REQUIRE(std::fgets(line, sizeof line, file) == nullptr);
  std::fclose(file);
}

TEST_CASE("a log line for people is one line, whatever is in it", "[cli]") {
  ManualClock clock;
  std::FILE* file = std::tmpfile();
  Logger log(LogLevel::debug, clock, file, LogFormat::text);
  log.warning("synced",
              {{"peer", "Truck 2"}, {"ms", std::int64_t{38}}, {"ok", true}, {"url", "http://a"}});
  log.write(LogLevel::debug, "odd", {{"what", "a\nb"}, {"none", ""}});
  std::rewind(file);
  char text[512] = {};
  REQUIRE(std::fread(text, 1, sizeof text - 1, file) > 0);
  std::fclose(file);
  const std::string time = format_time(clock.now());
  const std::string stamp = time.substr(0, 10) + ' ' + time.substr(11, 12);
  REQUIRE(text == stamp + " warning  synced peer=\"Truck 2\" ms=38 ok=true url=http://a\n" + stamp +
                      " debug    odd what=\"a\\nb\" none=\"\"\n");
}

TEST_CASE("a refusal becomes an error with its remedy and its fields", "[cli]") {
  ApiAnswer answer{422,
                   R"({"title":"Wrong","detail":"mend it","errors":[{"pointer":"/h_res",
                       "code":"range","detail":"must be 1..32768"}]})",
                   {}};
  Error error = error_of(answer);
  REQUIRE(error.code == ErrorCode::invalid_argument);
  REQUIRE(error.message == "status 422, Wrong: mend it");
  REQUIRE(error.fields == std::vector<FieldError>{{"/h_res", "range", "must be 1..32768"}});
}

TEST_CASE("an address of a node is scheme, host and port", "[cli]") {
  REQUIRE(connect_to("http://127.0.0.1:3000/").ok());
  REQUIRE(!connect_to("127.0.0.1:3000").ok());
  REQUIRE(!connect_to("http://a/api").ok());
}

TEST_CASE("one wrong claim makes a story wrong", "[cli]") {
  Teller teller(true);
  teller.chapter("One");
  teller.claim("so", true);
  REQUIRE(teller.all_hold());
  teller.claim("not so", false, "seen");
  REQUIRE(!teller.all_hold());
  Json document = teller.document();
  REQUIRE(!member(document, "ok").boolean);
  REQUIRE(text_of(member(document, "claims").items[1], "detail") == "seen");
}
