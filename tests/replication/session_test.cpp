// A session between two nodes, carried by hand.
#include "replication/session.h"

#include "replication/limits.h"
#include "replication/test_node.h"

namespace genlock::replication::test {
namespace {

void require_same(const TestNode& a, const TestNode& b, StreamId stream) {
  REQUIRE(a.vector(stream) == b.vector(stream));
  REQUIRE(a.rows() == b.rows());
}

TEST_CASE("both sides have everything after one session", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  for (int i = 0; i < 20; ++i) cloud.edit(show(1), "CAM " + std::to_string(i));
  for (int i = 0; i < 30; ++i) lan.edit(show(2), "CAM " + std::to_string(i));
  SessionReport report = sync(lan, cloud);
  REQUIRE(report.ok());
  REQUIRE(report.in_sync);
  REQUIRE(report.sent_events == 31);
  REQUIRE(report.received_events == 21);
  require_same(cloud, lan, show(1));
  require_same(cloud, lan, show(2));
  REQUIRE(lan.shared[show(2)] == lan.vector(show(2)));
}

TEST_CASE("nothing to say is one small round trip, however many streams agree", "[replication]") {
  for (std::uint8_t streams : {std::uint8_t{1}, std::uint8_t{200}}) {
    TestNode cloud(1, Role::cloud), lan(2);
    for (std::uint8_t i = 1; i <= streams; ++i) cloud.edit(show(i));
    REQUIRE(sync(lan, cloud).in_sync);
    Wire wire;
    SessionReport report = sync(lan, cloud, wire);
    REQUIRE(report.in_sync);
    REQUIRE(wire.requests == 1);
    REQUIRE(wire.bytes < 600);
  }
}

TEST_CASE("a few edits among many streams cost a few bytes", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  for (std::uint8_t i = 1; i <= 200; ++i) cloud.edit(show(i));
  sync(lan, cloud);
  for (std::uint8_t i = 0; i < 100; ++i) cloud.edit(show(7), "CAM " + std::to_string(i));
  Wire wire;
  REQUIRE(sync(lan, cloud, wire).in_sync);
  REQUIRE(wire.requests == 4);
  REQUIRE(wire.bytes < 10'000);
  require_same(cloud, lan, show(7));
}

TEST_CASE("concurrent edits travel in an order that extends causality", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2), spare(3);
  for (int round = 0; round < 10; ++round) {
    cloud.edit(show(1), "cloud " + std::to_string(round));
    sync(lan, cloud);
    lan.edit(show(1), "lan " + std::to_string(round));
    sync(lan, cloud);
  }
  SessionReport report = sync(spare, cloud);
  REQUIRE(report.ok());
  REQUIRE(report.duplicate_events == 0);
  require_same(cloud, spare, show(1));
}

TEST_CASE("a cut anywhere costs nothing twice", "[replication]") {
  for (int cut_at = 1; cut_at < 12; ++cut_at) {
    TestNode cloud(1, Role::cloud), lan(2);
    cloud.edit(show(1));
    lan.edit(show(2));
    Wire wire;
    int frames = 0;
    wire.meddle = [&](std::string&, bool) { return ++frames != cut_at; };
    SessionReport first = sync(lan, cloud, wire);
    SessionReport second = sync(lan, cloud);
    REQUIRE(second.in_sync);
    REQUIRE(first.received_events + second.received_events == 3 - 1);
    REQUIRE(first.duplicate_events + second.duplicate_events == 0);
    require_same(cloud, lan, show(1));
    require_same(cloud, lan, show(2));
  }
}

TEST_CASE("damaged frames are asked for again, then the session ends", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  cloud.edit(show(1));
  Wire wire;
  int frames = 0;
  wire.meddle = [&](std::string& frame, bool is_reply) {
    if (is_reply && ++frames % 2 == 1) frame.back() = static_cast<char>(frame.back() ^ 1);
    return true;
  };
  REQUIRE(sync(lan, cloud, wire).in_sync);
  REQUIRE(lan.noted(SyncNote::Kind::damaged_message));
  require_same(cloud, lan, show(1));

  cloud.edit(show(1), "again");
  wire.meddle = [](std::string& frame, bool) {
    frame.resize(frame.size() / 2);
    return true;
  };
  wire.requests = 0;
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(report.error);
  REQUIRE(report.error->code == ErrorCode::corruption);
  REQUIRE(wire.requests == limits::max_tries);
}

// Changes one byte inside the events of a stream, in a frame that is sound.
void damage_events(Message& message, StreamId stream) {
  auto* exchange = std::get_if<Exchange>(&message.body);
  if (!exchange) return;
  for (Chunk& chunk : exchange->chunks)
    if (chunk.stream == stream) chunk.events.back()[chunk.events.back().size() / 2] ^= 0x40;
}

TEST_CASE("a damaged event is refused whole and never blocks other streams", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  for (std::uint8_t i = 1; i <= 3; ++i)
    for (int k = 0; k < 5; ++k) cloud.edit(show(i), "CAM " + std::to_string(k));
  Wire wire;
  wire.fake = [&](Message& message, bool) { damage_events(message, show(2)); };
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(!report.error);
  REQUIRE(report.failures.size() == 1);
  REQUIRE(report.failures[0].stream == show(2));
  REQUIRE(lan.noted(SyncNote::Kind::refused_chunk));
  REQUIRE(lan.noted(SyncNote::Kind::blocked_stream));
  REQUIRE(lan.vector(show(2)).empty());
  REQUIRE(lan.vector(show(1)) == cloud.vector(show(1)));
  REQUIRE(lan.vector(show(3)) == cloud.vector(show(3)));

  // Left alone until its back-off ends, then it comes.
  REQUIRE(sync(lan, cloud).failures.size() == 1);
  lan.clock.set(lan.clock.peek() + limits::max_stream_backoff_ms);
  REQUIRE(sync(lan, cloud).in_sync);
  require_same(cloud, lan, show(2));
}

TEST_CASE("a damaged event that we send is refused by the peer, the others go on",
          "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  for (std::uint8_t i = 1; i <= 3; ++i) lan.edit(show(i));
  Wire wire;
  wire.fake = [&](Message& message, bool) { damage_events(message, show(2)); };
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(report.failures.size() == 1);
  REQUIRE(cloud.noted(SyncNote::Kind::refused_chunk));
  REQUIRE(cloud.vector(show(2)).empty());
  REQUIRE(cloud.vector(show(1)) == lan.vector(show(1)));
  REQUIRE(cloud.vector(show(3)) == lan.vector(show(3)));
}

TEST_CASE("damage on the sender's disk stops one stream and travels no further", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  EventId bad;
  for (std::uint8_t i = 1; i <= 2; ++i)
    for (int k = 0; k < 5; ++k) {
      EventId id = cloud.edit(show(i), "CAM " + std::to_string(k));
      if (i == 1 && k == 2) bad = id;
    }
  std::string key = "e";
  key.append(bad.stream.view()).append(bad.dot.origin.view());
  append_be64(key, number(bad.dot.sequence));
  cloud.store.flip_bit(Space::events, key, 999);
  SessionReport report = sync(lan, cloud);
  REQUIRE(report.failures.size() == 1);
  REQUIRE(report.failures[0].code == ErrorCode::corruption);
  REQUIRE(lan.vector(show(2)) == cloud.vector(show(2)));
  // What came before the damage is sound.
  REQUIRE(lan.vector(show(1)).event_count() == number(bad.dot.sequence) - 1);
}

TEST_CASE("requests that come twice or late do no harm", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  std::vector<Message> all;
  for (int round = 0; round < 4; ++round) {
    cloud.edit(show(1), "cloud " + std::to_string(round));
    lan.edit(show(1), "lan " + std::to_string(round));
    SyncSession session = SyncSession::initiator(lan.ports, Plan::full);
    Wire wire;
    while (auto request = session.next()) {
      all.push_back(*request);
      for (const Message& old : all) {
        Result<Message> reply = carry(old, cloud, wire);
        if (&old != &all.back()) session.receive(std::move(reply));  // a late reply: ignored
      }
      session.receive(carry(*request, cloud, wire));
    }
    REQUIRE(session.report().in_sync);
  }
  require_same(cloud, lan, show(1));
  REQUIRE(!cloud.noted(SyncNote::Kind::fork));
}

TEST_CASE("two sessions at once", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  for (int i = 0; i < 5; ++i) {
    cloud.edit(show(1), "cloud " + std::to_string(i));
    lan.edit(show(2), "lan " + std::to_string(i));
  }
  SyncSession first = SyncSession::initiator(lan.ports, Plan::full);
  SyncSession second = SyncSession::initiator(lan.ports, Plan::full);
  Wire wire;
  for (bool busy = true; busy;) {
    busy = false;
    for (SyncSession* session : {&first, &second}) {
      auto request = session->next();
      if (!request) continue;
      busy = true;
      session->receive(carry(*request, cloud, wire));
    }
  }
  REQUIRE(first.report().ok());
  REQUIRE(second.report().ok());
  require_same(cloud, lan, show(1));
  require_same(cloud, lan, show(2));
}

TEST_CASE("a peer that was restarted in the middle is told again who we are", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  REQUIRE(lan.subscriptions.set_everything(lan.writer, false).ok());
  REQUIRE(lan.subscriptions.set(lan.writer, show(1), true).ok());
  cloud.edit(show(1));
  SyncSession session = SyncSession::initiator(lan.ports, Plan::full);
  Wire wire;
  int requests = 0;
  while (auto request = session.next()) {
    if (++requests == 3) cloud.forget();
    session.receive(carry(*request, cloud, wire));
  }
  REQUIRE(session.report().in_sync);
  require_same(cloud, lan, show(1));
}

TEST_CASE("a peer of another protocol version is refused with a clear error", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  Wire wire;
  wire.fake = [](Message& message, bool is_reply) {
    if (auto* hello = std::get_if<Hello>(&message.body); hello && is_reply) hello->protocol = 7;
  };
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(report.refused);
  REQUIRE(report.error->code == ErrorCode::unsupported);
  REQUIRE_THAT(report.error->message, Catch::Contains("protocol 1") && Catch::Contains("speaks 7"));

  wire.fake = [](Message& message, bool is_reply) {
    if (auto* hello = std::get_if<Hello>(&message.body); hello && !is_reply) hello->protocol = 7;
  };
  report = sync(lan, cloud, wire);
  REQUIRE(report.refused);
  REQUIRE(cloud.noted(SyncNote::Kind::refused));
}

TEST_CASE("tables and columns of a newer version are kept and shipped", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2), spare(3);
  lan.edit(show(1));
  Operation unknown = create_of(TableId{900}, RecordId{show(9).uuid});
  unknown.values = {{ColumnId{77}, std::string("from the future")}};
  lan.write(show(1), {unknown});
  sync(lan, cloud);
  sync(spare, cloud);
  require_same(lan, spare, show(1));
  auto kept =
      State(spare.store, spare.log, show(1)).record({TableId{900}, RecordId{show(9).uuid}}).value();
  REQUIRE(kept);
}

TEST_CASE("a partial subscription brings its productions, the library and nothing else",
          "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  REQUIRE(lan.subscriptions.set_everything(lan.writer, false).ok());
  REQUIRE(lan.subscriptions.set(lan.writer, show(2), true).ok());
  for (std::uint8_t i = 1; i <= 3; ++i) cloud.edit(show(i));
  Operation spec = create_of(table::equipment_specs, RecordId{show(9).uuid});
  spec.values = {{ColumnId{3}, std::string("c")},
                 {ColumnId{4}, std::string("m")},
                 {ColumnId{5}, std::string("x")}};
  cloud.write(library_stream, {spec});
  lan.edit(show(4));  // made here: it travels too
  REQUIRE(sync(lan, cloud).in_sync);
  REQUIRE(lan.vector(show(2)) == cloud.vector(show(2)));
  REQUIRE(lan.vector(library_stream) == cloud.vector(library_stream));
  REQUIRE(lan.vector(show(1)).empty());
  REQUIRE(cloud.vector(show(4)) == lan.vector(show(4)));

  SECTION("its list is said once") {
    Wire wire;
    REQUIRE(sync(lan, cloud, wire).in_sync);
    REQUIRE(wire.requests == 1);
    cloud.forget();
    wire.requests = 0;
    REQUIRE(sync(lan, cloud, wire).in_sync);
    REQUIRE(wire.requests == 2);
  }
  SECTION("unsubscribing keeps the rows") {
    REQUIRE(lan.subscriptions.set(lan.writer, show(2), false).ok());
    VersionVector before = lan.vector(show(2));
    cloud.edit(show(2), "later");
    REQUIRE(sync(lan, cloud).in_sync);
    REQUIRE(lan.vector(show(2)) == before);
  }
}

TEST_CASE("same events but other rows is told loudly", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  cloud.edit(show(1));
  sync(lan, cloud);
  lan.projection.extra.low = 1;
  lan.index.invalidate();
  SessionReport report = sync(lan, cloud);
  REQUIRE(report.diverged == std::vector<StreamId>{show(1)});
  REQUIRE(lan.noted(SyncNote::Kind::diverged));
  REQUIRE(!report.ok());
}

TEST_CASE("a peer with another fold version is not called diverged", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  cloud.edit(show(1));
  lan.projection.extra.low = 1;
  Wire wire;
  wire.fake = [](Message& message, bool) {
    if (auto* hello = std::get_if<Hello>(&message.body)) hello->fold = 99;
  };
  SessionReport report = sync(lan, cloud, wire);
  REQUIRE(report.ok());
  REQUIRE(report.in_sync);
}

TEST_CASE("after a local write a push is one round trip", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  cloud.edit(show(1));
  sync(lan, cloud);
  lan.edit(show(1), "CAM 2");
  Wire wire;
  SessionReport report = sync(lan, cloud, wire, Plan::push);
  REQUIRE(wire.requests == 1);
  REQUIRE(report.sent_events == 1);
  require_same(cloud, lan, show(1));
  wire.requests = 0;
  REQUIRE(sync(lan, cloud, wire, Plan::push).ok());
  REQUIRE(wire.requests == 0);
}

TEST_CASE("a push to a peer that lost its data starts from what it has", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2), emptied(1, Role::cloud);
  lan.edit(show(1));
  sync(lan, cloud);
  lan.edit(show(1), "CAM 2");
  emptied.peers.meet(
      {lan.engine.identity().node, lan.engine.identity().origin, Role::lan, "lan", ""},
      Subscription{}.digest(), Subscription{}, 1);
  Wire wire;
  sync(lan, emptied, wire, Plan::push);
  require_same(lan, emptied, show(1));
}

TEST_CASE("the clock's offset is measured at the middle of the hello", "[replication]") {
  TestNode cloud(1, Role::cloud), lan(2);
  cloud.clock.set(cloud.clock.peek() + 50'000);
  sync(lan, cloud);
  REQUIRE(lan.offset_ms > 49'900);
  REQUIRE(lan.offset_ms < 50'100);
}

TEST_CASE("a disk error ends the session and loses nothing", "[replication]") {
  for (auto fault :
       {MemoryStore::Fault::fail_before_applying, MemoryStore::Fault::fail_after_applying}) {
    TestNode cloud(1, Role::cloud), lan(2);
    for (int i = 0; i < 5; ++i) cloud.edit(show(1), "CAM " + std::to_string(i));
    lan.store.fail_next_commit(fault);
    SessionReport report = sync(lan, cloud);
    REQUIRE(report.error);
    REQUIRE(report.error->code == ErrorCode::unavailable);
    lan.store.reopen();
    lan.writer.reopen();
    REQUIRE(sync(lan, cloud).in_sync);
    require_same(cloud, lan, show(1));
  }
}

}  // namespace
}  // namespace genlock::replication::test
