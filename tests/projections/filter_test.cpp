#include "projections/filter.h"

#include "catch.h"

using namespace genlock;

namespace {

const std::vector<Field>& fields = shape_of(*find_table(table::sources));

Filter filter_of(std::string_view name, std::string_view text) {
  return parse_filter(fields, name, text).value();
}

bool text_passes(std::string_view filter, std::string_view value) {
  return passes(filter_of("name", filter), Value{std::string(value)});
}

bool refused(std::string_view name, std::string_view text) {
  QueryParameter parameter{name, text};
  auto options = parse_list_options(fields, std::span(&parameter, 1));
  return !options.ok() && options.error().code == ErrorCode::bad_request;
}

}  // namespace

TEST_CASE("operators compare by the column's type", "[projections]") {
  REQUIRE(text_passes("eq.CAM 1", "CAM 1"));
  REQUIRE(!text_passes("eq.cam 1", "CAM 1"));
  REQUIRE(text_passes("neq.x", "y"));
  REQUIRE(text_passes("ilike.*cam*", "Wide CAM 2"));
  REQUIRE(!text_passes("ilike.cam", "CAM 2"));
  REQUIRE(text_passes("in.(a,\"b,c\")", "b,c"));
  REQUIRE(!text_passes("in.(a,b)", "c"));
  REQUIRE(passes(filter_of("h_res", "gte.1920"), Value{std::int64_t{1920}}));
  REQUIRE(!passes(filter_of("h_res", "gt.1920"), Value{std::int64_t{1920}}));
  REQUIRE(passes(filter_of("rate", "eq.60"), Value{60.0}));
  REQUIRE(passes(filter_of("created_at", "lt.2026-11-22T00:00:00Z"), Value{std::int64_t{0}}));
}

TEST_CASE("null equals nothing, and is told by is.null", "[projections]") {
  REQUIRE(!passes(filter_of("name", "neq.x"), Value{}));
  REQUIRE(!passes(filter_of("h_res", "lt.5"), Value{}));
  REQUIRE(passes(filter_of("h_res", "is.null"), Value{}));
  REQUIRE(!passes(filter_of("h_res", "is.null"), Value{std::int64_t{1}}));
  REQUIRE(passes(filter_of("is_deleted", "is.false"), Value{false}));
}

TEST_CASE("what a list does not know is a bad request", "[projections]") {
  REQUIRE(refused("colour", "eq.red"));
  REQUIRE(refused("name", "camera"));
  REQUIRE(refused("name", "like.x"));
  REQUIRE(refused("h_res", "eq.wide"));
  REQUIRE(refused("h_res", "ilike.1*"));
  REQUIRE(refused("created_at", "eq.2026-11-22"));
  REQUIRE(refused("id", "eq.1"));
  REQUIRE(refused("name", "in.a"));
  REQUIRE(refused("limit", "0"));
  REQUIRE(refused("limit", "1001"));
  REQUIRE(refused("limit", "ten"));
  REQUIRE(refused("order", "name.up"));
  REQUIRE(refused("order", "colour"));
  REQUIRE(refused("deleted", "yes"));
  REQUIRE(!refused("order", "type.asc,label.desc"));
  REQUIRE(!refused("limit", "1000"));
}

TEST_CASE("a list in brackets has quotes, backslashes, and may be empty", "[projections]") {
  REQUIRE(text_passes("in.(\"a\\\"b\",c)", "a\"b"));
  REQUIRE(text_passes(R"(in.("a\\"))", "a\\"));
  REQUIRE(text_passes(R"(in.(5" screen,x))", "5\" screen"));
  REQUIRE(text_passes("in.(\"(x)\",y)", "(x)"));
  REQUIRE(text_passes("in.(a,)", ""));
  REQUIRE(!text_passes("in.()", ""));
  REQUIRE(!text_passes("in.()", "a"));
  REQUIRE(passes(filter_of("h_res", "in.(1,1920)"), Value{std::int64_t{1920}}));
  REQUIRE(!passes(filter_of("name", "in.(a)"), Value{}));
  for (const char* bad : {"in.(\"a)", "in.(\"a\"b)", "in.(\"a\\)", "in.(", "in.)", "in.a,b"}) {
    INFO(bad);
    REQUIRE(refused("name", bad));
  }
}

TEST_CASE("ilike knows no case, and a star is any text", "[projections]") {
  REQUIRE(text_passes("ilike.cam*2", "CAM 1 and CAM 2"));
  REQUIRE(text_passes("ilike.*a*b*c*", "xAxBxC"));
  REQUIRE(!text_passes("ilike.*a*b*c", "abcd"));
  REQUIRE(!text_passes("ilike.ab*ba", "aba"));
  REQUIRE(text_passes("ilike.*", ""));
  REQUIRE(text_passes("ilike.", ""));
  REQUIRE(text_passes("ilike.a%b_", "A%B_"));
  REQUIRE(
      text_passes("ilike.*\xc3\xbc"
                  "ber*",
                  "\xc3\x9c"
                  "BER CAM"));                                          // ü, Ü
  REQUIRE(text_passes("ilike.\xd0\xba*", "\xd0\x9a\xd0\xb0\xd0\xbc"));  // к, К
  REQUIRE(!passes(filter_of("name", "ilike.*"), Value{}));
}

// Naive matching would take as long as the universe is old.
TEST_CASE("ilike takes time with the length of the text only", "[projections]") {
  std::string pattern = "ilike.", text(10'000, 'a');
  for (int n = 0; n < 1'000; ++n) pattern += "*aaa";
  Filter filter = filter_of("note", pattern + "*b*");
  for (int n = 0; n < 2'000; ++n) REQUIRE(!passes(filter, Value{text}));
}

TEST_CASE("opaque JSON takes is.null alone", "[projections]") {
  const std::vector<Field>& of_devices = shape_of(*find_table(table::equipment_specs));
  REQUIRE(parse_filter(of_devices, "specs", "is.null").ok());
  for (const char* bad : {"is.true", "eq.{}", "neq.1", "in.(1)", "ilike.*", "gt.1"})
    REQUIRE(!parse_filter(of_devices, "specs", bad).ok());
}

TEST_CASE("a list takes twenty filters", "[projections]") {
  std::vector<QueryParameter> parameters(20, {"name", "neq.x"});
  REQUIRE(parse_list_options(fields, parameters).ok());
  parameters.emplace_back("label", "neq.x");
  Error error = parse_list_options(fields, parameters).error();
  REQUIRE(error.fields.front().pointer == "label");
}
