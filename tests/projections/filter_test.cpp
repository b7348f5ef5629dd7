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

std::vector<std::size_t> all_pages(const std::vector<Candidate>& candidates,
                                   std::vector<OrderTerm> order, std::size_t limit) {
  ListOptions options;
  options.limit = limit;
  std::vector<std::size_t> numbers;
  while (true) {
    Page page = choose_page(candidates, order, options).value();
    numbers.insert(numbers.end(), page.numbers.begin(), page.numbers.end());
    if (!page.next_cursor) return numbers;
    options.cursor = *page.next_cursor;
  }
}

Uuid id(std::uint8_t last) {
  Uuid uuid;
  uuid.bytes[15] = last;
  return uuid;
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

TEST_CASE("nulls are last in both directions, ties go by id", "[projections]") {
  std::vector<Candidate> candidates{{{Value{}}, id(1), 0},
                                    {{Value{std::string("b")}}, id(3), 1},
                                    {{Value{std::string("b")}}, id(2), 2},
                                    {{Value{std::string("a")}}, id(4), 3}};
  for (std::size_t limit : {1U, 2U, 3U, 100U}) {
    REQUIRE(all_pages(candidates, {{4, false}}, limit) == std::vector<std::size_t>{3, 2, 1, 0});
    REQUIRE(all_pages(candidates, {{4, true}}, limit) == std::vector<std::size_t>{2, 1, 3, 0});
  }
}

TEST_CASE("a page goes on after a row that has gone meanwhile", "[projections]") {
  std::vector<OrderTerm> order{{4, false}};
  ListOptions options;
  options.cursor = format_cursor(order, {{Value{std::string("b")}}, id(2)});
  std::vector<Candidate> left{{{Value{std::string("a")}}, id(9), 0},
                              {{Value{std::string("c")}}, id(1), 1}};
  REQUIRE(choose_page(left, order, options).value().numbers == std::vector<std::size_t>{1});
}

TEST_CASE("a cursor of another order or of nobody is refused", "[projections]") {
  std::vector<OrderTerm> order{{4, false}}, other{{4, true}};
  std::string cursor = format_cursor(order, {{Value{std::string(5'000, 'x')}}, id(2)});
  REQUIRE(cursor.size() < 400);
  REQUIRE(parse_cursor(order, cursor).ok());
  REQUIRE(!parse_cursor(other, cursor).ok());
  REQUIRE(!parse_cursor(order, cursor.substr(2)).ok());
  REQUIRE(!parse_cursor(order, "zz").ok());
}
