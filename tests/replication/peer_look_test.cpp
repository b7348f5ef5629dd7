// Looking at a peer without a session: what it has, what a sync would bring, and that nothing
// moves.
#include "replication/peer_look.h"

#include "replication/test_node.h"

namespace genlock::replication::test {
namespace {

// To another node, by hand.
class Direct : public Transport {
 public:
  explicit Direct(TestNode& there) : there_(there) {}

  Result<Message> ask(const Message& request, std::int64_t) override {
    ++requests;
    if (away) return Error{ErrorCode::unavailable, "no route to host"};
    SyncSession session = SyncSession::responder(there_.ports);
    session.receive(request);
    return *session.next();
  }
  void cancel() override {}
  void resume() override {}

  int requests = 0;
  bool away = false;

 private:
  TestNode& there_;
};

PeerLook look(TestNode& here, TestNode& there, StreamId stream) {
  Direct peer(there);
  Result<PeerLook> look = look_at_peer(here.ports, peer, {stream}, stream, 1'000);
  INFO((look.ok() ? "" : look.error().message));
  REQUIRE(look.ok());
  REQUIRE(look->streams.size() == 1);
  return std::move(look).value();
}

TEST_CASE("who has the same as its peer sees the same digest, and nothing to move", "[look]") {
  TestNode cloud(1, Role::cloud), lan(2);
  lan.edit(show(1));
  cloud.edit(show(2));
  REQUIRE(sync(lan, cloud).ok());
  for (StreamId stream : {show(1), show(2)}) {
    const PeerLook seen = look(lan, cloud, stream);
    REQUIRE(seen.peer.name == "node 1");
    const StreamLook& theirs = seen.streams[0];
    REQUIRE((theirs.shared && theirs.is_there));
    REQUIRE(theirs.seen == lan.vector(stream));
    REQUIRE(theirs.to_receive == 0);
    REQUIRE(theirs.digest == lan.projection.digest(lan.store, stream).value());
    REQUIRE(seen.chunks.empty());
    REQUIRE_FALSE(seen.more);
  }
}

TEST_CASE("other rows of the same events are seen", "[look]") {
  TestNode cloud(1, Role::cloud), lan(2);
  lan.edit(show(1));
  REQUIRE(sync(lan, cloud).ok());
  cloud.projection.extra = Digest{1, 2};
  cloud.index.invalidate();
  const PeerLook seen = look(lan, cloud, show(1));
  REQUIRE(seen.streams[0].to_receive == 0);
  REQUIRE(seen.streams[0].digest);
  REQUIRE(*seen.streams[0].digest != lan.projection.digest(lan.store, show(1)).value());
}

TEST_CASE("what a sync would bring is looked at, and stays where it is", "[look]") {
  TestNode cloud(1, Role::cloud), lan(2);
  cloud.edit(show(1));
  REQUIRE(sync(lan, cloud).ok());
  const VersionVector before = lan.vector(show(1));
  for (int i = 0; i < 40; ++i) cloud.edit(show(1), "CAM " + std::to_string(i));
  lan.edit(show(1), "from the truck");
  const VersionVector here = lan.vector(show(1)), there = cloud.vector(show(1));
  lan.ports.page_bytes = 2'000;  // several pages
  const PeerLook seen = look(lan, cloud, show(1));
  REQUIRE(seen.streams[0].to_receive == 40);
  REQUIRE(seen.streams[0].seen == before);
  std::size_t events = 0;
  for (const Chunk& chunk : seen.chunks) events += chunk.events.size();
  REQUIRE(events == 40);
  REQUIRE(seen.chunks.size() > 1);
  REQUIRE_FALSE(seen.more);
  REQUIRE(lan.vector(show(1)) == here);
  REQUIRE(cloud.vector(show(1)) == there);
  REQUIRE(cloud.peers.shared(cloud.store, lan.engine.identity().node, show(1)).value() == before);

  Overlay overlay(lan.store);
  const Result<IngestReport> taken = lan.engine.ingest(seen.chunks, overlay);
  REQUIRE(taken.ok());
  REQUIRE(taken->stored == 40);
}

TEST_CASE("a show that only one side has, or follows, is told apart", "[look]") {
  TestNode cloud(1, Role::cloud), lan(2);
  lan.edit(show(1));
  cloud.edit(show(2));
  PeerLook seen = look(lan, cloud, show(1));
  REQUIRE(seen.streams[0].shared);
  REQUIRE_FALSE(seen.streams[0].is_there);
  REQUIRE(seen.streams[0].seen.empty());
  seen = look(lan, cloud, show(2));
  REQUIRE(seen.streams[0].is_there);
  REQUIRE(seen.streams[0].to_receive == cloud.vector(show(2)).event_count());
  REQUIRE(lan.subscriptions.set_everything(lan.writer, false).ok());
  REQUIRE_FALSE(look(lan, cloud, show(2)).streams[0].shared);
}

TEST_CASE("a peer that forgot this node is told again", "[look]") {
  TestNode cloud(1, Role::cloud), lan(2);
  lan.edit(show(1));
  REQUIRE(lan.subscriptions.set_everything(lan.writer, false).ok());
  REQUIRE(lan.subscriptions.set(lan.writer, show(1), true).ok());
  REQUIRE(sync(lan, cloud).ok());
  cloud.forget();
  REQUIRE(look(lan, cloud, show(1)).streams[0].digest);
}

TEST_CASE("a peer that is away, or is this very node, is an error", "[look]") {
  TestNode cloud(1, Role::cloud), lan(2);
  Direct peer(cloud);
  peer.away = true;
  REQUIRE(look_at_peer(lan.ports, peer, {show(1)}, {}, 1'000).error().code ==
          ErrorCode::unavailable);
  REQUIRE(peer.requests == 1);
  REQUIRE(look_at_peer(lan.ports, peer, {show(1)}, {}, 0).error().code == ErrorCode::unavailable);
  Direct self(lan);
  REQUIRE(look_at_peer(lan.ports, self, {show(1)}, {}, 1'000).error().code == ErrorCode::fork);
}

}  // namespace
}  // namespace genlock::replication::test
