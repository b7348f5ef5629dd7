// What the log keeps of a compacted stream, and what it says of the rest, over every store.
#include "catch.h"
#include "engine/event_codec.h"
#include "eventlog/command_index.h"
#include "eventlog/log.h"
#include "eventlog/log_keys.h"
#include "eventlog/verify_chain.h"
#include "support/events.h"
#include "support/stores.h"

using namespace genlock;
using namespace genlock::literals;

namespace {

constexpr StreamId show = stream_of(1), other_show = stream_of(2);
const Log event_log;

void append(Store& store, const Event& event) {
  Overlay overlay(store);
  Appends appends = *event_log.begin(overlay, event.stream);
  event_log.append(overlay, appends, event, *encode(event), 1'800'000'000'000);
  event_log.finish(overlay, appends);
  REQUIRE(store.commit(overlay.batch(), true).ok());
}

Event with_key(Event event, const Uuid& key) {
  event.command_key = key;
  return event;
}

// Alice 1, Bob 1, Alice 2 (had seen Bob 1), Alice 3, another show, Alice 4, Alice 5.
void write_story(Store& store) {
  append(store, with_key(make_edit(show, Alice, 1), Carol.uuid));
  append(store, make_edit(show, Bob, 1));
  append(store, with_key(make_edit_after(show, Alice, 2, Bob, 1), Bob.uuid));
  append(store, make_edit(show, Alice, 3));
  append(store, make_edit(other_show, Bob, 1));
  append(store, make_edit(show, Alice, 4));
  append(store, make_edit(show, Alice, 5));
}

void drop(Store& store, const VersionVector& floor, const std::vector<Dot>& dots) {
  Overlay overlay(store);
  event_log.raise_floor(overlay, show, floor);
  REQUIRE(event_log.drop(overlay, show, dots).ok());
  REQUIRE(store.commit(overlay.batch(), true).ok());
}

std::vector<std::uint64_t> kept(const Store& store, const EventRange& range) {
  std::vector<std::uint64_t> found;
  REQUIRE(event_log
              .read_kept(store, show, range,
                         [&](const EventId& id, const StoredEvent&) {
                           found.push_back(number(id.dot.sequence));
                           return true;
                         })
              .ok());
  return found;
}

std::vector<std::uint64_t> positions(const Reader& reader, Position after) {
  std::vector<std::uint64_t> found;
  REQUIRE(event_log
              .read_after(reader, after,
                          [&](const EventId&, const StoredEvent& event) {
                            found.push_back(number(event.position));
                            return true;
                          })
              .ok());
  return found;
}

std::vector<std::string> order_keys(const Store& store) {
  std::vector<std::string> keys;
  REQUIRE(store
              .scan_prefix(Space::events, log_keys::order_prefix,
                           [&](std::string_view key, std::string_view) {
                             keys.emplace_back(key);
                             return true;
                           })
              .ok());
  return keys;
}

ErrorCode code_of_range(const Store& store, const EventRange& range) {
  const auto read = event_log.read_range(store, show, range,
                                         [](const EventId&, const StoredEvent&) { return true; });
  REQUIRE(!read.ok());
  return read.error().code;
}

using Numbers = std::vector<std::uint64_t>;

}  // namespace

STORE_TEST_CASE("what was dropped is told apart from what never was", "[eventlog][compaction]") {
  TestType tested;
  write_story(tested.store());
  const VersionVector floor = "a:3 b:1"_vv;
  drop(tested.store(), floor, {{Alice, 1_seq}, {Alice, 2_seq}});
  tested.reopen();
  Store& store = tested.store();
  REQUIRE(*event_log.floor(store, show) == floor);
  REQUIRE(event_log.floor(store, other_show)->empty());
  REQUIRE(event_log.read(store, {show, {Alice, 2_seq}}).error().code == ErrorCode::compacted);
  REQUIRE(event_log.read(store, {show, {Alice, 9_seq}}).error().code == ErrorCode::not_found);
  REQUIRE(code_of_range(store, {Alice, 1_seq, 3_seq}) == ErrorCode::compacted);
  REQUIRE(code_of_range(store, {Alice, 4_seq, 9_seq}) == ErrorCode::not_found);
  REQUIRE(kept(store, {Alice, 1_seq, 5_seq}) == Numbers{3, 4, 5});
  REQUIRE(kept(store, {Alice, 1_seq, 2_seq}).empty());
  // A command key goes with its event.
  REQUIRE(!event_log.find_command(store, Carol.uuid)->has_value());
}

