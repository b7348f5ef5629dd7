// The law of forks (engine/branches.h): an origin goes on twice or more often, and whoever has the
// same events, in whatever order and in whatever pieces they came, has the same names, rows and
// digests, byte for byte.
#include "catch.h"
#include "eventlog/verify_chain.h"
#include "projections/row_projection.h"
#include "replication/page_builder.h"
#include "replication/peer_vector.h"
#include "replication/stream_index.h"
#include "support/replica.h"

#include <rapidcheck/catch.h>

namespace genlock::test {
namespace {

const StreamId show{uuid_named(0x01, 1)};
const RecordId root{show.uuid};

struct Rows : RowProjection {
  Rows() : RowProjection(Role::lan) {}
};
using Node = BasicReplica<Rows>;

void copy_data(const Node& from, Node& to, std::uint64_t salt) {
  Batch batch;
  for (Space space : {Space::meta, Space::events, Space::state, Space::rows, Space::local})
    for (const auto& [key, value] : from.dump(space)) batch.at(space)[key] = value;
  REQUIRE(to.store.commit(batch, true).ok());
  to.clock.set(from.clock.peek());
  to.random = TestRandom(salt);
}

// A write of a row that the branches fight for, or that each has for itself.
void edit(Node& node, TestRandom& random) {
  if (node.head(show).origins.empty()) {
    Operation create;
    create.kind = OperationKind::create;
    create.table = table::productions;
    create.record = root;
    create.values = {{ColumnId{3}, std::string("client")}, {ColumnId{4}, std::string("show")}};
    node.write(show, {create});
  }
  Operation operation;
  operation.table = table::sources;
  operation.record = RecordId{uuid_named(0x10, static_cast<std::uint8_t>(random.below(3)))};
  const auto known = node.state(show).record({table::sources, operation.record}).value();
  operation.kind = known ? OperationKind::set : OperationKind::create;
  operation.parent = known ? RecordId{} : root;
  operation.group = known ? GroupId{4} : GroupId::none;
  if (!known) operation.values.push_back({ColumnId{3}, std::string("camera")});
  operation.values.push_back({ColumnId{4}, "CAM " + std::to_string(random.below(100))});
  if (known && random.below(3) == 0) operation.kind = OperationKind::remove;
  if (operation.kind == OperationKind::remove) {
    operation.group = GroupId::none;
    operation.values.clear();
  }
  // Some writes name what they replace.
  if (operation.kind == OperationKind::set && random.below(2) == 0) {
    operation.replaces.emplace();
    for (const auto& [origin, head] : node.head(show).origins)
      if (random.below(2) == 0) operation.replaces->push_back({origin, head.last});
  }
  node.write(show, {operation});
}

// A page of what `to` lacks; of an origin that differs, from its beginning.
void page(const Node& from, Node& to, TestRandom& random) {
  auto have = replication::read_stream_state(to.log, nullptr, to.store, show).value();
  std::size_t budget = 1 + random.below(2'000);
  // As in a session, whoever has more of an origin is the one that can tell.
  const auto theirs = replication::read_stream_state(from.log, nullptr, from.store, show).value();
  const bool differs =
      !replication::read_peer_vector(to.log, to.store, to.head(show), theirs)->unknown.empty();
  REQUIRE(replication::echo_heads(to.log, to.store, to.head(show), theirs, have).ok());
  for (const bool all : {false, true}) {
    if (differs && !all) continue;
    if (all) {
      have.have.clear();
      have.branches.clear();
      budget = 1 << 20;
    }
    replication::PageBuilder builder(from.log, from.store, budget);
    REQUIRE(builder.add(have).ok());
    bool refused = !builder.take_failures().empty();
    for (const Chunk& chunk : builder.take_chunks()) {
      Result<IngestReport> report = to.ingest(chunk);
      INFO((report.ok() ? "" : report.error().message));
      REQUIRE((report.ok() || (!all && report.error().code == ErrorCode::fork)));
      refused = refused || !report.ok();
    }
    if (!refused) return;
  }
}

void require_same(const Node& a, const Node& b) {
  REQUIRE(a.head(show).vector() == b.head(show).vector());
  REQUIRE(a.dump(Space::rows) == b.dump(Space::rows));
  REQUIRE(a.dump(Space::state) == b.dump(Space::state));
  REQUIRE(a.projection.digest(a.store, show).value() == b.projection.digest(b.store, show).value());
  for (const auto& [origin, head] : a.head(show).origins) {
    REQUIRE(verify_chain(a.store, show, origin)->event_count == number(head.last));
    for (std::uint64_t i = 1; i <= number(head.last); ++i) {
      const EventId id{show, {origin, Sequence{i}}};
      REQUIRE(a.log.context_of(a.store, id).value() == b.log.context_of(b.store, id).value());
      REQUIRE(a.log.read(a.store, id)->bytes == b.log.read(b.store, id)->bytes);
    }
  }
}

TEST_CASE("branches of one origin come to the same rows in any order", "[properties][forks]") {
  rc::prop("any order", [](std::uint64_t seed) {
    TestRandom random(seed);
    std::vector<std::unique_ptr<Node>> writers;
    writers.push_back(std::make_unique<Node>(std::uint8_t{1}, Role::cloud));
    writers.push_back(std::make_unique<Node>(std::uint8_t{2}, Role::lan));
    for (std::uint64_t i = random.below(6); i > 0; --i) edit(*writers[1], random);
    // Copies of the second one, and copies of those.
    const std::uint64_t copies = 1 + random.below(3);
    for (std::uint64_t n = 0; n < copies; ++n) {
      const Node& from = *writers[1 + random.below(writers.size() - 1)];
      auto copy = std::make_unique<Node>(std::uint8_t{2}, Role::lan);
      copy_data(from, *copy, seed ^ (n + 1));
      writers.push_back(std::move(copy));
      for (std::uint64_t i = random.below(8); i > 0; --i)
        edit(*writers[1 + random.below(writers.size() - 1)], random);
    }
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      page(*writers[1 + random.below(writers.size() - 1)], *writers[0], random);
      edit(*writers[0], random);
    }
    Node first(3, Role::lan), second(4, Role::lan);
    for (Node* sink : {&first, &second})
      for (std::uint64_t i = random.below(12); i > 0; --i)
        page(*writers[random.below(writers.size())], *sink, random);
    const auto gather = [&](Node& sink) {
      for (std::size_t round = 0; round < 4; ++round)
        for (std::size_t i = writers.size(); i > 0; --i) {
          auto have = VersionVector{};
          do {
            have = sink.head(show).vector();
            page(*writers[(i + round) % writers.size()], sink, random);
          } while (sink.head(show).vector() != have);
        }
    };
    gather(first);
    gather(second);
    require_same(first, second);
    for (auto& writer : writers) {
      gather(*writer);
      page(first, *writer, random);
      require_same(first, *writer);
    }
  });
}

}  // namespace
}  // namespace genlock::test
