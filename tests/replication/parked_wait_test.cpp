// The long poll, without a network.
#include "replication/parked_wait.h"

#include "replication/test_node.h"

namespace genlock::replication::test {
namespace {

struct Pair {
  TestNode cloud{1, Role::cloud}, lan{2};
  NodeId cloud_id = cloud.engine.identity().node;

  ParkedWait park() { return ParkedWait(cloud.ports, make_wait(lan.ports, cloud_id).value()); }
  WaitOutcome take(Message reply) {
    return take_wait_reply(lan.ports, cloud_id, decode(encode(reply))).value();
  }
};

TEST_CASE("a parked wait is answered with the events themselves", "[wait]") {
  Pair p;
  p.cloud.edit(show(1));
  sync(p.lan, p.cloud);
  ParkedWait wait = p.park();
  REQUIRE(!wait.look(false));
  p.cloud.edit(show(1), "CAM 2");
  p.cloud.edit(show(2));
  auto reply = wait.look(false);
  REQUIRE(reply);
  WaitOutcome outcome = p.take(*reply);
  REQUIRE(outcome.stored == 3);
  REQUIRE(!outcome.session_needed);
  REQUIRE(p.lan.vector(show(1)) == p.cloud.vector(show(1)));
  REQUIRE(p.lan.vector(show(2)) == p.cloud.vector(show(2)));
  REQUIRE(p.lan.shared[show(2)] == p.cloud.vector(show(2)));
}

TEST_CASE("what the peer wrote or gave us itself is no news to it", "[wait]") {
  Pair p;
  TestNode spare(3);
  sync(p.lan, p.cloud);
  ParkedWait wait = p.park();
  REQUIRE(!wait.look(false));
  p.lan.edit(show(1));
  spare.edit(show(2));
  sync(p.lan, spare);  // a relay: the event of another node comes from this one
  Wire wire;
  sync(p.lan, p.cloud, wire);
  REQUIRE(p.cloud.vector(show(2)) == spare.vector(show(2)));
  REQUIRE(!wait.look(false));
  auto last_word = wait.look(true);
  REQUIRE(last_word);
  REQUIRE(p.take(*last_word).stored == 0);
}

TEST_CASE("where digests differ from the start, a session is needed", "[wait]") {
  Pair p;
  sync(p.lan, p.cloud);
  p.cloud.edit(show(1));
  auto reply = p.park().look(false);
  REQUIRE(reply);
  REQUIRE(p.take(*reply).session_needed);
}

TEST_CASE("once the peer wants other streams, what is new ends the wait", "[wait]") {
  Pair p;
  REQUIRE(p.lan.subscriptions.set_everything(p.lan.writer, false).ok());
  p.cloud.edit(show(1));
  sync(p.lan, p.cloud);
  ParkedWait wait = p.park();
  REQUIRE(!wait.look(false));
  REQUIRE(p.lan.subscriptions.set(p.lan.writer, show(1), true).ok());
  sync(p.lan, p.cloud);
  REQUIRE(p.lan.vector(show(1)) == p.cloud.vector(show(1)));
  p.cloud.edit(show(1), "CAM 2");
  auto reply = wait.look(false);
  REQUIRE(reply);
  REQUIRE(p.take(*reply).session_needed);
  sync(p.lan, p.cloud);
  REQUIRE(!p.park().look(false));
}

TEST_CASE("a stream that stopped does not end the wait for the others", "[wait]") {
  Pair p;
  sync(p.lan, p.cloud);
  p.cloud.edit(show(1));
  p.lan.peers.block(p.cloud_id, {show(1), ErrorCode::corruption, "damaged"}, p.lan.clock.now());
  ParkedWait wait = p.park();
  REQUIRE(!wait.look(false));
  p.cloud.edit(show(1), "CAM 2");
  REQUIRE(!wait.look(false));
  p.cloud.edit(show(2));
  REQUIRE(p.take(*wait.look(false)).stored == 2);
  REQUIRE(p.lan.vector(show(1)).empty());
}

TEST_CASE("more than a page: the rest needs a session", "[wait]") {
  Pair p;
  sync(p.lan, p.cloud);
  ParkedWait wait = p.park();
  REQUIRE(!wait.look(false));
  for (int i = 0; i < 300; ++i) p.cloud.edit(show(1), std::string(900, 'x'), 1);
  for (int i = 0; i < 1'200; ++i) p.cloud.edit(show(2), std::string(900, 'y'), 2);
  WaitOutcome outcome = p.take(*wait.look(false));
  REQUIRE(outcome.stored > 800);
  REQUIRE(outcome.session_needed);
  REQUIRE(sync(p.lan, p.cloud).in_sync);
  REQUIRE(p.lan.vector(show(2)) == p.cloud.vector(show(2)));
}

TEST_CASE("a peer that forgot us sends us back to the hello", "[wait]") {
  Pair p;
  REQUIRE(p.lan.subscriptions.set_everything(p.lan.writer, false).ok());
  REQUIRE(p.lan.subscriptions.set(p.lan.writer, show(1), true).ok());
  sync(p.lan, p.cloud);
  p.cloud.forget();
  auto reply = p.park().look(false);
  REQUIRE(reply);
  auto outcome = take_wait_reply(p.lan.ports, p.cloud_id, *reply);
  REQUIRE(outcome.error().code == ErrorCode::gone);
}

}  // namespace
}  // namespace genlock::replication::test
