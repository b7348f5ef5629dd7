// Nodes that tell each other how far they are, through the directory alone.
#include "engine/acknowledging.h"

#include "catch.h"
#include "support/replica.h"

using namespace genlock;
using namespace genlock::test;

namespace {

const StreamId show{uuid_named(0x01, 1)};
constexpr UnixMs day_ms = 86'400'000;

Operation create_of(TableId table, const Uuid& id, ColumnValues values) {
  Operation made;
  made.kind = OperationKind::create;
  made.table = table;
  made.record = RecordId{id};
  made.values = std::move(values);
  return made;
}

struct Box : Replica {
  explicit Box(std::uint8_t n, Role role = Role::lan) : Replica(n, role) {
    const Identity& self = engine.identity();
    write(directory_stream,
          {create_of(table::nodes, self.node.uuid,
                     {{ColumnId{3}, self.name}, {ColumnId{4}, std::string(to_string(self.role))}}),
           create_of(table::origins, self.origin.uuid, {{ColumnId{3}, self.node.uuid}})});
  }
  OriginId origin() const { return engine.identity().origin; }
  NodeDirectory directory() { return read_directory(store, log).value(); }
  // How many things it had to say.
  std::size_t look(UnixMs now) {
    clock.set(now);
    Overlay overlay(store);
    auto due = due_acknowledgements(overlay, log, engine.identity(), day_ms, now).value();
    const std::size_t count = due.size();
    if (count > 0) engine.write(directory_stream, std::move(due), Person{}, overlay).value();
    store.commit(overlay.take_batch(), true).value();
    return count;
  }
  StableCut cut(StreamId stream) {
    const Standing standing = directory().standing(stream, head(stream), false);
    return stable_cut(standing, {},
                      [&](const Dot& dot) {
                        return log.context_of(store, {stream, dot});
                      })
        .value();
  }
  void edit(StreamId stream) {
    Operation moment;
    moment.kind = OperationKind::moment;
    moment.table = table::productions;
    moment.record = RecordId{stream.uuid};
    moment.comment = "cue";
    write(stream, {moment});
  }
};

void meet(Box& a, Box& b) {
  TestRandom random(5);
  for (StreamId stream : {directory_stream, library_stream, show}) {
    ship(a, b, stream, random);
    ship(b, a, stream, random);
  }
}

// A cloud and a LAN node that both hold a show.
struct Fleet {
  Box cloud{1, Role::cloud}, venue{2};
  UnixMs now = 1'000 * day_ms;
  Fleet() {
    cloud.edit(show);
    venue.edit(show);
    meet(cloud, venue);
  }
  void days(int count) {
    for (int i = 0; i < count; ++i) {
      now += day_ms;
      cloud.look(now);
      venue.look(now);
      meet(cloud, venue);
    }
  }
};

TEST_CASE("what both have held for a day becomes stable, and then nobody says more",
          "[stability]") {
  Fleet fleet;
  REQUIRE(fleet.cloud.look(fleet.now) == 0);
  REQUIRE(fleet.venue.look(fleet.now) == 0);
  REQUIRE(fleet.cloud.cut(show).held_back.size() == 2);
  fleet.days(3);
  const StableCut cut = fleet.cloud.cut(show);
  REQUIRE(cut.held_back.empty());
  REQUIRE(cut.cut == fleet.cloud.head(show).vector());
  REQUIRE(fleet.venue.cut(show).cut == cut.cut);
  const VersionVector said = fleet.cloud.head(directory_stream).vector();
  fleet.days(3);
  REQUIRE(fleet.cloud.head(directory_stream).vector() == said);
}

TEST_CASE("an edit is stable a day later, not before", "[stability]") {
  Fleet fleet;
  fleet.days(3);
  const VersionVector before = fleet.cloud.cut(show).cut;
  fleet.venue.edit(show);
  meet(fleet.cloud, fleet.venue);
  fleet.now += day_ms / 2;
  fleet.cloud.look(fleet.now);
  fleet.venue.look(fleet.now);
  meet(fleet.cloud, fleet.venue);
  REQUIRE(fleet.cloud.cut(show).cut == before);
  fleet.days(3);
  REQUIRE(fleet.cloud.cut(show).cut == fleet.venue.head(show).vector());
}

TEST_CASE("a node that is away holds the cut back until it is retired", "[stability]") {
  Fleet fleet;
  Box spare{3};
  meet(fleet.cloud, spare);
  meet(fleet.cloud, fleet.venue);
  fleet.days(3);
  const auto back = fleet.cloud.cut(show).held_back;
  REQUIRE(back == std::vector{std::pair{spare.origin(), HoldBack::silent}});
  const NodeDirectory directory = fleet.cloud.directory();
  fleet.cloud.write(directory_stream,
                    retire(*directory.owner(spare.origin()), {fleet.now, "Ana", "sold"}));
  meet(fleet.cloud, fleet.venue);
  REQUIRE(!fleet.cloud.cut(show).held_back.empty());  // nobody has spoken since without it
  fleet.days(2);
  REQUIRE(fleet.cloud.cut(show).held_back.empty());
  REQUIRE(fleet.cloud.cut(show).cut == fleet.cloud.head(show).vector());
  // It hears of it at its next contact, and says nothing under that origin any more.
  meet(fleet.cloud, spare);
  REQUIRE(is_closed(spare.store, spare.log, spare.origin()).value());
  REQUIRE(spare.look(fleet.now + 5 * day_ms) == 0);
}

TEST_CASE("a node without a part in a show does not hold it back", "[stability]") {
  Fleet fleet;
  Box other{3};
  TestRandom random(5);
  ship(fleet.cloud, other, directory_stream, random);
  ship(other, fleet.cloud, directory_stream, random);
  meet(fleet.cloud, fleet.venue);
  fleet.days(2);
  REQUIRE(!fleet.cloud.cut(show).held_back.empty());
  ship(fleet.cloud, other, directory_stream, random);
  REQUIRE(other.look(fleet.now) > 0);  // it says that it has no part
  ship(other, fleet.cloud, directory_stream, random);
  meet(fleet.cloud, fleet.venue);
  fleet.days(2);
  REQUIRE(fleet.cloud.cut(show).held_back.empty());
}

TEST_CASE("the directory says what was said to it", "[stability]") {
  Box box{1};
  const Acknowledgement what{{}, box.head(directory_stream).vector(), {box.origin()}};
  box.write(directory_stream, {acknowledge(box.origin(), show, what, true)});
  box.write(directory_stream, {take_part(box.origin(), {show})});
  NodeDirectory directory = box.directory();
  REQUIRE(directory.said.size() == 1);
  REQUIRE(directory.said[0].what == what);
  REQUIRE(directory.nodes.at(0).open_origin()->may_write(show));
  REQUIRE(!directory.nodes.at(0).open_origin()->may_write(StreamId{uuid_named(0x01, 2)}));
  REQUIRE(directory.nodes.at(0).open_origin()->may_write(library_stream));
  box.write(directory_stream, retire(directory.nodes.at(0), {7, "Ana", "sold"}));
  directory = box.directory();
  REQUIRE(!directory.nodes.at(0).open_origin());
  REQUIRE(directory.nodes.at(0).retired->reason == "sold");
  REQUIRE(retire(directory.nodes.at(0), {8, "Ben", "again"}).empty());
  box.write(directory_stream, expect(directory.nodes.at(0)));
  REQUIRE(!box.directory().nodes.at(0).retired);
}

}  // namespace
