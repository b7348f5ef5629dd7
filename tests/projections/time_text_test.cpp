#include "projections/time_text.h"

#include "catch.h"

#include <rapidcheck.h>

using namespace genlock;

TEST_CASE("a time is printed in UTC with milliseconds", "[projections]") {
  REQUIRE(format_time(0) == "1970-01-01T00:00:00.000Z");
  REQUIRE(format_time(1'795'372'923'114) == "2026-11-22T18:42:03.114Z");
  REQUIRE(format_time(-1) == "1969-12-31T23:59:59.999Z");
  REQUIRE(format_time(951'782'400'000) == "2000-02-29T00:00:00.000Z");
}

TEST_CASE("a time beyond four digits of years is shown as the nearest one", "[projections]") {
  REQUIRE(format_time(INT64_MAX) == "9999-12-31T23:59:59.999Z");
  REQUIRE(format_time(INT64_MIN) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("any offset is read, and means the same moment", "[projections]") {
  auto moment = parse_time("2026-11-22T18:42:03.114Z");
  REQUIRE(moment == 1'795'372'923'114);
  REQUIRE(parse_time("2026-11-22T19:42:03.114+01:00") == moment);
  REQUIRE(parse_time("2026-11-22t08:12:03.114999-10:30") == moment);
  REQUIRE(parse_time("2026-11-22T18:42:03z") == *moment - 114);
  REQUIRE(parse_time("2016-12-31T23:59:60Z") == parse_time("2017-01-01T00:00:00Z"));
}

TEST_CASE("what has no time or no offset is refused", "[projections]") {
  for (const char* text :
       {"", "2026-11-22", "2026-11-22T18:42:03", "2026-11-22T18:42Z", "2026-11-22 18:42:03Z",
        "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T18:42:03.Z", "2026-11-22T18:42:03+0100", "2026-11-22T18:42:03Z ",
        "0000-01-01T00:00:00+01:00", "26-11-22T18:42:03Z", "2026-11-22T18:42:03+24:00"}) {
    INFO(text);
    REQUIRE(!parse_time(text));
  }
}

TEST_CASE("law: parse(format(time)) is the time", "[projections]") {
  REQUIRE(rc::check([] {
    auto ms = *rc::gen::inRange<std::int64_t>(-62'167'219'200'000, 253'402'300'799'999);
    RC_ASSERT(parse_time(format_time(ms)) == ms);
  }));
}
