// The laws of archives (transfer/archive.h): whatever a show went through, forks too, its archive
// brings it to a node that has nothing or a part of it, and no changed byte gets past.
#include "archive_fixture.h"
#include "engine/event_codec.h"
#include "support/generators.h"
#include "transfer/archive_line.h"

#include <rapidcheck/catch.h>

namespace genlock::test {
namespace {

const StreamId show{uuid_named(0x01, 1)};

Operation create_of(TableId table, RecordId record) {
  Operation operation;
  operation.kind = OperationKind::create;
  operation.table = table;
  operation.record = record;
  return operation;
}

// A write of one of three rows, which the first write makes.
void edit(Node& node, TestRandom& random) {
  const RecordId root{show.uuid};
  if (node.head(show).origins.empty()) {
    Operation create = create_of(table::productions, root);
    create.values = {{ColumnId{3}, std::string("client")}, {ColumnId{4}, std::string("show")}};
    node.write(show, {create});
  }
  Operation operation = create_of(
      table::sources, RecordId{uuid_named(0x10, static_cast<std::uint8_t>(random.below(3)))});
  const auto known = node.state(show).record({table::sources, operation.record}).value();
  operation.parent = known ? RecordId{} : root;
  operation.values = {{ColumnId{4}, "CAM \"" + std::to_string(random.below(100))}};
  if (!known)
    operation.values.insert(operation.values.begin(), {ColumnId{3}, std::string("camera")});
  if (known) {
    operation.kind = random.below(4) == 0 ? OperationKind::remove : OperationKind::set;
    operation.group = GroupId{4};
  }
  if (operation.kind == OperationKind::remove) {
    operation.group = GroupId::none;
    operation.values.clear();
  }
  if (operation.kind == OperationKind::set && random.below(2) == 0) {
    operation.replaces.emplace();
    for (const auto& [origin, head] : node.head(show).origins)
      if (random.below(2) == 0) operation.replaces->push_back({origin, head.last});
  }
  node.write(show, {operation});
}

void copy_data(const Node& from, Node& to, std::uint64_t salt) {
  Batch batch;
  for (Space space : {Space::meta, Space::events, Space::state, Space::rows, Space::local})
    for (const auto& [key, value] : from.dump(space)) batch.at(space)[key] = value;
  REQUIRE(to.store.commit(batch, true).ok());
  to.clock.set(from.clock.peek());
  to.random = TestRandom(salt);
}

// Two nodes edit, see some of each other's edits, and now and then the second one's data directory
// is copied and goes on twice. Who has all of it is the first.
struct World {
  explicit World(std::uint64_t seed, bool forks) : random(seed) {
    nodes.push_back(std::make_unique<Node>(std::uint8_t{1}, Role::cloud));
    nodes.push_back(std::make_unique<Node>(std::uint8_t{2}, Role::lan));
    edit(*nodes[1], random);
    if (forks) {
      for (std::uint64_t i = random.below(4); i > 0; --i) edit(*nodes[1], random);
      nodes.push_back(std::make_unique<Node>(std::uint8_t{2}, Role::lan));
      copy_data(*nodes[1], *nodes[2], seed + 1);
    }
    for (std::uint64_t i = 4 + random.below(12); i > 0; --i) {
      Node& node = *nodes[random.below(nodes.size())];
      if (!forks && random.below(3) == 0) ship(*nodes[0], *nodes[1], show, random);
      if (!forks && random.below(3) == 0) ship(*nodes[1], *nodes[0], show, random);
      if (!node.head(show).origins.empty()) edit(node, random);
    }
    // An archive is a way to bring them together, too.
    for (std::size_t i = 1; i < nodes.size(); ++i) taken(*nodes[0], archive_of(*nodes[i], show));
  }
  Node& whole() { return *nodes[0]; }

  TestRandom random;
  std::vector<std::unique_ptr<Node>> nodes;
};

}  // namespace

TEST_CASE("an archive brings a show to an empty node and to one that has a part",
          "[properties][archive]") {
  rc::prop("any world", [](std::uint64_t seed, bool forks) {
    World world(seed, forks);
    const std::string archive = archive_of(world.whole(), show);
    Node empty(7, Role::lan), part(8, Role::cloud);
    const transfer::ArchiveReport all = taken(empty, archive);
    REQUIRE(all.is_same);
    REQUIRE(all.stored == world.whole().head(show).vector().event_count());
    require_same_show(world.whole(), empty, show);
    REQUIRE(taken(empty, archive).stored == 0);
    REQUIRE(archive_of(empty, show) == archive);

    taken(part, archive_of(*world.nodes.back(), show));
    REQUIRE(taken(part, archive).is_same);
    require_same_show(world.whole(), part, show);
  });
}

TEST_CASE("an archive with one byte changed or cut anywhere is refused, and nothing is stored",
          "[properties][archive]") {
  rc::prop("any byte", [](std::uint64_t seed, bool forks) {
    World world(seed, forks);
    const std::string archive = archive_of(world.whole(), show);
    for (int i = 0; i < 8; ++i) {
      std::string changed = archive;
      const std::size_t at = world.random.below(archive.size());
      if (world.random.below(4) == 0)
        changed.resize(at);
      else
        changed[at] = static_cast<char>(changed[at] ^ (1 << world.random.below(7)));
      Node node(7, Role::lan);
      const auto report = take(node, changed);
      REQUIRE_FALSE(report.ok());
      REQUIRE_FALSE(report.error().message.empty());
      REQUIRE(node.head(show).origins.empty());
    }
  });
}

TEST_CASE("an event reads back from its line", "[properties][archive]") {
  rc::prop("any event", [](const Event& event) {
    const auto bytes = encode(event);
    RC_PRE(bytes.ok());
    const transfer::ArchivedEvent one{
        .id = event.id(), .chain = chain_hash({}, *bytes), .bytes = *bytes};
    const auto line = transfer::archive_line(one);
    REQUIRE(line.ok());
    REQUIRE(line->find('\n') == std::string::npos);
    REQUIRE(parse_json(*line).ok());
    const auto again = transfer::read_archive_line(*line);
    INFO((again.ok() ? "" : again.error().message));
    REQUIRE(again.ok());
    REQUIRE(again->bytes == *bytes);
    REQUIRE(again->chain == one.chain);
    REQUIRE(again->id == one.id);
  });
}

}  // namespace genlock::test
