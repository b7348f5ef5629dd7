// Who is enrolled, over the API (docs/api.md, section 11).
#include "api_node.h"
#include "engine/directory.h"

namespace genlock::http {
namespace {

// What a node says of itself in the directory when it begins.
void enter(ApiNode& node, const Uuid& id, const Uuid& origin, const std::string& name) {
  node.commit([&](Overlay& overlay) -> Result<void> {
    std::vector<Operation> operations(2);
    for (Operation& operation : operations) operation.kind = OperationKind::create;
    operations[0].table = table::nodes;
    operations[0].record = RecordId{id};
    operations[0].values = {{ColumnId{3}, name}, {ColumnId{4}, std::string("lan")}};
    operations[1].table = table::origins;
    operations[1].record = RecordId{origin};
    operations[1].values = {{ColumnId{3}, id}};
    TRY(node.engine().write(directory_stream, operations, Person{}, overlay));
    return {};
  });
}

constexpr UnixMs day = 24 * 3'600'000;

struct Fleet {
  SilentNodes silent{14 * day};
  ApiNode node{{.with_sync = true, .silent_nodes = &silent}};
  std::string away = id_of(7);
  std::string path = "/api/nodes/" + away;

  Fleet() {
    enter(node, node.engine().identity().node.uuid, node.engine().identity().origin.uuid, "A box");
    node.make_production();
    enter(node, *Uuid::parse(away), *Uuid::parse(id_of(8)), "Stage left");
  }
};

TEST_CASE("nodes are listed with whom compaction waits for", "[http][api][nodes]") {
  Fleet fleet;
  const Answer all = fleet.node.get("/api/nodes");
  INFO(all.body);
  REQUIRE(all.count() == 2);
  REQUIRE(all["/0/name"] == "A box");
  REQUIRE(all["/0/this_node"] == "true");
  REQUIRE(all["/1/name"] == "Stage left");
  REQUIRE(all["/1/state"] == "enrolled");
  REQUIRE(all["/1/holds_back/why"] == "silent");
  REQUIRE(all["/1/holds_back/streams"] == "1");
  REQUIRE(all["/1/last_seen_at"] == "null");
  PeerStatus peer;
  peer.node.id = NodeId{*Uuid::parse(fleet.away)};
  peer.last_contact_ms = 1'763'800'000'000;
  peer.to_send.events = 4;
  fleet.node.sync().report.peers.push_back(peer);
  REQUIRE(fleet.node.get("/api/nodes")["/1/last_seen_at"] == "2025-11-22T08:26:40.000Z");
  REQUIRE(fleet.node.get("/api/nodes")["/1/to_send"] == "4");
}

TEST_CASE("a node is retired by a person with a reason, once", "[http][api][nodes]") {
  Fleet fleet;
  const HeaderList ana{{"Genlock-User", "Ana"}};
  const Answer gone = fleet.node.post(fleet.path + "/retire", R"({"reason":"sold"})", ana);
  INFO(gone.body);
  REQUIRE(gone.status == 200);
  REQUIRE(gone["/state"] == "retired");
  REQUIRE(gone["/retired_by"] == "Ana");
  REQUIRE(gone["/reason"] == "sold");
  REQUIRE(gone["/holds_back"] == "null");
  const auto before = fleet.node.dump();
  REQUIRE(fleet.node.post(fleet.path + "/retire", R"({"reason":"again"})").body == gone.body);
  REQUIRE(fleet.node.dump() == before);
  REQUIRE(fleet.node.get("/api/nodes")["/0/holds_back/why"] == "silent");  // this one still counts
}

TEST_CASE("a retired node is expected back, and enrolled when it comes", "[http][api][nodes]") {
  Fleet fleet;
  REQUIRE(fleet.node.post(fleet.path + "/retire", R"({"reason":"sold"})").status == 200);
  const Answer back = fleet.node.post(fleet.path + "/enrol");
  REQUIRE(back["/state"] == "expected");
  REQUIRE(back["/reason"] == "null");
  fleet.node.commit([&](Overlay& overlay) -> Result<void> {
    Operation open;
    open.kind = OperationKind::create;
    open.table = table::origins;
    open.record = RecordId{*Uuid::parse(id_of(9))};
    open.values = {{ColumnId{3}, *Uuid::parse(fleet.away)}};
    TRY(fleet.node.engine().write(directory_stream, {open}, Person{}, overlay));
    return {};
  });
  REQUIRE(fleet.node.get("/api/nodes")["/1/state"] == "enrolled");
  REQUIRE(fleet.node.post(fleet.path + "/enrol")["/state"] == "enrolled");
}

TEST_CASE("health says which node holds compaction back for too long", "[http][api][nodes]") {
  Fleet fleet;
  REQUIRE(fleet.node.get("/api/health")["/checks/nodes"] == R"({"status":"ok","silent":[]})");
  fleet.node.move_clock(20 * day);
  const Answer health = fleet.node.get("/api/health");
  INFO(health.body);
  REQUIRE(health["/status"] == "degraded");
  REQUIRE(health["/checks/nodes/status"] == "degraded");
  REQUIRE(health.count("/checks/nodes/silent") == 1);
  REQUIRE(health["/checks/nodes/silent/0"] ==
          "Stage left has acknowledged nothing in the 20 days that it is known and holds back "
          "compaction: let it sync, or `genlock nodes retire " +
              fleet.away + " --reason TEXT` where it is gone");
  // The directory moved: it is looked at again.
  REQUIRE(fleet.node.post(fleet.path + "/retire", R"({"reason":"sold"})").status == 200);
  REQUIRE(fleet.node.get("/api/health")["/checks/nodes/status"] == "ok");
}

TEST_CASE("a node that spoke once is missed when others have gone on without it",
          "[http][api][nodes]") {
  Fleet fleet;
  const OriginId own = fleet.node.engine().identity().origin, away{*Uuid::parse(id_of(8))};
  const StreamId show = *StreamId::parse(id_of(1));
  const std::vector<OriginId> both{std::min(own, away), std::max(own, away)};
  const auto acknowledge_as = [&](OriginId origin, bool is_first) {
    fleet.node.commit([&](Overlay& overlay) -> Result<void> {
      TRY_ASSIGN(const StreamHead head, fleet.node.engine().log().head(overlay, show));
      TRY(fleet.node.engine().write(
          directory_stream,
          {acknowledge(origin, show, {head.vector(), head.vector(), both}, is_first)}, Person{},
          overlay));
      return {};
    });
  };
  const auto waits = [&] { return fleet.node.get("/api/nodes")["/1/holds_back"]; };
  const auto missed = [&] { return fleet.node.get("/api/health")["/checks/nodes/silent/0"]; };
  acknowledge_as(own, true);
  acknowledge_as(away, true);
  REQUIRE(waits() == "null");
  fleet.node.move_clock(20 * day);
  fleet.node.make_source(id_of(1), 11);
  acknowledge_as(own, false);
  REQUIRE(missed() == "(none)");  // it had nothing to say until now
  const Answer listed = fleet.node.get("/api/nodes");
  REQUIRE(listed["/1/name"] == "Stage left");
  REQUIRE(listed["/1/holds_back/why"] == "behind");
  REQUIRE(listed["/1/holds_back/streams"] == "1");
  REQUIRE(listed["/1/holds_back/since"] > listed["/1/acknowledged_at"]);
  REQUIRE(listed["/0/holds_back"] == "null");
  fleet.node.move_clock(13 * day);
  REQUIRE(missed() == "(none)");
  fleet.node.move_clock(2 * day);
  REQUIRE(missed().starts_with("Stage left was last heard 35 days ago and holds back compaction"));
  acknowledge_as(away, false);
  REQUIRE(missed() == "(none)");
  REQUIRE(waits() == "null");
}

TEST_CASE("what cannot be retired is refused and changes nothing", "[http][api][nodes]") {
  Fleet fleet;
  const auto before = fleet.node.dump();
  REQUIRE(fleet.node.post("/api/nodes/" + id_of(99) + "/retire", R"({"reason":"x"})").problem() ==
          "404 not-found");
  REQUIRE(fleet.node.post(fleet.path + "/retire", "{}").problem() == "422 validation");
  REQUIRE(fleet.node.post(fleet.path + "/retire", R"({"reason":""})").problem() ==
          "422 validation");
  REQUIRE(fleet.node.post(fleet.path + "/retire", R"({"reason":"x","by":"me"})").problem() ==
          "422 validation");
  const std::string own = fleet.node.engine().identity().node.to_string();
  REQUIRE(fleet.node.post("/api/nodes/" + own + "/retire", R"({"reason":"x"})").status == 422);
  REQUIRE(fleet.node.get(fleet.path + "/retire").problem() == "405 method-not-allowed");
  REQUIRE(fleet.node.dump() == before);
  REQUIRE(fleet.node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
