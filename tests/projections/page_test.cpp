// Pages of a list: the order, the cursor, and what happens to them when rows move meanwhile.
#include "projections/page.h"

#include "catch.h"

using namespace genlock;

namespace {

using Items = std::vector<std::string>;

Page page_of(const std::vector<Candidate>& candidates, const std::vector<OrderTerm>& order,
             std::size_t limit, const std::string& cursor = {}) {
  ListOptions options;
  options.limit = limit;
  options.cursor = cursor;
  PageChooser chooser = PageChooser::begin(order, options).value();
  for (const Candidate& candidate : candidates) chooser.offer(candidate);
  return chooser.finish();
}

// "a b c "
std::string all_pages(const std::vector<Candidate>& candidates, const std::vector<OrderTerm>& order,
                      std::size_t limit) {
  std::string all, cursor;
  while (true) {
    Page page = page_of(candidates, order, limit, cursor);
    REQUIRE(page.items.size() <= limit);
    for (const std::string& item : page.items) all += item + " ";
    if (!page.next_cursor) return all;
    cursor = *page.next_cursor;
  }
}

Uuid id(std::uint8_t last) {
  Uuid uuid;
  uuid.bytes[15] = last;
  return uuid;
}

Candidate named(std::string name, std::uint8_t n) {
  std::string item = name.substr(0, 1) + std::to_string(n);
  return {{Value{std::move(name)}}, id(n), std::move(item)};
}

}  // namespace

TEST_CASE("nulls are last in both directions, ties go by id", "[projections]") {
  std::vector<Candidate> candidates{{{Value{}}, id(1), "null"},
                                    {{Value{std::string("b")}}, id(3), "b3"},
                                    {{Value{std::string("b")}}, id(2), "b2"},
                                    {{Value{std::string("a")}}, id(4), "a"}};
  for (std::size_t limit : {1U, 2U, 3U, 100U}) {
    REQUIRE(all_pages(candidates, {{4, false}}, limit) == "a b2 b3 null ");
    REQUIRE(all_pages(candidates, {{4, true}}, limit) == "b2 b3 a null ");
  }
}

TEST_CASE("a page goes on after a row that has gone meanwhile", "[projections]") {
  std::vector<OrderTerm> order{{4, false}};
  std::string cursor = format_cursor(order, {{Value{std::string("b")}}, id(2)});
  std::vector<Candidate> left{{{Value{std::string("a")}}, id(9), "a"},
                              {{Value{std::string("c")}}, id(1), "c"}};
  REQUIRE(page_of(left, order, 10, cursor).items == Items{"c"});
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

TEST_CASE("a page goes on where the last one ended, also when its last row moved",
          "[projections]") {
  std::vector<OrderTerm> order{{4, false}};
  Page first = page_of({named("a", 1), named("b", 2), named("c", 3), named("d", 4)}, order, 2);
  REQUIRE(first.items == Items{"a1", "b2"});
  std::vector<Candidate> moved{named("a", 1), named("z", 2), named("c", 3), named("d", 4)};
  REQUIRE(page_of(moved, order, 9, *first.next_cursor).items == Items{"c3", "d4", "z2"});
}

TEST_CASE("texts longer than a cursor holds page without a gap or a double", "[projections]") {
  const std::string same(200, 'x');
  std::vector<Candidate> candidates;
  for (std::uint8_t n = 1; n <= 9; ++n)
    candidates.push_back(named(same + std::to_string(n), static_cast<std::uint8_t>(10 - n)));
  candidates.push_back(named(same.substr(0, 64), 20));
  for (std::size_t limit : {1U, 2U, 4U}) {
    REQUIRE(all_pages(candidates, {{4, false}}, limit) == "x20 x9 x8 x7 x6 x5 x4 x3 x2 x1 ");
    REQUIRE(all_pages(candidates, {{4, true}}, limit) == "x1 x2 x3 x4 x5 x6 x7 x8 x9 x20 ");
  }
}

TEST_CASE("a long list is walked page by page", "[projections]") {
  std::vector<Candidate> candidates;
  for (int n = 0; n < 500; ++n)
    candidates.push_back({{Value{std::int64_t{n * 7 % 500 / 3}}},
                          id(static_cast<std::uint8_t>(n % 250)),
                          std::to_string(n)});
  for (std::size_t n = 250; n < 500; ++n) candidates[n].id.bytes[0] = 1;
  std::string whole = all_pages(candidates, {{4, true}}, 1'000);
  for (std::size_t limit : {1U, 7U, 100U, 499U, 500U})
    REQUIRE(all_pages(candidates, {{4, true}}, limit) == whole);
}
