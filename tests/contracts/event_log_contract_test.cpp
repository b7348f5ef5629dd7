// What an EventLog promises (engine/event_log.h), over every store.
#include "catch.h"
#include "engine/event_codec.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"
#include "support/events.h"
#include "support/stores.h"

using namespace genlock;
using namespace genlock::literals;

namespace {

constexpr StreamId show = stream_of(1), other_show = stream_of(2);
const Log event_log;

Position append(Store& store, const Event& event) {
  Overlay overlay(store);
  auto appends = event_log.begin(overlay, event.stream);
  REQUIRE(appends.ok());
  const Position position =
      event_log.append(overlay, *appends, event, *encode(event), 1'800'000'000'000);
  event_log.finish(overlay, *appends);
  REQUIRE(store.commit(overlay.batch(), true).ok());
  return position;
}

std::vector<std::uint64_t> sequences(const Reader& reader, const EventRange& range,
                                     std::size_t max = 100) {
  std::vector<std::uint64_t> found;
  REQUIRE(event_log
              .read_range(reader, show, range,
                          [&](const EventId& id, const StoredEvent&) {
                            found.push_back(number(id.dot.sequence));
                            return found.size() < max;
                          })
              .ok());
  return found;
}

}  // namespace

STORE_TEST_CASE("an event is read back as it was stored", "[eventlog]") {
  TestType tested;
  const Event event = make_edit(show, Alice, 1, "CAM 7");
  REQUIRE(append(tested.store(), event) == Position{1});
  tested.reopen();
  const auto stored = event_log.read(tested.store(), event.id());
  REQUIRE(stored.ok());
  REQUIRE(*decode(stored->bytes) == event);
  REQUIRE(stored->bytes == *encode(event));
  REQUIRE(stored->chain == chain_hash(ChainHash{}, stored->bytes));
  REQUIRE(stored->position == Position{1});
  REQUIRE(stored->stored_at_ms == 1'800'000'000'000);
}

STORE_TEST_CASE("an unknown event, stream or command is not there", "[eventlog]") {
  TestType tested;
  REQUIRE(event_log.read(tested.store(), {show, {Alice, 1_seq}}).error().code ==
          ErrorCode::not_found);
  REQUIRE(event_log.head(tested.store(), show)->origins.empty());
  REQUIRE(event_log.streams(tested.store())->empty());
  REQUIRE(event_log.find_command(tested.store(), Alice.uuid)->has_value() == false);
  REQUIRE(*event_log.last_position(tested.store()) == Position::none);
}

STORE_TEST_CASE("the head of a stream is what was appended to it", "[eventlog]") {
  TestType tested;
  append(tested.store(), make_edit(show, Alice, 1));
  append(tested.store(), make_edit_after(show, Bob, 1, Alice, 1));
  append(tested.store(), make_edit(show, Bob, 2));
  append(tested.store(), make_edit(other_show, Carol, 1));
  const StreamHead head = *event_log.head(tested.store(), show);
  REQUIRE(head.vector() == "a:1 b:2"_vv);
  REQUIRE(head.latest == make_edit(show, Bob, 2).time);
  REQUIRE(head.find(Bob)->time == make_edit(show, Bob, 2).time);
  REQUIRE(event_log.begin(tested.store(), show)->head.find(Bob)->context == "a:1 b:1"_vv);
  REQUIRE(head.find(Bob)->chain == event_log.read(tested.store(), {show, {Bob, 2_seq}})->chain);
  REQUIRE(head.find(Carol) == nullptr);
  REQUIRE(*event_log.streams(tested.store()) == std::vector{show, other_show});
}

STORE_TEST_CASE("the head that append returns is the head that is read", "[eventlog]") {
  TestType tested;
  Overlay overlay(tested.store());
  Appends appends = *event_log.begin(overlay, show);
  const StreamHead& head = appends.head;
  for (const Event& event : {make_edit(show, Alice, 1), make_edit_after(show, Bob, 1, Alice, 1),
                             make_edit_after(show, Alice, 2, Bob, 1), make_edit(show, Alice, 3)}) {
    event_log.append(overlay, appends, event, *encode(event), 0);
    event_log.finish(overlay, appends);
    const StreamHead read = *event_log.head(overlay, show);
    const StreamHead begun = event_log.begin(overlay, show)->head;
    REQUIRE(read.latest == head.latest);
    REQUIRE(read.vector() == head.vector());
    for (const auto& [origin, expected] : head.origins) {
      const OriginHead* found = read.find(origin);
      REQUIRE(found->chain == expected.chain);
      REQUIRE(begun.find(origin)->context == expected.context);
      REQUIRE(found->context_at == expected.context_at);
    }
  }
}

