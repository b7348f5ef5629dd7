#include "catch.h"
#include "engine/store.h"
#include "eventlog/memory_store.h"

using namespace genlock;

TEST_CASE("the end of a prefix is the least key above all that begin with it", "[store]") {
  REQUIRE(Reader::end_of_prefix("ab") == "ac");
  REQUIRE(Reader::end_of_prefix("a\xff\xff") == "b");
  REQUIRE(Reader::end_of_prefix("\xff") == "");
  REQUIRE(Reader::end_of_prefix("") == "");
}

TEST_CASE("an overlay writes nothing through", "[store]") {
  MemoryStore store;
  Overlay overlay(store);
  REQUIRE(overlay.batch().empty());
  overlay.put(Space::rows, "a", "1");
  overlay.erase(Space::rows, "b");
  REQUIRE_FALSE(overlay.batch().empty());
  REQUIRE(**overlay.get(Space::rows, "a") == "1");
  REQUIRE(store.get(Space::rows, "a")->has_value() == false);
}

TEST_CASE("the upper transaction's word counts when it is absorbed", "[store]") {
  MemoryStore store;
  Overlay lower(store);
  lower.put(Space::rows, "kept", "lower");
  lower.put(Space::rows, "changed", "lower");
  lower.put(Space::rows, "erased", "lower");
  Overlay upper = lower.nested();
  REQUIRE(upper.batch().empty());
  upper.put(Space::rows, "changed", "upper");
  upper.put(Space::state, "new", "upper");
  upper.erase(Space::rows, "erased");
  lower.absorb(std::move(upper));
  REQUIRE(**lower.get(Space::rows, "kept") == "lower");
  REQUIRE(**lower.get(Space::rows, "changed") == "upper");
  REQUIRE(**lower.get(Space::state, "new") == "upper");
  REQUIRE(lower.get(Space::rows, "erased")->has_value() == false);
  REQUIRE(lower.batch().at(Space::rows).contains("erased"));
}
