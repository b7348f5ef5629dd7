// Rows that show differently because of events on other rows: what the fold has to mark.
#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

// Everything that `from` has of the show, as one chunk.
Chunk whole_show(const Replica& from) {
  Chunk chunk{show, {}, {}};
  StreamHead head = from.head(show);
  for (const auto& [origin, last] : head.origins) {
    from.log
        .read_range(from.store, show, {origin, Sequence{1}, last.last},
                    [&](const EventId&, const StoredEvent& stored) {
                      chunk.events.push_back(stored.bytes);
                      return true;
                    })
        .value();
  }
  return chunk;
}

// The row as the projection was told of it last, and as it would show now.
bool is_up_to_date(const Replica& node, const RecordKey& key) {
  std::string stored;
  for (const auto& [at, text] : node.dump(Space::rows))
    if (at.ends_with(key.id.view())) stored = text;
  return stored == text_of(node.shown(show, key));
}

}  // namespace

TEST_CASE("a reference to a row that arrives gone shows null at once", "[fold]") {
  Crew crew;
  done(crew.cloud, post(source(2), {{"type", "camera"}, {"name", "CAM 2"}}));
  done(crew.cloud, command_of(CommandKind::remove, source(2)));
  RecordKey connection{table::connections, id_of(5)};
  Operation create;
  create.kind = OperationKind::create;
  create.table = connection.table;
  create.record = connection.id;
  create.parent = RecordId{show.uuid};
  create.values = values_of(table::connections, {{"source_id", id_of(2).uuid}});
  crew.lan.write(show, {create});
  REQUIRE(shown(crew.lan, connection, "source_id") == Value{id_of(2).uuid});

  REQUIRE(crew.lan.ingest(whole_show(crew.cloud)).ok());
  REQUIRE(is_null(shown(crew.lan, connection, "source_id")));
  REQUIRE(is_up_to_date(crew.lan, connection));
}

// Seed 509376 of the simulator: of two nodes with the same events one named another touch.
TEST_CASE("a row of a table that nobody here knows keeps its production, in any order", "[fold]") {
  Crew crew;
  done(crew.cloud, command_of(CommandKind::remove, production));
  Operation create;
  create.kind = OperationKind::create;
  create.table = TableId{99};
  create.record = id_of(5);
  create.parent = RecordId{show.uuid};
  create.values = {{ColumnId{1}, std::string("of a newer program")}};
  crew.lan.write(show, {create});
  const Chunk there = whole_show(crew.lan), here = whole_show(crew.cloud);
  REQUIRE(crew.cloud.ingest(there).ok());
  REQUIRE(crew.lan.ingest(here).ok());
  REQUIRE(only_pending(crew.lan, production).kind == ConflictKind::life);
  REQUIRE(crew.cloud.dump(Space::state) == crew.lan.dump(Space::state));
  REQUIRE(crew.cloud.dump(Space::rows) == crew.lan.dump(Space::rows));
}
