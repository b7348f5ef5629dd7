// What every Store promises (engine/store.h).
#include "catch.h"
#include "support/stores.h"

#include <atomic>
#include <map>
#include <thread>
#include <vector>

using namespace genlock;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put(Store& store, const std::string& key, const std::string& value, bool durable = false) {
  Batch batch;
  batch.at(Space::state)[key] = value;
  REQUIRE(store.commit(batch, durable).ok());
}

Pairs scan(const Reader& reader, std::string_view first, std::string_view end,
           std::size_t max = 1000) {
  Pairs pairs;
  REQUIRE(reader
              .scan(Space::state, first, end,
                    [&](auto key, auto value) {
                      pairs.emplace_back(key, value);
                      return pairs.size() < max;
                    })
              .ok());
  return pairs;
}

Pairs scan_down(const Reader& reader, std::string_view first, std::string_view end,
                std::size_t max = 1000) {
  Pairs pairs;
  REQUIRE(reader
              .scan_down(Space::state, first, end,
                         [&](auto key, auto value) {
                           pairs.emplace_back(key, value);
                           return pairs.size() < max;
                         })
              .ok());
  return pairs;
}

}  // namespace

STORE_TEST_CASE("a store gives back what was put, and nothing after an erase", "[store]") {
  TestType tested;
  Store& store = tested.store();
  const std::string key("k\0\xff", 3), value("v\0", 2);
  REQUIRE(store.get(Space::state, key)->has_value() == false);
  put(store, key, value);
  REQUIRE(**store.get(Space::state, key) == value);
  put(store, key, "");
  REQUIRE(**store.get(Space::state, key) == "");
  Batch batch;
  batch.at(Space::state)[key] = std::nullopt;
  batch.at(Space::state)["never there"] = std::nullopt;
  REQUIRE(store.commit(batch, true).ok());
  REQUIRE(store.get(Space::state, key)->has_value() == false);
}

STORE_TEST_CASE("spaces do not see each other", "[store]") {
  TestType tested;
  Batch batch;
  for (std::size_t i = 0; i < space_count; ++i) batch.spaces[i]["key"] = std::to_string(i);
  REQUIRE(tested.store().commit(batch, true).ok());
  for (std::size_t i = 0; i < space_count; ++i) {
    REQUIRE(**tested.store().get(static_cast<Space>(i), "key") == std::to_string(i));
  }
}

STORE_TEST_CASE("scans keep byte order and bounds, both ways", "[store]") {
  TestType tested;
  Store& store = tested.store();
  for (const char* key : {"b", "a", "ab", "\xff", "\xff\xff", "c"}) put(store, key, key);
  REQUIRE(scan(store, "", "") == Pairs{{"a", "a"},
                                       {"ab", "ab"},
                                       {"b", "b"},
                                       {"c", "c"},
                                       {"\xff", "\xff"},
                                       {"\xff\xff", "\xff\xff"}});
  REQUIRE(scan(store, "ab", "c") == Pairs{{"ab", "ab"}, {"b", "b"}});
  REQUIRE(scan(store, "aa", "", 2) == Pairs{{"ab", "ab"}, {"b", "b"}});
  REQUIRE(scan_down(store, "ab", "c") == Pairs{{"b", "b"}, {"ab", "ab"}});
  REQUIRE(scan_down(store, "", "b", 1) == Pairs{{"ab", "ab"}});
  REQUIRE(scan_down(store, "c", "") ==
          Pairs{{"\xff\xff", "\xff\xff"}, {"\xff", "\xff"}, {"c", "c"}});
  REQUIRE(scan(store, "c", "b").empty());
  REQUIRE(scan(store, "b", "b").empty());
  REQUIRE(scan_down(store, "c", "b").empty());
  Pairs with_prefix;
  REQUIRE(store
              .scan_prefix(Space::state, "\xff",
                           [&](auto key, auto value) {
                             with_prefix.emplace_back(key, value);
                             return true;
                           })
              .ok());
  REQUIRE(with_prefix.size() == 2);
}

STORE_TEST_CASE("a snapshot stays as it was", "[store]") {
  TestType tested;
  Store& store = tested.store();
  put(store, "a", "1");
  put(store, "b", "1");
  const auto before = store.snapshot();
  put(store, "a", "2");
  Batch batch;
  batch.at(Space::state)["b"] = std::nullopt;
  batch.at(Space::state)["c"] = "2";
  REQUIRE(store.commit(batch, false).ok());
  REQUIRE(scan(*before, "", "") == Pairs{{"a", "1"}, {"b", "1"}});
  REQUIRE(scan_down(*before, "", "") == Pairs{{"b", "1"}, {"a", "1"}});
  REQUIRE(**before->get(Space::state, "a") == "1");
  REQUIRE(scan(store, "", "") == Pairs{{"a", "2"}, {"c", "2"}});
}

STORE_TEST_CASE("one may read, and write, while scanning", "[store]") {
  TestType tested;
  Store& store = tested.store();
  for (const char* key : {"a", "b", "c"}) put(store, key, "1");
  std::size_t count = 0;
  REQUIRE(store
              .scan(Space::state, "", "",
                    [&](auto key, auto) {
                      put(store, std::string(key) + "+", "2");
                      REQUIRE(**store.get(Space::state, std::string(key) + "+") == "2");
                      ++count;
                      return true;
                    })
              .ok());
  REQUIRE(count == 3);
}

STORE_TEST_CASE("a durable commit is there after reopening", "[store]") {
  TestType tested;
  put(tested.store(), "a", "1", true);
  tested.reopen();
  put(tested.store(), "b", "2", true);
  tested.reopen();
  REQUIRE(scan(tested.store(), "", "") == Pairs{{"a", "1"}, {"b", "2"}});
}

STORE_TEST_CASE("a batch is seen whole or not at all", "[store]") {
  TestType tested;
  Store& store = tested.store();
  std::atomic<bool> done{false}, torn{false};
  std::thread reader([&] {
    while (!done) {
      const auto view = store.snapshot();
      const auto a = view->get(Space::state, "a"), b = view->get(Space::rows, "b");
      if (*a != *b) torn = true;
    }
  });
  for (int i = 0; i < 300; ++i) {
    Batch batch;
    batch.at(Space::state)["a"] = std::to_string(i);
    batch.at(Space::rows)["b"] = std::to_string(i);
    REQUIRE(store.commit(batch, false).ok());
  }
  done = true;
  reader.join();
  REQUIRE_FALSE(torn);
}
