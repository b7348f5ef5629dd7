#include "engine/notice.h"

#include "catch.h"
#include "eventlog/memory_store.h"
#include "support/literals.h"
#include "support/replica.h"

using namespace genlock;
using namespace genlock::test;

namespace {

Notice notice_of(OriginId origin, UnixMs at, std::uint64_t events) {
  Notice notice;
  notice.kind = NoticeKind::fork;
  notice.origin = origin;
  notice.at_ms = at;
  notice.events = events;
  return notice;
}

void put(MemoryStore& store, const Notice& notice) {
  Overlay overlay(store);
  REQUIRE(put_notice(overlay, notice).ok());
  REQUIRE(store.commit(overlay.take_batch(), true).ok());
}

TEST_CASE("a notice stands until it is acknowledged, and again when it happens again", "[notice]") {
  MemoryStore store;
  put(store, notice_of(Alice, 1'000, 2));
  put(store, notice_of(Alice, 2'000, 3));
  put(store, notice_of(Bob, 1'500, 1));
  std::vector<Notice> all = *notices(store);
  REQUIRE(all.size() == 2);
  REQUIRE(all[0].origin == Alice);
  REQUIRE(all[0].events == 5);
  REQUIRE(all[0].at_ms == 2'000);
  REQUIRE(all[0].acknowledged_ms == 0);

  Overlay overlay(store);
  REQUIRE((*acknowledge_notice(overlay, all[0].id, 3'000))->acknowledged_ms == 3'000);
  REQUIRE((*acknowledge_notice(overlay, all[0].id, 4'000))->acknowledged_ms == 3'000);
  REQUIRE(acknowledge_notice(overlay, Uuid{}, 4'000)->has_value() == false);
  REQUIRE(store.commit(overlay.take_batch(), true).ok());
  put(store, notice_of(Alice, 5'000, 7));
  all = *notices(store);
  REQUIRE(all[0].acknowledged_ms == 0);
  REQUIRE(all[0].events == 7);
}

TEST_CASE("of too many notices the oldest acknowledged ones go", "[notice]") {
  MemoryStore store;
  for (std::size_t i = 0; i < max_notices; ++i)
    put(store, notice_of(OriginId{uuid_named(0xBB, static_cast<std::uint8_t>(i))},
                         static_cast<UnixMs>(i), 1));
  put(store, notice_of(Alice, 10'000, 1));
  REQUIRE(notices(store)->size() == max_notices);
  REQUIRE(notices(store)->front().at_ms == static_cast<UnixMs>(max_notices) - 1);
  Overlay overlay(store);
  REQUIRE(acknowledge_notice(overlay, notices(store)->back().id, 1).ok());
  REQUIRE(store.commit(overlay.take_batch(), true).ok());
  put(store, notice_of(Alice, 10'000, 1));
  REQUIRE(notices(store)->size() == max_notices);
  REQUIRE(notices(store)->front().origin == Alice);
  REQUIRE(notices(store)->back().at_ms == 1);
}

}  // namespace