STORE_TEST_CASE("a context is known for every event, though written only where it changed",
                "[eventlog]") {
  TestType tested;
  Store& store = tested.store();
  append(store, make_edit(show, Alice, 1));
  append(store, make_edit(show, Alice, 2));
  append(store, make_edit(show, Bob, 1));
  append(store, make_edit_after(show, Alice, 3, Bob, 1));
  append(store, make_edit(show, Alice, 4));
  append(store, make_edit(show, Bob, 2));
  append(store, make_edit_after(show, Alice, 5, Bob, 2));
  append(store, make_edit(show, Alice, 6));
  const auto context = [&](OriginId origin, Sequence sequence) {
    return *event_log.context_of(store, {show, {origin, sequence}});
  };
  REQUIRE(context(Alice, 1_seq) == ""_vv);
  REQUIRE(context(Alice, 2_seq) == "a:1"_vv);
  REQUIRE(context(Alice, 3_seq) == "a:2 b:1"_vv);
  REQUIRE(context(Alice, 4_seq) == "a:3 b:1"_vv);
  REQUIRE(context(Alice, 5_seq) == "a:4 b:2"_vv);
  REQUIRE(context(Alice, 6_seq) == "a:5 b:2"_vv);
  REQUIRE(context(Bob, 2_seq) == "b:1"_vv);
  std::size_t written = 0;
  REQUIRE(store.scan_prefix(Space::events, "c", [&](auto, auto) { return ++written > 0; }).ok());
  REQUIRE(written == 2);
}

STORE_TEST_CASE("a range is read in order and from where it starts", "[eventlog]") {
  TestType tested;
  for (std::uint64_t i = 1; i <= 300; ++i) append(tested.store(), make_edit(show, Alice, i));
  append(tested.store(), make_edit(show, Bob, 1));
  REQUIRE(sequences(tested.store(), {Alice, 255_seq, 258_seq}) ==
          std::vector<std::uint64_t>{255, 256, 257, 258});
  REQUIRE(sequences(tested.store(), {Alice, 299_seq, 300_seq}, 1) ==
          std::vector<std::uint64_t>{299});
  REQUIRE(sequences(tested.store(), {Bob, 1_seq, 1_seq}).size() == 1);
  const auto beyond = event_log.read_range(tested.store(), show, {Alice, 300_seq, 301_seq},
                                           [](const EventId&, const StoredEvent&) { return true; });
  REQUIRE(beyond.error().code == ErrorCode::not_found);
}

STORE_TEST_CASE("positions follow the order in which events were stored", "[eventlog]") {
  TestType tested;
  append(tested.store(), make_edit(show, Bob, 1));
  append(tested.store(), make_edit(other_show, Alice, 1));
  append(tested.store(), make_edit(show, Alice, 1));
  tested.reopen();
  REQUIRE(*event_log.last_position(tested.store()) == Position{3});
  std::vector<EventId> order;
  REQUIRE(event_log
              .read_after(tested.store(), Position{1},
                          [&](const EventId& id, const StoredEvent& event) {
                            REQUIRE(number(event.position) == order.size() + 2);
                            order.push_back(id);
                            return true;
                          })
              .ok());
  REQUIRE(order == std::vector<EventId>{{other_show, {Alice, 1_seq}}, {show, {Alice, 1_seq}}});
}

