#include "transfer/fit.h"

#include "catch.h"

using namespace genlock;
using namespace genlock::transfer;

namespace {

std::string fitted(const char* table, const char* column, const char* json) {
  auto value = parse_json(json);
  REQUIRE(value.ok());
  auto made = fit(*find_table(table)->column(column), *value);
  return made.ok() ? dump(*made) : made.error().message;
}

}  // namespace

TEST_CASE("values of other programs in the form of a column", "[transfer]") {
  struct Case {
    const char *table, *column, *given, *wanted;
  };
  const Case cases[] = {
      {"sources", "h_res", "\" 1920 \"", "1920"},
      {"sources", "h_res", "1920.0", "1920"},
      {"sources", "h_res", "\"\"", "null"},
      {"sources", "h_res", "0", "must be 1..32768, not 0"},
      {"sources", "h_res", "\"TBD\"", "must be a whole number, not \"TBD\""},
      {"sources", "h_res", "1920.5", "must be a whole number, not 1920.5"},
      {"sources", "rate", "\"59,94\"", "59.94"},
      {"sources", "rate", "\"60\"", "60"},
      {"sources", "rate", "\"nan\"", "must be a number, not \"nan\""},
      {"sources", "name", "7", "\"7\""},
      {"sources", "blanking", "\"rbV2\"", "\"RBv2\""},
      {"productions", "status", "\"PLANNING\"", "\"planning\""},
      {"productions", "status", "\"maybe\"",
       "must be one of planning, ready, active, completed, archived, not \"maybe\""},
      {"productions", "load_in", "\"2024-03-15\"", "\"2024-03-15T00:00:00.000Z\""},
      {"productions", "load_in", "\"2024-03-15T08:30\"", "\"2024-03-15T08:30:00.000Z\""},
      {"productions", "load_in", "\"2024-03-15T08:30:00+02:00\"", "\"2024-03-15T06:30:00.000Z\""},
      {"equipment_specs", "io_architecture", "\"CARD_BASED\"", "\"card-based\""},
      {"equipment_specs", "format_by_io", "\"Yes\"", "true"},
      {"equipment_specs", "format_by_io", "0", "false"},
      {"equipment_specs", "device_formats", "[\"a\"]", "[\"a\"]"}};
  for (const Case& c : cases) {
    INFO(c.column << " " << c.given);
    REQUIRE(fitted(c.table, c.column, c.given) == c.wanted);
  }
  REQUIRE(fitted("productions", "load_in", "\"15.3.2024\"").starts_with("must be a date"));
  std::string long_name = '"' + std::string(2000, 'x') + '"';
  REQUIRE(fitted("sources", "name", long_name.c_str()).find("1000") != std::string::npos);
}

TEST_CASE("names in any spelling", "[transfer]") {
  for (const char* name : {"hRes", "H RES", "h-res", "h_res", "H Res "})
    REQUIRE(snake_case(name) == "h_res");
  REQUIRE(snake_case("secondaryDevice") == "secondary_device");
  REQUIRE(snake_case("").empty());
}
