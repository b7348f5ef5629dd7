#include "eventlog/node_meta.h"

#include "catch.h"
#include "eventlog/memory_store.h"
#include "eventlog/store_format.h"
#include "support/seeded_random.h"

using namespace genlock;

TEST_CASE("a node is made once and found again", "[node_meta]") {
  MemoryStore store;
  SeededRandom random(1);
  REQUIRE(read_identity(store).error().code == ErrorCode::not_found);
  const Identity made = *open_identity(store, random, Role::lan, "Truck 2");
  REQUIRE_FALSE(made.node.uuid.is_nil());
  REQUIRE(made.node.uuid != made.origin.uuid);
  REQUIRE(*open_identity(store, random, Role::lan, "Truck 2") == made);
  REQUIRE(*read_identity(store) == made);
  store.crash();
  REQUIRE(*read_identity(store) == made);
}

TEST_CASE("a node may get another name, but not another role", "[node_meta]") {
  MemoryStore store;
  SeededRandom random(1);
  const Identity made = *open_identity(store, random, Role::lan, "Truck 2");
  const Identity renamed = *open_identity(store, random, Role::lan, "Truck 3");
  REQUIRE(renamed.node == made.node);
  REQUIRE(read_identity(store)->name == "Truck 3");
  REQUIRE(open_identity(store, random, Role::cloud, "Truck 3").error().code ==
          ErrorCode::invalid_argument);
}

TEST_CASE("a new origin closes the one before", "[node_meta]") {
  MemoryStore store;
  SeededRandom random(1);
  const Identity made = *open_identity(store, random, Role::cloud, "Office");
  const Identity renewed =
      *renew_origin(store, random, 1'700'000'000'000, {NoticeKind::restored, "of yesterday", 3});
  REQUIRE(renewed.node == made.node);
  REQUIRE(renewed.origin != made.origin);
  REQUIRE(*read_identity(store) == renewed);
  REQUIRE(*closed_origins(store) == std::map<OriginId, UnixMs>{{made.origin, 1'700'000'000'000}});
  const std::vector<Notice> told = *notices(store);
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].kind == NoticeKind::restored);
  REQUIRE(told[0].origin == made.origin);
  REQUIRE(told[0].events == 3);
  REQUIRE(told[0].detail == "of yesterday");
}

TEST_CASE("an unreadable identity is damage, not a new node", "[node_meta][corruption]") {
  MemoryStore store;
  SeededRandom random(1);
  REQUIRE(open_identity(store, random, Role::lan, "Truck 2").ok());
  store.flip_bit(Space::meta, "origin", 6);
  REQUIRE(open_identity(store, random, Role::lan, "Truck 2").error().code == ErrorCode::corruption);
}

TEST_CASE("settings are kept until they are removed", "[node_meta]") {
  MemoryStore store;
  REQUIRE(read_setting(store, "peer")->has_value() == false);
  REQUIRE(write_setting(store, "peer", "https://cloud").ok());
  REQUIRE(**read_setting(store, "peer") == "https://cloud");
  REQUIRE(write_setting(store, "peer", std::nullopt).ok());
  REQUIRE(read_setting(store, "peer")->has_value() == false);
}

TEST_CASE("a store of the format before is taken, and marked with the present one", "[node_meta]") {
  MemoryStore store;
  Batch batch;
  batch.at(Space::meta)["format"] = "2";
  REQUIRE(store.commit(batch, true).ok());
  REQUIRE(check_store_format(store).ok());
  REQUIRE(ensure_store_format(store).ok());
  REQUIRE(*store.get(Space::meta, "format") == std::to_string(store_format));
}

TEST_CASE("a store is marked with its format once, and another one is refused", "[node_meta]") {
  MemoryStore store;
  REQUIRE(ensure_store_format(store).ok());
  REQUIRE(ensure_store_format(store).ok());
  REQUIRE(check_store_format(store).ok());
  for (const auto& [format, code] :
       {std::pair{"5", ErrorCode::unsupported}, std::pair{"1", ErrorCode::unsupported},
        std::pair{"0", ErrorCode::corruption}, std::pair{"one", ErrorCode::corruption}}) {
    Batch batch;
    batch.at(Space::meta)["format"] = format;
    REQUIRE(store.commit(batch, true).ok());
    REQUIRE(ensure_store_format(store).error().code == code);
  }
}