STORE_TEST_CASE("positions are known in the middle of an origin's run, too", "[eventlog]") {
  TestType tested;
  for (std::uint64_t i = 1; i <= 3; ++i) append(tested.store(), make_edit(show, Alice, i));
  append(tested.store(), make_edit(show, Bob, 1));
  for (std::uint64_t i = 4; i <= 5; ++i) append(tested.store(), make_edit(show, Alice, i));
  const std::vector<EventId> all{{show, {Alice, 1_seq}}, {show, {Alice, 2_seq}},
                                 {show, {Alice, 3_seq}}, {show, {Bob, 1_seq}},
                                 {show, {Alice, 4_seq}}, {show, {Alice, 5_seq}}};
  for (std::size_t after = 0; after <= all.size(); ++after) {
    std::vector<EventId> order;
    REQUIRE(event_log
                .read_after(tested.store(), Position{after},
                            [&](const EventId& id, const StoredEvent&) {
                              order.push_back(id);
                              return true;
                            })
                .ok());
    REQUIRE(order == std::vector<EventId>(all.begin() + static_cast<long>(after), all.end()));
    const auto at = event_log.event_at(tested.store(), Position{after});
    REQUIRE(*at == (after ? std::optional(all[after - 1]) : std::nullopt));
  }
  REQUIRE(event_log.event_at(tested.store(), Position{7})->has_value() == false);
}

STORE_TEST_CASE("a transaction sees what it appended, and the log does not before the commit",
                "[eventlog]") {
  TestType tested;
  append(tested.store(), make_edit(show, Alice, 1));
  Overlay overlay(tested.store());
  Appends appends = *event_log.begin(overlay, show);
  for (std::uint64_t i = 2; i <= 4; ++i) {
    const Event event = make_edit(show, Alice, i);
    REQUIRE(event_log.append(overlay, appends, event, *encode(event), 0) == Position{i});
  }
  event_log.finish(overlay, appends);
  REQUIRE(sequences(overlay, {Alice, 1_seq, 4_seq}).size() == 4);
  REQUIRE(*event_log.last_position(tested.store()) == Position{1});
  REQUIRE(tested.store().commit(overlay.batch(), true).ok());
  REQUIRE(sequences(tested.store(), {Alice, 1_seq, 4_seq}).size() == 4);
}

STORE_TEST_CASE("a command finds its event, and an event without a key writes no index",
                "[eventlog]") {
  TestType tested;
  Event event = make_edit(show, Alice, 1);
  event.command_key = Carol.uuid;
  append(tested.store(), event);
  append(tested.store(), make_edit(show, Alice, 2));
  REQUIRE(*event_log.find_command(tested.store(), Carol.uuid) == event.id());
  std::size_t written = 0;
  REQUIRE(tested.store()
              .scan_prefix(Space::events, "k", [&](auto, auto) { return ++written > 0; })
              .ok());
  REQUIRE(written == 1);
}

STORE_TEST_CASE("one flipped bit in a stored event is refused by name", "[eventlog][corruption]") {
  TestType tested;
  Store& store = tested.store();
  const EventId id = make_edit(show, Alice, 1).id();
  append(store, make_edit(show, Alice, 1));
  const std::string key = log_keys::event(id);
  const std::string intact = **store.get(Space::events, key);
  for (std::size_t bit = 0; bit < intact.size() * 8; bit += 61) {
    std::string flipped = intact;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    Batch batch;
    batch.at(Space::events)[key] = flipped;
    REQUIRE(store.commit(batch, false).ok());
    const auto read = event_log.read(store, id);
    REQUIRE(read.error().code == ErrorCode::corruption);
    REQUIRE(read.error().message.find(id.to_string()) != std::string::npos);
    const auto range =
        event_log.read_range(store, show, {Alice, 1_seq, 1_seq},
                             [](const EventId&, const StoredEvent&) { return true; });
    REQUIRE(range.error().code == ErrorCode::corruption);
  }
}

STORE_TEST_CASE("an event under another event's key is refused", "[eventlog][corruption]") {
  TestType tested;
  Store& store = tested.store();
  append(store, make_edit(show, Alice, 1));
  append(store, make_edit(show, Alice, 2));
  const EventId first{show, {Alice, 1_seq}}, second{show, {Alice, 2_seq}};
  Batch batch;
  batch.at(Space::events)[log_keys::event(first)] =
      **store.get(Space::events, log_keys::event(second));
  REQUIRE(store.commit(batch, false).ok());
  REQUIRE(event_log.read(store, first).error().code == ErrorCode::corruption);
}
