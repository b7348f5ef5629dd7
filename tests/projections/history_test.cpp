// Histories and their pages: what was folded for one is good for the next as long as nothing came
// between.
#include "projections/history.h"

#include "rows_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

struct Show {
  Show() {
    create(node, gala_row, R"({"client":"A","show_name":"Gala"})");
    for (std::uint8_t n = 1; n <= 5; ++n) {
      create(node, source(n), R"({"type":"camera","name":"CAM"})");
      command(node, CommandKind::update, source(n), R"({"name":"ONE","note":"x"})");
    }
  }

  ServedList list(const ListOptions& options, std::optional<RecordKey> record = {}) {
    ReadContext context{node.store, node.log, 0};
    return list_history(context, gala, record, options, cache).value();
  }

  // All pages, each item once.
  std::string walk(std::size_t limit, std::optional<RecordKey> record = {}, bool forget = false) {
    ListOptions options;
    options.limit = limit;
    std::string all;
    while (true) {
      if (forget) cache = {};
      ServedList page = list(options, record);
      REQUIRE(page.count <= limit);
      all += page.json.substr(1, page.json.size() - 2) + ",";
      if (!page.next_cursor) return all;
      options.cursor = *page.next_cursor;
    }
  }

  LanNode node{1, Role::lan};
  HistoryCache cache;
};

}  // namespace

TEST_CASE("pages from what is kept are those that are folded", "[projections][history]") {
  Show show;
  std::string whole = show.walk(1'000, {}, true);
  REQUIRE(nlohmann::json::parse("[" + whole.substr(0, whole.size() - 1) + "]").size() == 11);
  for (std::size_t limit : {1U, 3U, 10U, 11U}) {
    std::string of_one = show.walk(limit, source(2), true);
    REQUIRE(show.walk(limit, {}, true) == whole);
    REQUIRE(show.walk(limit) == whole);
    REQUIRE(show.cache.items.size() == 11);
    REQUIRE(show.walk(limit, source(2)) == of_one);
  }
}

TEST_CASE("what is written meanwhile shows on a first page, and moves no later one",
          "[projections][history]") {
  Show show;
  ListOptions options;
  options.limit = 4;
  ServedList first = show.list(options);
  VersionVector kept = show.cache.has;
  command(show.node, CommandKind::update, source(1), R"({"name":"TWO"})");
  ListOptions next = options;
  next.cursor = *first.next_cursor;
  ServedList second = show.list(next);
  REQUIRE(show.cache.has == kept);  // nothing was folded
  show.cache = {};
  REQUIRE(show.list(next).json == second.json);
  REQUIRE(show.list(options).json.find("TWO") != std::string::npos);
}

TEST_CASE("what arrives with an older time makes a history anew", "[projections][history]") {
  Show show;
  LanNode other{2, Role::lan};
  TestRandom random{3};
  ship(show.node, other, gala, random);
  other.clock.set(show.node.clock.peek() + 1);
  command(other, CommandKind::update, source(2), R"({"name":"BETWEEN"})");
  show.node.clock.set(show.node.clock.peek() + 1'000);
  for (int n = 0; n < 5; ++n)
    command(show.node, CommandKind::update, source(1), R"({"name":"N)" + std::to_string(n) + "\"}");
  ListOptions options;
  options.limit = 2;
  ServedList first = show.list(options);
  ship(other, show.node, gala, random);
  options.cursor = *first.next_cursor;
  options.limit = 10;
  REQUIRE(show.list(options).json.find("BETWEEN") != std::string::npos);
}
