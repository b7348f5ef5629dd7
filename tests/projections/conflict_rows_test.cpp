#include "projections/conflict_codec.h"
#include "projections/rows_fixture.h"

#include <set>

using namespace genlock;
using namespace genlock::test;

namespace {

// The cloud and a truck changed the format of one source apart from each other.
struct Divided {
  CloudNode cloud{1, Role::cloud};
  LanNode truck{2, Role::lan, 1'000'500};
  TestRandom random{7};

  Divided() {
    create_gala(cloud);
    create(cloud, source(1),
           R"({"type":"camera","name":"CAM 1","label":"SRC 1","h_res":1280,"v_res":720})");
    meet();
    update(cloud, source(1), R"({"h_res":1920,"v_res":1080,"name":"WIDE"})");
    update(truck, source(1), R"({"h_res":3840,"v_res":2160,"name":"TIGHT"})");
    meet();
  }

  void meet() {
    exchange(cloud.engine, cloud.store, truck);
    exchange(truck.engine, truck.store, cloud);
  }

  template <class To>
  void exchange(Engine& from, const Store& store, To& to) {
    std::vector<StreamId> streams = from.log().streams(store).value();
    for (StreamId stream : streams) {
      Chunk chunk{stream, {}, {}};
      from.log()
          .read_after(store, Position::none,
                      [&](const EventId& id, const StoredEvent& stored) {
                        if (id.stream == stream) chunk.events.push_back(stored.bytes);
                        return true;
                      })
          .value();
      REQUIRE(to.ingest(chunk).ok());
    }
  }

  template <class Node>
  void introduce(Node& node, std::string_view name) {
    Operation node_row;
    node_row.kind = OperationKind::create;
    node_row.table = table::nodes;
    node_row.record = RecordId{node.engine.identity().node.uuid};
    const Table& nodes = *find_table(table::nodes);
    set(node_row.values, nodes.column("name")->id, std::string(name));
    set(node_row.values, nodes.column("role")->id,
        std::string(to_string(node.engine.identity().role)));
    Operation origin_row;
    origin_row.kind = OperationKind::create;
    origin_row.table = table::origins;
    origin_row.record = RecordId{node.engine.identity().origin.uuid};
    const Table& origins = *find_table(table::origins);
    set(origin_row.values, origins.column("node_id")->id, node.engine.identity().node.uuid);
    node.write(directory_stream, {node_row, origin_row});
  }
};

ListOptions only(std::string_view name, std::string_view filter) {
  QueryParameter parameter{name, filter};
  return parse_list_options(conflict_fields(), std::span(&parameter, 1)).value();
}

}  // namespace

TEST_CASE("both sides of a conflict are listed, the same everywhere", "[projections]") {
  Divided nodes;
  REQUIRE(digest_of(nodes.cloud) == digest_of(nodes.truck));
  REQUIRE(nodes.cloud.dump(Space::rows) == nodes.truck.dump(Space::rows));

  ordered pending = conflicts(nodes.truck, only("resolution", "eq.pending"));
  REQUIRE(pending.size() == 1);
  const ordered& conflict = pending[0];
  REQUIRE(conflict["table_name"] == "sources");
  REQUIRE(conflict["label"] == "SRC 1");
  REQUIRE(conflict["group"] == "video_format");
  REQUIRE(conflict["kind"] == "field");
  REQUIRE(conflict["production_id"] == gala.to_string());
  REQUIRE(conflict["base"]["h_res"] == 1280);
  REQUIRE(conflict["sides"].size() == 2);
  REQUIRE(conflict["cloud_data"]["h_res"] == 1920);
  REQUIRE(conflict["local_data"]["h_res"] == 3840);
  REQUIRE(conflict["cloud_version"] == 2);
  REQUIRE(conflict["resolved_at"].is_null());
  REQUIRE(shown(nodes.truck, source(1))["_meta"]["conflicts"] == 1);

  ordered all = conflicts(nodes.truck);
  REQUIRE(all.size() == 2);  // the lost name is a row of its own, resolved
  REQUIRE(conflicts(nodes.truck, only("production_id", "eq." + gala.to_string())).size() == 2);
  REQUIRE(conflicts(nodes.truck, only("table_name", "eq.sends")).empty());
  REQUIRE(pending_conflict_count(nodes.truck.store).value() == 1);
  auto whole = get_whole_production(context_of(nodes.truck), gala_row.id).value();
  REQUIRE(ordered::parse(whole->json)["conflicts"].size() == 2);
}