// Seed 451232 of the simulator.
STORE_TEST_CASE("a command that two nodes took is known as long as one of its events is kept",
                "[eventlog][compaction]") {
  TestType tested;
  append(tested.store(), with_key(make_edit(show, Alice, 1), Carol.uuid));
  append(tested.store(), with_key(make_edit(show, Bob, 1), Carol.uuid));
  append(tested.store(), make_edit(show, Alice, 2));
  append(tested.store(), make_edit(show, Bob, 2));
  const bool is_first = GENERATE(true, false);
  const Dot dropped{is_first ? Alice : Bob, 1_seq}, kept{is_first ? Bob : Alice, 1_seq};
  drop(tested.store(), "a:1 b:1"_vv, {dropped});
  REQUIRE(*event_log.find_command(tested.store(), Carol.uuid) == EventId{show, kept});
  drop(tested.store(), "a:1 b:1"_vv, {kept});
  REQUIRE(!event_log.find_command(tested.store(), Carol.uuid)->has_value());
}

STORE_TEST_CASE("a command of a directory of format 3 is found, and goes with its event",
                "[eventlog][compaction]") {
  TestType tested;
  append(tested.store(), make_edit(show, Alice, 1));
  const EventId event{show, {Alice, 1_seq}};
  Batch batch;
  batch.at(Space::events)[log_keys::commands(Carol.uuid)] = log_values::event_id(event);
  REQUIRE(tested.store().commit(batch, true).ok());
  REQUIRE(*event_log.find_command(tested.store(), Carol.uuid) == event);
  Overlay overlay(tested.store());
  REQUIRE(command_index::remove(overlay, Carol.uuid, {show, {Alice, 2_seq}}).ok());
  REQUIRE(*event_log.find_command(overlay, Carol.uuid) == event);
  REQUIRE(command_index::remove(overlay, Carol.uuid, event).ok());
  REQUIRE(!event_log.find_command(overlay, Carol.uuid)->has_value());
}

STORE_TEST_CASE("a kept event has the context, the hash and the head that it had",
                "[eventlog][compaction]") {
  TestType tested;
  Store& store = tested.store();
  write_story(store);
  const StreamHead before = *event_log.head(store, show);
  const StoredEvent was = *event_log.read(store, {show, {Alice, 3_seq}});
  drop(store, "a:3 b:1"_vv, {{Alice, 1_seq}, {Alice, 2_seq}});
  REQUIRE(event_log.read(store, {show, {Alice, 3_seq}})->chain == was.chain);
  REQUIRE(*event_log.context_of(store, {show, {Alice, 3_seq}}) == "a:2 b:1"_vv);
  REQUIRE(*event_log.context_of(store, {show, {Alice, 5_seq}}) == "a:4 b:1"_vv);
  const StreamHead after = *event_log.head(store, show);
  REQUIRE(after.vector() == before.vector());
  REQUIRE(after.latest == before.latest);
  REQUIRE(after.find(Alice)->context == before.find(Alice)->context);
  REQUIRE(after.find(Alice)->chain == before.find(Alice)->chain);
  const auto verified = verify_chain(store, show, Alice);
  REQUIRE(verified.ok());
  REQUIRE(verified->event_count == 3);
  REQUIRE(verified->compacted_to == 3_seq);
  REQUIRE(verified->chain == before.find(Alice)->chain);
  append(store, make_edit(show, Alice, 6));
  REQUIRE(verify_chain(store, show, Alice).ok());
  REQUIRE(*event_log.context_of(store, {show, {Alice, 6_seq}}) == "a:5 b:1"_vv);
}

STORE_TEST_CASE("the order of events passes over the dropped ones", "[eventlog][compaction]") {
  TestType tested;
  Store& store = tested.store();
  write_story(store);
  REQUIRE(*event_log.last_dropped(store) == Position::none);
  drop(store, "a:4 b:1"_vv, {{Alice, 1_seq}, {Alice, 3_seq}});
  REQUIRE(positions(store, Position::none) == Numbers{2, 3, 5, 6, 7});
  REQUIRE(positions(store, Position{3}) == Numbers{5, 6, 7});
  REQUIRE(positions(store, Position{4}) == Numbers{5, 6, 7});
  REQUIRE(*event_log.last_dropped(store) == Position{4});
  REQUIRE(!event_log.event_at(store, Position{4})->has_value());
  REQUIRE(*event_log.event_at(store, Position{6}) == EventId{show, {Alice, 4_seq}});
  // Two gaps and what lies between them become one.
  drop(store, "a:4 b:1"_vv, {{Alice, 2_seq}});
  REQUIRE(positions(store, Position::none) == Numbers{2, 5, 6, 7});
  REQUIRE(order_keys(store).size() == 5);
  REQUIRE(verify_chain(store, show, Alice).ok());
  REQUIRE(verify_chain(store, other_show, Bob).ok());
  append(store, make_edit(show, Bob, 2));
  REQUIRE(positions(store, Position{5}) == Numbers{6, 7, 8});
}

