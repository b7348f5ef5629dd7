// What a node has promised to build on is asked of strangers' events at its door
// (engine/stability.h), and who holds some that may not come in writes them again.
#include "engine/acknowledging.h"
#include "engine/directory.h"
#include "engine/withdrawn.h"
#include "replication/test_node.h"
#include "replication/withdrawal.h"

namespace genlock::replication::test {
namespace {

// Enters the directory and acknowledges all that it holds.
void acknowledge(TestNode& node) {
  const auto entries =
      missing_entries(node.store, node.log, node.engine.identity(), node.clock.now()).value();
  if (!entries.empty()) node.write(directory_stream, entries);
  for (int look = 0; look < 2; ++look) {  // the first one marks what is held
    const auto due = node.writer.run_for<std::vector<Operation>>([&](Overlay& overlay) {
      return due_acknowledgements(overlay, node.log, node.engine.identity(), 0, node.clock.now());
    });
    if (!due->empty()) node.write(directory_stream, *due);
  }
}

std::optional<Acknowledgement> said(const TestNode& node, StreamId stream) {
  return said_of(node.store, node.log, node.origin(), stream).value();
}

// A cloud that has promised to build on its show, and a node that has some of it, nobody knows of,
// and has edits of before.
struct Promise {
  TestNode cloud{1, Role::cloud}, stranger{2};
  Promise() {
    cloud.edit(show(1), "CAM 1", 1);
    cloud.edit(show(1), "CAM 2", 2);
    REQUIRE(sync(stranger, cloud).in_sync);
    stranger.edit(show(1), "typed while away", 1);
    stranger.edit(show(1), "a new row", 9);
    cloud.edit(show(1), "moved on", 1);
    acknowledge(cloud);
    REQUIRE(said(cloud, show(1))->stable == cloud.vector(show(1)));
  }
  void require_said_again(OriginId before) {
    REQUIRE(stranger.rows() == cloud.rows());
    REQUIRE(cloud.rows().find("a new row") != std::string::npos);
    REQUIRE(cloud.rows().find("typed while away") != std::string::npos);
    REQUIRE(cloud.vector(show(1)).last_seen(before) == Sequence::none);
    REQUIRE(stranger.vector(show(1)) == cloud.vector(show(1)));
    REQUIRE(stranger.origin() != before);
    REQUIRE(stranger.told_of(NoticeKind::returned));
    REQUIRE(cloud.told().empty());
  }
};

}  // namespace

TEST_CASE("a stranger's edits from beside a promise are written again, and come in", "[door]") {
  Promise world;
  const OriginId before = world.stranger.origin();
  SECTION("it calls") {
    const SessionReport report = sync(world.stranger, world.cloud);
    REQUIRE(report.ok());
    REQUIRE(report.in_sync);
  }
  SECTION("it is called") {
    const SessionReport report = sync(world.cloud, world.stranger);
    REQUIRE(report.ok());
    REQUIRE(report.in_sync);
  }
  SECTION("it has taken all that the others have before") {
    TestNode helper(3);  // lets anybody in
    REQUIRE(sync(helper, world.cloud).in_sync);
    REQUIRE(sync(world.stranger, helper).in_sync);
    REQUIRE(world.stranger.vector(show(1)).includes(world.cloud.vector(show(1))));
    for (int i = 0; i < 3; ++i) {
      REQUIRE(sync(world.stranger, world.cloud).ok());
      REQUIRE(sync(helper, world.cloud).ok());
      REQUIRE(sync(world.stranger, helper).ok());
    }
    REQUIRE(sync(helper, world.cloud).in_sync);
    REQUIRE(helper.rows() == world.cloud.rows());
  }
  world.require_said_again(before);
  world.stranger.edit(show(1), "goes on", 2);
  REQUIRE(sync(world.stranger, world.cloud).in_sync);
  REQUIRE(world.cloud.rows().find("goes on") != std::string::npos);
}

TEST_CASE("whose edits were written again stands in the directory", "[door]") {
  Promise world;
  for (int i = 0; i < 5; ++i) world.cloud.edit(show(1), "and on", 2);
  acknowledge(world.cloud);  // promises more than the stranger, who gives way
  acknowledge(world.stranger);
  REQUIRE(sync(world.stranger, world.cloud).in_sync);
  acknowledge(world.stranger);
  REQUIRE(sync(world.stranger, world.cloud).in_sync);
  const NodeDirectory directory = read_directory(world.cloud.store, world.cloud.log).value();
  const VersionVector written = world.cloud.vector(show(1));
  for (const auto& entry : written.entries()) {
    if (entry.origin == world.cloud.origin()) continue;
    const NodeEntry* writer = directory.owner(entry.origin);
    REQUIRE(writer);
    REQUIRE(writer->id == world.stranger.engine.identity().node);
  }
  const NodeEntry* stranger = directory.find(world.stranger.engine.identity().node);
  REQUIRE(stranger->open_origin()->id == world.stranger.origin());
  REQUIRE(std::ranges::count_if(stranger->origins,
                                [](const OriginEntry& origin) { return !origin.closed_ms; }) == 1);
}

TEST_CASE("what the others let in stays as it is when the rest is withdrawn", "[door]") {
  Promise world;
  TestNode& stranger = world.stranger;
  const StreamState theirs =
      read_stream_state(world.cloud.log, nullptr, world.cloud.store, show(1)).value();
  const Door door = world.cloud.engine.door(world.cloud.store, show(1)).value();
  REQUIRE(withdraw(stranger.ports, theirs, door).error().code == ErrorCode::gap);

  Chunk all{show(1), {}, {}};
  for (const EventRange& range : stranger.vector(show(1)).missing_from(world.cloud.vector(show(1))))
    world.cloud.log
        .read_range(world.cloud.store, show(1), range,
                    [&](const EventId&, const StoredEvent& stored) {
                      all.events.push_back(stored.bytes);
                      return true;
                    })
        .value();
  stranger.writer
      .run_for<IngestReport>([&](Overlay& overlay) { return stranger.engine.ingest(all, overlay); })
      .value();
  TestNode newcomer(5);  // that wrote nothing beside it
  REQUIRE(sync(newcomer, world.cloud).in_sync);
  const EventId later = newcomer.edit(show(1), "with all of it in its context", 2);
  REQUIRE(sync(newcomer, stranger).in_sync);
  REQUIRE(withdraw(stranger.ports, theirs, door).value() == 2);
  REQUIRE(stranger.vector(show(1)).contains(later.dot));
  REQUIRE(withdraw(stranger.ports, theirs, door).value() == 0);
  REQUIRE(sync(stranger, world.cloud).in_sync);
  REQUIRE(world.cloud.vector(show(1)).contains(later.dot));
}

TEST_CASE("three that have each promised alone come together, whoever calls", "[door]") {
  TestNode cloud(1, Role::cloud), stage(2), truck(3);
  const std::vector<TestNode*> all{&cloud, &stage, &truck};
  for (TestNode* node : all) {
    for (const int row : {1, 2, 3})
      node->edit(show(1), "from each", static_cast<std::uint8_t>(row));
    acknowledge(*node);
    node->edit(show(1), "later", 4);
  }
  using Calls = std::vector<std::pair<TestNode*, TestNode*>>;
  const Calls hub_is_called{{&stage, &cloud}, {&truck, &cloud}};
  const Calls hub_calls{{&cloud, &stage}, {&cloud, &truck}};
  const Calls ring{{&cloud, &stage}, {&stage, &truck}, {&truck, &cloud}};
  const Calls calls = GENERATE_COPY(hub_is_called, hub_calls, ring);
  for (int round = 0; round < 4; ++round)
    for (const auto& [from, to] : calls) sync(*from, *to);
  for (const TestNode* node : all) REQUIRE(node->rows() == cloud.rows());
  const VersionVector together = cloud.vector(show(1));
  // What each wrote is there, and was written again by whoever held it, once for each promise.
  REQUIRE(together.event_count() <= 3 * 3 * 5);
  for (int round = 0; round < 4; ++round)
    for (const auto& [from, to] : calls) REQUIRE(sync(*from, *to).in_sync);
  REQUIRE(cloud.vector(show(1)) == together);
}

// Seeds 300691, 511789 and 509818 of the simulator: who stands between two writes the one's events
// again for the other, and has to be sent the first ones again. That ends where one of the two
// breaks its promise, or knows that the other one keeps what it is sent.
TEST_CASE("two that have each promised alone come together through a third", "[door]") {
  TestNode cloud(1, Role::cloud), stage(2), between(3);
  const std::vector<TestNode*> apart{&cloud, &stage};
  const bool cloud_weighs_more = GENERATE(true, false);
  for (TestNode* node : apart) {
    node->edit(show(1), "from each", 1);
    if ((node == &cloud) == cloud_weighs_more) node->edit(show(1), "one more", 2);
    acknowledge(*node);
  }
  between.edit(show(1), "in the middle", 3);
  const bool is_called = GENERATE(true, false);
  const auto meet = [&](TestNode& node) {
    return is_called ? sync(node, between) : sync(between, node);
  };
  for (int round = 0; round < 6; ++round)
    for (TestNode* node : apart) meet(*node);
  for (TestNode* node : apart) {
    REQUIRE(meet(*node).in_sync);
    REQUIRE(node->rows() == between.rows());
    for (StreamId stream : {show(1), directory_stream})
      REQUIRE(node->vector(stream) == between.vector(stream));
  }
}

TEST_CASE("who plainly joins is let in as it is", "[door]") {
  Promise world;
  TestNode newcomer(4);
  REQUIRE(sync(newcomer, world.cloud).in_sync);
  const OriginId origin = newcomer.origin();
  newcomer.edit(show(1), "its first edit", 2);
  newcomer.edit(show(2), "a show of its own");
  REQUIRE(sync(newcomer, world.cloud).in_sync);
  REQUIRE(newcomer.origin() == origin);
  REQUIRE(newcomer.told().empty());
  REQUIRE(world.cloud.rows() == newcomer.rows());
}

TEST_CASE("what a member wrote comes in through a stranger", "[door]") {
  TestNode cloud(1, Role::cloud), venue(2), courier(3);
  cloud.edit(show(1), "CAM 1", 1);
  REQUIRE(sync(venue, cloud).in_sync);
  acknowledge(venue);
  REQUIRE(sync(venue, cloud).in_sync);
  const EventId beside = venue.edit(show(1), "at the venue", 2);
  cloud.edit(show(1), "in the office", 1);
  for (int i = 0; i < 2; ++i) acknowledge(cloud);
  REQUIRE(said(cloud, show(1))->with.size() == 2);
  REQUIRE(!cloud.engine.door(cloud.store, show(1))
               .value()
               .lets_in(courier.origin(), courier.origin(), VersionVector{}));
  REQUIRE(sync(courier, venue).in_sync);
  REQUIRE(sync(courier, cloud).in_sync);
  REQUIRE(cloud.vector(show(1)).contains(beside.dot));
  REQUIRE(courier.told().empty());
}

TEST_CASE("an origin that was closed stays closed, whatever is written beside that", "[door]") {
  TestNode cloud(1, Role::cloud), venue(2);
  acknowledge(cloud);
  const OriginId lost{genlock::test::uuid_named(0xBB, 7)};
  Operation opened = create_of(table::origins, RecordId{lost.uuid});
  REQUIRE(sync(venue, cloud).in_sync);
  cloud.write(directory_stream, {opened});
  cloud.write(directory_stream, {close_origin(lost, cloud.clock.now())});
  venue.clock.set(venue.clock.peek() + 60'000);
  venue.write(directory_stream, {opened});  // later, and not knowing
  REQUIRE(sync(venue, cloud).in_sync);
  REQUIRE(is_closed(venue.store, venue.log, lost).value());
  REQUIRE(is_closed(cloud.store, cloud.log, lost).value());
}

}  // namespace genlock::replication::test