TEST_CASE("names of nodes are looked up when a conflict is served", "[projections]") {
  Divided nodes;
  ordered before = conflicts(nodes.truck, only("resolution", "eq.pending"))[0];
  REQUIRE(before["sides"][0]["node"]["id"].is_null());
  nodes.introduce(nodes.cloud, "Office");
  nodes.introduce(nodes.truck, "Truck 2");
  nodes.meet();
  ordered after = conflicts(nodes.truck, only("resolution", "eq.pending"))[0];
  std::set<std::string> names;
  for (const ordered& side : after["sides"]) names.insert(side["node"]["name"]);
  REQUIRE(names == std::set<std::string>{"Office", "Truck 2"});
}

TEST_CASE("a resolved conflict leaves the inbox and changes the row's ETag", "[projections]") {
  Divided nodes;
  ordered pending = conflicts(nodes.truck, only("resolution", "eq.pending"))[0];
  Uuid id = *Uuid::parse(pending["id"].get<std::string>());
  ETag before = served(nodes.truck, source(1)).etag;

  Command resolve;
  resolve.kind = CommandKind::resolve;
  resolve.stream = gala;
  resolve.conflict = id;
  resolve.conflict_etag = pending["_meta"]["etag"];
  resolve.choice.resolution = Resolution::local_wins;
  resolve.by = ana;
  auto outcome = nodes.truck.execute(resolve);
  INFO((outcome.ok() ? "" : outcome.error().message));
  REQUIRE(outcome.ok());
  nodes.meet();
  REQUIRE(digest_of(nodes.cloud) == digest_of(nodes.truck));
  REQUIRE(conflicts(nodes.cloud, only("resolution", "eq.pending")).empty());
  auto resolved = get_conflict(context_of(nodes.cloud), id).value();
  REQUIRE(resolved);
  REQUIRE(ordered::parse(resolved->json)["resolution"] == "local_wins");
  REQUIRE(ordered::parse(resolved->json)["resolved_by"] == ana.user_id.to_string());
  REQUIRE(shown(nodes.cloud, source(1))["h_res"] == 3840);
  REQUIRE(served(nodes.cloud, source(1)).etag != before);
  REQUIRE(served(nodes.cloud, source(1)).etag == served(nodes.truck, source(1)).etag);
}

TEST_CASE("a conflict's bytes read back as the same conflict", "[projections]") {
  Conflict conflict;
  conflict.id = uuid_named(1, 2);
  conflict.kind = ConflictKind::unique;
  conflict.stream = library_stream;
  conflict.record = {table::equipment_cards, {uuid_named(3, 4)}};
  conflict.label = "CARD";
  conflict.group = GroupId{3};
  conflict.base = {{ColumnId{3}, std::int64_t{4}}};
  ConflictSide& side = conflict.sides.emplace_back();
  side.key = "a";
  side.value = conflict.base;
  side.event = {{uuid_named(5, 6)}, Sequence{7}};
  side.time = hybrid_time(8, 9);
  side.wall_ms = -10;
  side.role = Role::cloud;
  side.by = ana;
  side.version = 11;
  conflict.resolution = Resolution::manual;
  conflict.resolved_by = ana;
  conflict.lock = Dot{{uuid_named(5, 7)}, Sequence{1}};
  conflict.proposed = 5;
  conflict.loss = true;
  std::string bytes = encode(conflict);
  REQUIRE(decode_conflict(bytes).value() == conflict);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE(!decode_conflict(std::string_view(bytes).substr(0, size)).ok());
  }
}