STORE_TEST_CASE("a gap at the end of the order is gone on from", "[eventlog][compaction]") {
  TestType tested;
  Store& store = tested.store();
  append(store, make_edit(show, Bob, 1));
  append(store, make_edit(show, Alice, 1));
  append(store, make_edit(show, Bob, 2));
  append(store, make_edit(show, Alice, 2));
  // The last one by position, which is not the last one of its origin, as pages may bring them.
  drop(store, "a:2 b:2"_vv, {{Alice, 1_seq}});
  append(store, make_edit(show, Alice, 3));
  drop(store, "a:3 b:2"_vv, {{Alice, 2_seq}});
  REQUIRE(positions(store, Position::none) == Numbers{1, 3, 5});
  REQUIRE(*event_log.last_position(store) == Position{5});
}

STORE_TEST_CASE("an order that lost its gap is damaged", "[eventlog][compaction]") {
  TestType tested;
  Store& store = tested.store();
  write_story(store);
  drop(store, "a:3 b:1"_vv, {{Alice, 1_seq}, {Alice, 3_seq}});
  Batch batch;
  batch.at(Space::events)[log_keys::order(Position{4})] = std::nullopt;
  REQUIRE(store.commit(batch, true).ok());
  const auto read = event_log.read_after(store, Position::none,
                                         [](const EventId&, const StoredEvent&) { return true; });
  REQUIRE(read.error().code == ErrorCode::corruption);
}

namespace {

// Alice 3 and Bob 1, of a stream of which Alice 1 and 2 were dropped.
StreamBase make_base(Store& from) {
  write_story(from);
  StreamBase base{show, "a:3 b:1"_vv, {}, {}};
  for (const Dot& dot : {Dot{Bob, 1_seq}, Dot{Alice, 3_seq}}) {
    const StoredEvent stored = *event_log.read(from, {show, dot});
    base.events.push_back(
        {dot, stored.bytes, *event_log.context_of(from, {show, dot}), stored.chain});
  }
  base.facts.push_back({{TableId{6}, record_of(1)}, 2, {{{Alice, 3_seq}, 2}, {{Bob, 1_seq}, 0}}});
  return base;
}

Result<void> install(Store& store, const StreamBase& base) {
  Overlay overlay(store);
  TRY(event_log.install(overlay, base, 0));
  return store.commit(overlay.batch(), true);
}

}  // namespace

STORE_TEST_CASE("a stream that begins with a base is as one that was compacted",
                "[eventlog][compaction]") {
  TestType from, tested;
  const StreamBase base = make_base(from.store());
  append(tested.store(), make_edit(other_show, Bob, 1));
  REQUIRE(install(tested.store(), base).ok());
  tested.reopen();
  Store& store = tested.store();
  REQUIRE(event_log.head(store, show)->vector() == base.at);
  REQUIRE(*event_log.floor(store, show) == base.at);
  REQUIRE(*event_log.all_facts(store, show) == base.facts);
  REQUIRE(*event_log.facts(store, show, base.facts[0].key) == base.facts[0]);
  for (const KeptEvent& kept : base.events) {
    const EventId id{show, kept.dot};
    REQUIRE(event_log.read(store, id)->bytes == kept.bytes);
    REQUIRE(*event_log.context_of(store, id) == kept.context);
    REQUIRE(verify_chain(store, show, kept.dot.origin).ok());
  }
  REQUIRE(event_log.read(store, {show, {Alice, 1_seq}}).error().code == ErrorCode::compacted);
  append(store, make_edit(show, Alice, 4));
  REQUIRE(event_log.head(store, show)->find(Alice)->chain ==
          event_log.read(from.store(), {show, {Alice, 4_seq}})->chain);
  REQUIRE(install(store, base).error().code == ErrorCode::exists);
}

STORE_TEST_CASE("a base that is none is refused whole", "[eventlog][compaction]") {
  TestType from, tested;
  const StreamBase base = make_base(from.store());
  const auto refused = [&](auto change) {
    StreamBase changed = base;
    change(changed);
    REQUIRE(install(tested.store(), changed).error().code == ErrorCode::corruption);
    REQUIRE(event_log.head(tested.store(), show)->origins.empty());
  };
  refused([](StreamBase& b) { b.at = "a:4 b:1"_vv; });
  refused([](StreamBase& b) { b.events.pop_back(); });
  refused(
      [](StreamBase& b) { b.events[0].bytes[40] = static_cast<char>(b.events[0].bytes[40] ^ 1); });
  refused([](StreamBase& b) { b.events[0].chain[0] ^= 1; });
  refused([](StreamBase& b) { b.events[0].dot.sequence = 2_seq; });
  refused([](StreamBase& b) { b.events[1].context = "a:2 b:7"_vv; });
  refused([](StreamBase& b) { b.events.push_back(b.events[1]); });
}
