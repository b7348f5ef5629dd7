// A download in many pages: they are stored several at a time, one batch upon the other, and a cut,
// a damaged page or a disk that fails in between loses nothing that had come before.
#include "eventlog/background_committer.h"
#include "replication/test_node.h"

namespace genlock::replication::test {
namespace {

constexpr int edits = 400;

// A node that has a show of many events, and sends one event a page.
struct Full : TestNode {
  Full() : TestNode(1, Role::cloud) {
    ports.page_bytes = 1;
    for (int i = 1; i < edits; ++i)
      edit(show(1), "CAM " + std::to_string(i), static_cast<std::uint8_t>(1 + i % 7));
  }
  std::uint64_t count() const { return vector(show(1)).event_count(); }
};

// An empty one that counts its commits.
struct Empty : TestNode {
  Empty() : TestNode(2) {
    writer.on_commit([this] { ++commits; });
  }
  std::uint64_t commits = 0;
};

void require_same(const TestNode& a, const TestNode& b) {
  REQUIRE(a.vector(show(1)) == b.vector(show(1)));
  REQUIRE(a.rows() == b.rows());
}

TEST_CASE("many pages are stored in few batches, each event once", "[replication]") {
  Full cloud;
  Empty lan;
  SessionReport report = sync(lan, cloud);
  REQUIRE(report.in_sync);
  REQUIRE(report.received_events == cloud.count());
  REQUIRE(report.duplicate_events == 0);
  REQUIRE(lan.commits < cloud.count() / 10);
  require_same(cloud, lan);
}

TEST_CASE("pages are stored in the background, each upon the one before",
          "[replication][threads]") {
  Full cloud;
  Empty lan;
  BackgroundCommitter committer(lan.writer);
  SessionPorts ports{lan.engine, lan.store,         committer, lan.clock, lan.random,
                     lan.index,  lan.subscriptions, lan.peers, lan,       "test"};
  SyncSession session = SyncSession::initiator(ports, Plan::full, cloud.engine.identity().node);
  Wire wire;
  while (auto request = session.next()) session.receive(carry(*request, cloud, wire));
  REQUIRE(session.report().in_sync);
  REQUIRE(session.report().received_events == cloud.count());
  REQUIRE(session.report().duplicate_events == 0);
  require_same(cloud, lan);
}

TEST_CASE("what came before a cut is stored and not sent again", "[replication]") {
  Full cloud;
  for (int cut_at : {5, 30, 77, 200, 399}) {
    Empty lan;
    Wire wire;
    wire.meddle = [&](std::string&, bool) {
      return wire.requests < static_cast<std::uint64_t>(cut_at);
    };
    SessionReport first = sync(lan, cloud, wire);
    REQUIRE(first.error);
    REQUIRE(first.received_events + 4 > static_cast<std::uint64_t>(cut_at));
    REQUIRE(lan.vector(show(1)).event_count() == first.received_events);
    SessionReport second = sync(lan, cloud);
    REQUIRE(second.in_sync);
    REQUIRE(first.received_events + second.received_events == cloud.count());
    REQUIRE(first.duplicate_events + second.duplicate_events == 0);
    require_same(cloud, lan);
  }
}

TEST_CASE("a damaged page keeps those before it, and is asked for again", "[replication]") {
  Full cloud;
  Empty lan;
  Wire wire;
  const bool for_good = GENERATE(false, true);
  int damaged = 0;
  wire.fake = [&](Message& message, bool) {
    auto* exchange = std::get_if<Exchange>(&message.body);
    if (!exchange || exchange->chunks.empty()) return;
    Chunk& chunk = exchange->chunks.front();
    if (number(chunk.chains.front().first.sequence) != 150 || (!for_good && damaged > 0)) return;
    ++damaged;
    chunk.events.back()[chunk.events.back().size() / 2] ^= 0x40;
  };
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(lan.noted(SyncNote::Kind::refused_chunk));
  REQUIRE(lan.noted(SyncNote::Kind::blocked_stream) == for_good);
  REQUIRE(report.in_sync != for_good);
  if (for_good) {
    REQUIRE(damaged == limits::max_tries);
    REQUIRE(lan.vector(show(1)).event_count() == 149);
  } else {
    require_same(cloud, lan);
  }
}

TEST_CASE("the peer does not count as arrived what is only held", "[replication]") {
  Full cloud;
  Empty lan;
  Wire wire;
  std::uint64_t most_claimed = 0;
  wire.fake = [&](Message&, bool is_reply) {
    if (!is_reply) return;
    VersionVector shared =
        cloud.peers.shared(cloud.store, lan.engine.identity().node, show(1)).value();
    most_claimed = std::max(most_claimed, shared.event_count());
    REQUIRE(shared.event_count() <= lan.vector(show(1)).event_count());
  };
  REQUIRE(sync(lan, cloud, wire).in_sync);
  REQUIRE(most_claimed > 0);
}

TEST_CASE("a disk that fails in the middle of a download ends the session", "[replication]") {
  Full cloud;
  Empty lan;
  Wire wire;
  wire.meddle = [&](std::string&, bool is_reply) {
    if (is_reply && wire.requests == 100)
      lan.store.fail_next_commit(MemoryStore::Fault::fail_before_applying);
    return true;
  };
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(report.error);
  REQUIRE(report.error->code == ErrorCode::unavailable);
  lan.store.reopen();
  lan.writer.reopen();
  REQUIRE(lan.vector(show(1)).event_count() == report.received_events);
  REQUIRE(sync(lan, cloud).in_sync);
  require_same(cloud, lan);
}

}  // namespace
}  // namespace genlock::replication::test
