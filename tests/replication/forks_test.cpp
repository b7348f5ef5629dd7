// Restored, rolled-back and copied nodes: what a contact finds out, and that nothing is lost.
#include "eventlog/verify_chain.h"
#include "replication/limits.h"
#include "replication/test_node.h"

namespace genlock::replication::test {
namespace {

using genlock::test::TestRandom;

void require_same(const TestNode& a, const TestNode& b, StreamId stream) {
  REQUIRE(a.vector(stream) == b.vector(stream));
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.index.heads_without({}, {}) == b.index.heads_without({}, {}));
}

// Chains hold, a rebuild gives the same rows, and contexts are closed.
void require_sound(TestNode& node, StreamId stream) {
  const StreamHead head = node.head(stream);
  for (const auto& [origin, at] : head.origins) {
    REQUIRE(verify_chain(node.store, stream, origin)->event_count == number(at.last));
    for (std::uint64_t i = 1; i <= number(at.last); ++i) {
      const EventId id{stream, {origin, Sequence{i}}};
      const VersionVector context = node.log.context_of(node.store, id).value();
      REQUIRE(head.vector().includes(context));
      for (const VersionVector::Entry& entry : context.entries()) {
        const Dot seen{entry.origin, entry.last};
        REQUIRE(context.includes(node.log.context_of(node.store, {stream, seen}).value()));
      }
    }
  }
  const std::string before = node.rows();
  Overlay overlay(node.store);
  REQUIRE(node.projection.drop(overlay, stream).ok());
  std::vector<std::string> keys;
  node.store
      .scan(Space::state, "", "",
            [&](std::string_view key, std::string_view) {
              keys.emplace_back(key);
              return true;
            })
      .value();
  for (std::string& key : keys) overlay.erase(Space::state, std::move(key));
  REQUIRE(node.engine.refold(stream, overlay).ok());
  REQUIRE(node.store.commit(overlay.take_batch(), true).ok());
  REQUIRE(node.rows() == before);
}

std::size_t event_count(const TestNode& node, StreamId stream) {
  return node.vector(stream).event_count();
}

TEST_CASE("an old backup that comes back gets its lost events and goes on under a new origin",
          "[forks]") {
  TestNode cloud(1, Role::cloud), lan(2), restored(2);
  lan.edit(show(1), "before the backup");
  sync(lan, cloud);
  restored.take_data_of(lan);
  lan.edit(show(1), "lost 1");
  lan.edit(show(1), "lost 2");
  sync(lan, cloud);

  SessionReport report = sync(restored, cloud);
  REQUIRE(report.in_sync);
  REQUIRE(report.received_events == 2);
  require_same(restored, cloud, show(1));
  REQUIRE(restored.origin() != lan.origin());
  REQUIRE(restored.told_of(NoticeKind::rolled_back));
  REQUIRE(restored.told().front().origin == lan.origin());
  REQUIRE(!restored.told_of(NoticeKind::fork));

  restored.edit(show(1), "after");
  REQUIRE(sync(restored, cloud).in_sync);
  require_same(restored, cloud, show(1));
  require_sound(restored, show(1));
}

TEST_CASE("an old state that is written to before anybody notices loses nothing", "[forks]") {
  // The cloud calls nobody: it is the one that is asked, and the one that asks.
  const bool restored_asks = GENERATE(true, false);
  const int lost = GENERATE(1, 2, 9), written = GENERATE(1, 4);
  TestNode cloud(1, Role::cloud), lan(2), restored(2);
  for (int i = 0; i < 5; ++i) lan.edit(show(1), "before");
  sync(lan, cloud);
  restored.take_data_of(lan);
  for (int i = 0; i < lost; ++i) lan.edit(show(1), "lost " + std::to_string(i), 1);
  sync(lan, cloud);
  for (int i = 0; i < written; ++i) restored.edit(show(1), "new " + std::to_string(i), 2);
  const std::size_t before = event_count(cloud, show(1));

  for (int round = 0; round < 3; ++round)
    restored_asks ? sync(restored, cloud) : sync(cloud, restored);
  REQUIRE((restored_asks ? sync(restored, cloud) : sync(cloud, restored)).in_sync);
  REQUIRE(event_count(cloud, show(1)) == before + static_cast<std::size_t>(written));
  require_same(restored, cloud, show(1));
  REQUIRE(restored.origin() != lan.origin());
  REQUIRE(restored.told_of(NoticeKind::fork));
  REQUIRE(cloud.told_of(NoticeKind::fork));
  require_sound(cloud, show(1));
  require_sound(restored, show(1));
  restored.edit(show(1), "after");
  REQUIRE(sync(restored, cloud).in_sync);
  require_same(restored, cloud, show(1));
}

TEST_CASE("what comes to a peer during a session with branches is asked for once", "[forks]") {
  TestNode cloud(1, Role::cloud), lan(2), restored(2), tablet(3);
  lan.edit(show(1), "before");
  sync(lan, cloud);
  restored.take_data_of(lan);
  lan.edit(show(1), "lost");
  sync(lan, cloud);
  restored.edit(show(1), "new", 2);
  for (int round = 0; round < 3; ++round) sync(restored, cloud);
  REQUIRE(cloud.told_of(NoticeKind::fork));
  restored.edit(show(1), "under a new origin", 2);
  sync(restored, cloud);
  sync(tablet, cloud);
  // Its clock is ahead: whatever else comes goes before these.
  cloud.clock.set(cloud.clock.peek() + 3'600'000);
  for (int i = 0; i < 3; ++i) cloud.edit(show(1), "late " + std::to_string(i));

  tablet.ports.page_bytes = 1;
  Wire wire, other;
  wire.fake = [&](Message& message, bool is_reply) {
    if (is_reply || !std::holds_alternative<Exchange>(message.body)) return;
    REQUIRE(wire.requests < 100);
    tablet.clock.set(tablet.clock.peek() + limits::max_hold_ms);  // each page is stored by itself
    if (wire.requests > 5) return;
    restored.edit(show(1), "more", 2);
    REQUIRE_FALSE(sync(restored, cloud, other, Plan::push).error);
  };
  REQUIRE(sync(tablet, cloud, wire).in_sync);
  require_same(tablet, cloud, show(1));
}

TEST_CASE("a restore while the peer is away for a week loses nothing", "[forks]") {
  TestNode cloud(1, Role::cloud), lan(2), restored(2), tablet(3);
  lan.edit(show(1), "before");
  sync(lan, cloud);
  restored.take_data_of(lan);
  for (int i = 0; i < 20; ++i) lan.edit(show(1), "lost " + std::to_string(i));
  sync(lan, cloud);
  for (int day = 0; day < 7; ++day) {
    for (TestNode* node : {&cloud, &restored, &tablet})
      node->clock.set(node->clock.peek() + 86'400'000);
    for (int i = 0; i < 20; ++i)
      restored.edit(show(1), "day " + std::to_string(day), static_cast<std::uint8_t>(1 + i % 4));
    sync(tablet, restored);
    tablet.edit(show(1), "tablet, day " + std::to_string(day), 2);
    cloud.edit(show(1), "office, day " + std::to_string(day), 1);
  }
  const std::size_t written = event_count(cloud, show(1)) + 7 * 20 + 7;
  for (int round = 0; round < 3; ++round) {
    sync(restored, cloud);
    sync(tablet, restored);
  }
  REQUIRE(sync(restored, cloud).in_sync);
  REQUIRE(sync(tablet, cloud).in_sync);
  REQUIRE(event_count(cloud, show(1)) == written);
  for (TestNode* node : {&restored, &tablet}) {
    require_same(*node, cloud, show(1));
    require_sound(*node, show(1));
  }
  REQUIRE(restored.told_of(NoticeKind::fork));
}

TEST_CASE("a copied data directory that runs beside the first one", "[forks]") {
  TestNode cloud(1, Role::cloud), lan(2), copy(2);
  lan.edit(show(1), "before");
  sync(lan, cloud);
  copy.take_data_of(lan);
  for (int i = 0; i < 3; ++i) lan.edit(show(1), "lan " + std::to_string(i));
  for (int i = 0; i < 4; ++i) copy.edit(show(1), "copy " + std::to_string(i));

  SECTION("they meet in the cloud") {
    sync(lan, cloud);
    for (int round = 0; round < 2; ++round) {
      sync(copy, cloud);
      sync(lan, cloud);
    }
    REQUIRE(sync(copy, cloud).in_sync);
    REQUIRE(sync(lan, cloud).in_sync);
    require_same(copy, cloud, show(1));
  }
  SECTION("they meet each other") {
    for (int round = 0; round < 3; ++round) sync(copy, lan);
    REQUIRE(sync(copy, lan).in_sync);
    REQUIRE(copy.told_of(NoticeKind::met_copy));
    REQUIRE(lan.told_of(NoticeKind::met_copy));
  }
  require_same(copy, lan, show(1));
  REQUIRE(event_count(lan, show(1)) == 2 + 3 + 4);
  REQUIRE(copy.origin() != lan.origin());
  require_sound(copy, show(1));
  require_sound(lan, show(1));
}

TEST_CASE("a third node between two branches, whichever it has first", "[forks]") {
  const bool copy_first = GENERATE(true, false);
  TestNode lan(2), copy(2), third(3), fourth(4);
  lan.edit(show(1), "before");
  copy.take_data_of(lan);
  lan.edit(show(1), "lan 1");
  lan.edit(show(1), "lan 2", 2);
  copy.edit(show(1), "copy 1");
  copy.edit(show(1), "copy 2", 3);
  sync(third, copy_first ? copy : lan);
  third.edit(show(1), "seen one");
  sync(fourth, copy_first ? lan : copy);
  fourth.edit(show(1), "seen the other");
  for (int round = 0; round < 3; ++round) {
    sync(third, fourth);
    sync(third, lan);
    sync(fourth, copy);
  }
  for (TestNode* node : {&lan, &copy, &fourth}) {
    REQUIRE(sync(third, *node).in_sync);
    require_same(third, *node, show(1));
    require_sound(*node, show(1));
  }
  REQUIRE(event_count(third, show(1)) == 2 + 4 + 2);
}

// What a person decided on one branch keeps its meaning when the branch gets another name.
TEST_CASE("what was named before a fork means the same after it", "[forks]") {
  TestNode cloud(1, Role::cloud), lan(2), copy(2), third(3);
  lan.edit(show(1), "before");
  sync(lan, cloud);
  sync(third, cloud);
  copy.take_data_of(lan);
  lan.edit(show(1), "lan");
  copy.edit(show(1), "copy");
  for (TestNode* one : {&lan, &copy}) {
    // A write that names what it replaces: the last event of that branch.
    const VersionVector seen = one->vector(show(1));
    Operation operation = create_of(table::sources, RecordId{genlock::test::uuid_named(0x10, 1)});
    operation.kind = OperationKind::set;
    operation.group = GroupId{4};
    operation.values.push_back({ColumnId{4}, std::string("named")});
    operation.replaces = {{one->origin(), seen.last_seen(one->origin())}};
    TestNode& writer = one == &lan ? cloud : third;
    sync(*one, writer);
    writer.write(show(1), {operation});
  }
  for (int round = 0; round < 4; ++round) {
    sync(third, cloud);
    sync(lan, cloud);
    sync(copy, third);
  }
  REQUIRE(sync(third, cloud).in_sync);
  for (TestNode* node : {&lan, &copy, &third}) {
    require_same(cloud, *node, show(1));
    require_sound(*node, show(1));
  }
}

TEST_CASE("nothing is sent again once a fork is known to both", "[forks]") {
  TestNode cloud(1, Role::cloud), lan(2), copy(2);
  for (int i = 0; i < 40; ++i) lan.edit(show(1), "before");
  sync(lan, cloud);
  copy.take_data_of(lan);
  lan.edit(show(1), "lan");
  copy.edit(show(1), "copy");
  for (int round = 0; round < 3; ++round) {
    sync(lan, cloud);
    sync(copy, cloud);
  }
  copy.edit(show(1), "after");
  SessionReport report = sync(copy, cloud);
  REQUIRE(report.in_sync);
  REQUIRE(report.sent_events == 1);
  lan.edit(show(1), "after, too");
  report = sync(lan, cloud);
  REQUIRE(report.in_sync);
  REQUIRE(report.sent_events == 1);
  REQUIRE(report.received_events == 1);
  REQUIRE(report.duplicate_events == 0);
}

// Copies of copies, nodes that lag behind, in any order of meetings.
TEST_CASE("any branches, met in any order, come to the same rows", "[forks]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    TestRandom random(seed);
    std::vector<std::unique_ptr<TestNode>> nodes;
    nodes.push_back(std::make_unique<TestNode>(1, Role::cloud));
    for (int n : {2, 3}) nodes.push_back(std::make_unique<TestNode>(static_cast<std::uint8_t>(n)));
    const auto any = [&]() -> TestNode& { return *nodes[random.below(nodes.size())]; };
    for (int step = 0; step < 60; ++step) {
      TestNode& node = any();
      const std::uint64_t what = random.below(10);
      if (what < 5) {
        node.edit(show(1), "step " + std::to_string(step),
                  static_cast<std::uint8_t>(1 + random.below(3)));
      } else if (what == 5 && nodes.size() < 8) {
        const auto n = node.engine.identity().node.uuid.bytes[15];
        auto copy = std::make_unique<TestNode>(n, node.engine.identity().role);
        if (copy->origin() != node.origin()) continue;
        copy->take_data_of(node, 1'000 + nodes.size());
        nodes.push_back(std::move(copy));
      } else {
        TestNode& other = any();
        if (&other == &node) continue;
        // Small pages, and links that are cut somewhere in a session.
        node.ports.page_bytes = random.below(2) == 0 ? limits::max_page_bytes : 500;
        Wire wire;
        std::uint64_t frames = random.below(4) == 0 ? random.below(10) : 1'000'000;
        wire.meddle = [&](std::string&, bool) { return frames-- > 0; };
        sync(node, other, wire);
      }
    }
    for (std::size_t round = 0; round < 2 * nodes.size() + 4; ++round)
      for (std::size_t i = 0; i < nodes.size(); ++i)
        sync(*nodes[i], *nodes[(i + 1) % nodes.size()]);
    for (auto& node : nodes) {
      SessionReport report = sync(*node, *nodes.front());
      if (node != nodes.front()) {
        INFO((report.error ? report.error->message : "")
             << (report.failures.empty() ? "" : report.failures[0].message));
        REQUIRE(report.in_sync);
      }
      require_same(*node, *nodes.front(), show(1));
      require_sound(*node, show(1));
    }
  }
}

}  // namespace
}  // namespace genlock::replication::test
