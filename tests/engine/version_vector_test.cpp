#include "catch.h"
#include "support/literals.h"

using namespace genlock;
using namespace genlock::literals;

TEST_CASE("a vector knows what was seen of whom", "[version_vector]") {
  VersionVector seen = "a:3 b:1"_vv;
  REQUIRE(seen.last_seen(Alice) == 3_seq);
  REQUIRE(seen.last_seen(Carol) == Sequence::none);
  REQUIRE(seen.contains({Alice, 3_seq}));
  REQUIRE_FALSE(seen.contains({Alice, 4_seq}));
  seen.advance({Carol, 1_seq});
  seen.advance({Alice, 4_seq});
  REQUIRE(seen == "a:4 b:1 c:1"_vv);
  REQUIRE(seen.event_count() == 6);
  REQUIRE(seen.to_string() == "a0a0..:4 a1a1..:1 a2a2..:1");
}

TEST_CASE("vectors compare by what is in them", "[version_vector]") {
  REQUIRE("a:1"_vv < "a:2"_vv);
  REQUIRE("a:2 b:1"_vv > "b:1"_vv);
  REQUIRE(("a:2"_vv <=> "b:1"_vv) == std::partial_ordering::unordered);
  REQUIRE(("a:2"_vv <=> "a:2"_vv) == std::partial_ordering::equivalent);
  REQUIRE(VersionVector{} < "a:1"_vv);
}

TEST_CASE("raising never lowers and never enters nothing", "[version_vector]") {
  VersionVector seen = "a:3"_vv;
  seen.raise(Alice, 2_seq);
  seen.raise(Bob, Sequence::none);
  REQUIRE(seen == "a:3"_vv);
}

TEST_CASE("what is missing comes as ranges", "[version_vector]") {
  REQUIRE("a:3 b:5"_vv.missing_from("a:5 b:4 c:2"_vv) ==
          std::vector<EventRange>{{Alice, 4_seq, 5_seq}, {Carol, 1_seq, 2_seq}});
}

TEST_CASE("the meet is what both have", "[version_vector]") {
  VersionVector seen = "a:3 b:5"_vv;
  seen.meet("a:5 b:4 c:2"_vv);
  REQUIRE(seen == "a:3 b:4"_vv);
}
