// A node whose log is compacted, and one that lacks what was dropped (snapshot.h).
#include "replication/compacted_node.h"
#include "replication/snapshot_receiver.h"

namespace genlock::replication::test {
namespace {

std::size_t kept_events(const TestNode& node, StreamId stream) {
  std::size_t count = 0;
  for (const auto& [origin, head] : node.head(stream).origins)
    node.log
        .read_kept(node.store, stream, {origin, Sequence{1}, head.last},
                   [&](const EventId&, const StoredEvent&) {
                     ++count;
                     return true;
                   })
        .value();
  return count;
}

}  // namespace

TEST_CASE("a new node begins with a snapshot, and gets what came after it", "[snapshot]") {
  TestNode venue(1), cloud(2, Role::cloud);
  edit_often(cloud, show(1), 60);
  compact(cloud, show(1));
  REQUIRE(kept_events(cloud, show(1)) < 20);
  cloud.edit(show(1), "after the floor");
  cloud.edit(show(2), "another show");

  const SessionReport report = sync(venue, cloud);
  REQUIRE(report.ok());
  REQUIRE(report.in_sync);
  REQUIRE(venue.rows() == cloud.rows());
  REQUIRE(venue.vector(show(1)) == cloud.vector(show(1)));
  REQUIRE(same_rows_when_folded_again(venue, show(1)));
  REQUIRE(venue.told().empty());

  venue.edit(show(1), "and back");
  REQUIRE(sync(venue, cloud).in_sync);
  REQUIRE(venue.rows() == cloud.rows());
}

TEST_CASE("a peer that lost its disk gets a snapshot from who dials it", "[snapshot]") {
  TestNode venue(1), cloud(2, Role::cloud);
  edit_often(venue, show(1), 60);
  compact(venue, show(1));
  venue.edit(show(1), "after the floor");

  const SessionReport report = sync(venue, cloud);
  REQUIRE(report.ok());
  REQUIRE(report.in_sync);
  REQUIRE(venue.rows() == cloud.rows());
}

TEST_CASE("a node that was away takes the snapshot and writes its own edits again", "[snapshot]") {
  TestNode venue(1), cloud(2, Role::cloud);
  edit_often(cloud, show(1), 3);
  REQUIRE(sync(venue, cloud).in_sync);
  venue.edit(show(1), "typed while away", 1);
  venue.edit(show(1), "a new row", 9);
  const OriginId before = venue.origin();
  edit_often(cloud, show(1), 30);
  compact(cloud, show(1));

  for (int i = 0; i < 2; ++i) REQUIRE(sync(venue, cloud).ok());
  REQUIRE(venue.rows() == cloud.rows());
  REQUIRE(cloud.rows().find("a new row") != std::string::npos);
  REQUIRE(cloud.rows().find("typed while away") != std::string::npos);
  REQUIRE(venue.origin() != before);
  REQUIRE(venue.told_of(NoticeKind::returned));
  REQUIRE(same_rows_when_folded_again(venue, show(1)));
}

TEST_CASE("a node whose last event was dropped at its peer begins with a snapshot", "[snapshot]") {
  TestNode venue(1), cloud(2, Role::cloud);
  edit_often(cloud, show(1), 10, 1);
  REQUIRE(sync(venue, cloud).in_sync);
  const Dot last{cloud.origin(), venue.vector(show(1)).last_seen(cloud.origin())};
  edit_often(cloud, show(1), 30, 1);
  compact(cloud, show(1));
  REQUIRE(cloud.log.read(cloud.store, {show(1), last}).error().code == ErrorCode::compacted);

  SECTION("when it calls") { REQUIRE(sync(venue, cloud).in_sync); }
  SECTION("when it is called") { REQUIRE(sync(cloud, venue).in_sync); }
  SECTION("when what is new is pushed, without a hello") {
    Wire wire;
    REQUIRE(sync(cloud, venue, wire, Plan::push).ok());
  }
  REQUIRE(venue.rows() == cloud.rows());
  REQUIRE(venue.told().empty());
}

TEST_CASE("a snapshot that was cut goes on with the blocks that came", "[snapshot]") {
  TestNode venue(1), cloud(2, Role::cloud);
  venue.ports.page_bytes = cloud.ports.page_bytes = 1;  // a block a request
  for (std::uint8_t row = 1; row < 200; ++row) cloud.edit(show(1), "CAM", row);
  edit_often(cloud, show(1), 40, 199);
  compact(cloud, show(1));
  const auto manifest = make_manifest(cloud.log, cloud.store, show(1)).value().value();
  REQUIRE(manifest.blocks.size() > 2);

  SnapshotReceiver receiver(venue.ports, show(1));
  const SnapshotPart told{show(1), encode(manifest), {}};
  REQUIRE(receiver.take(told).value() == manifest.blocks);
  const auto block =
      make_block(cloud.log, cloud.store, show(1), manifest.blocks[1]).value().value();
  REQUIRE(receiver.take({show(1), {}, {block}}).value().size() == manifest.blocks.size() - 1);

  SECTION("another peer, and another session") {
    venue.forget();
    const SessionReport report = sync(venue, cloud);
    REQUIRE(report.ok());
    REQUIRE(venue.rows() == cloud.rows());
    // hello twice, compare, wants twice, the manifest, the blocks but one
    REQUIRE(report.requests == 6 + manifest.blocks.size() - 1);
  }
  SECTION("a block of another snapshot is refused") {
    std::string damaged = block;
    damaged.back() ^= 1;
    const auto refused = receiver.take({show(1), {}, {damaged}});
    REQUIRE(refused.error().code == ErrorCode::corruption);
  }
  SECTION("the floor has moved meanwhile: most blocks are still good") {
    cloud.edit(show(1), "one more", 7);
    compact(cloud, show(1));
    const auto moved = make_manifest(cloud.log, cloud.store, show(1)).value().value();
    REQUIRE(moved.ends != manifest.ends);
    const auto missing = receiver.take({show(1), encode(moved), {}}).value();
    REQUIRE(missing.size() < moved.blocks.size());
    REQUIRE(sync(venue, cloud).in_sync);
    REQUIRE(venue.rows() == cloud.rows());
  }
}

TEST_CASE("requests for a snapshot that come damaged say nothing of the snapshot", "[snapshot]") {
  TestNode venue(1), cloud(2, Role::cloud);
  venue.ports.page_bytes = cloud.ports.page_bytes = 1;  // a block a request
  for (std::uint8_t row = 1; row < 200; ++row) cloud.edit(show(1), "CAM", row);
  compact(cloud, show(1));
  Wire wire;
  int requests = 0;
  wire.meddle = [&](std::string& frame, bool is_reply) {
    if (!is_reply && ++requests % 2 == 0) frame.resize(frame.size() / 2);
    return true;
  };
  SECTION("pulled") { REQUIRE(sync(venue, cloud, wire).in_sync); }
  SECTION("pushed") { REQUIRE(sync(cloud, venue, wire).in_sync); }
  REQUIRE(requests > 4);
  REQUIRE(venue.rows() == cloud.rows());
  for (const TestNode* node : {&venue, &cloud})
    for (const SyncNote& note : node->notes)
      REQUIRE((note.kind == SyncNote::Kind::damaged_message || note.code == ErrorCode::compacted));
}

TEST_CASE("bytes of snapshots are those of the events and the floor", "[snapshot]") {
  TestNode one(1), two(2, Role::cloud);
  edit_often(one, show(1), 50);
  REQUIRE(sync(one, two).in_sync);
  edit_often(two, show(1), 10);
  REQUIRE(sync(one, two).in_sync);
  compact(one, show(1));
  compact(two, show(1));
  const auto manifest = make_manifest(one.log, one.store, show(1)).value().value();
  REQUIRE(make_manifest(two.log, two.store, show(1)).value().value() == manifest);
  REQUIRE(decode_manifest(encode(manifest)).value() == manifest);
}

}  // namespace genlock::replication::test
