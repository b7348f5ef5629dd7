#include "engine/past_events.h"

#include "catch.h"
#include "eventlog/memory_store.h"
#include "support/replica.h"

namespace genlock::test {
namespace {

const StreamId show{uuid_named(0x01, 1)};
const OriginId alice{uuid_named(0xBB, 1)}, bob{uuid_named(0xBB, 2)};

PastEvent event(OriginId origin, std::uint64_t n) {
  return {{origin, Sequence{n * n}}, n % 3 != 0};  // with gaps, as one record's events have
}

// The past of a record with `count` events of each of two authors, which came as `alice_first`
// says.
struct Past {
  explicit Past(std::uint64_t count, bool alice_first) {
    record.table = table::sources;
    record.id = RecordId{uuid_named(0x10, 1)};
    if (alice_first) {
      for (std::uint64_t n = 1; n <= count; ++n) add(alice, n);
      for (std::uint64_t n = 1; n <= count; ++n) add(bob, n);
    } else {
      for (std::uint64_t n = 1; n <= count; ++n) {
        add(bob, n);
        add(alice, n);
      }
    }
  }
  void add(OriginId origin, std::uint64_t n) { note_past(record, event(origin, n), show, overlay); }

  MemoryStore store;
  Overlay overlay{store};
  RecordState record;
};

}  // namespace

TEST_CASE("a record's past has every event, wherever it is kept", "[past]") {
  for (std::uint64_t count : {1, 15, 16, 17, 100}) {
    Past past(count, true);
    std::vector<PastEvent> all = past_of(past.record, show, past.overlay).value();
    std::vector<PastEvent> expected;
    for (OriginId origin : {alice, bob})
      for (std::uint64_t n = 1; n <= count; ++n) expected.push_back(event(origin, n));
    REQUIRE(all == expected);
    REQUIRE(past.record.recent.size() == 2 * (count % past_run_length));
    REQUIRE(past.overlay.batch().at(Space::state).size() == 2 * (count / past_run_length));
    REQUIRE(decode_record(encode(past.record)).value() == past.record);
  }
}

TEST_CASE("where a record's past is kept depends on the events alone", "[past]") {
  for (std::uint64_t count : {3, 16, 45}) {
    Past one(count, true), other(count, false);
    REQUIRE(encode(one.record) == encode(other.record));
    REQUIRE(one.overlay.batch().at(Space::state) == other.overlay.batch().at(Space::state));
  }
}

}  // namespace genlock::test
