// Locks (docs/api.md, section 8): the node that holds one writes, the others answer 423.
#include "api_node.h"

namespace genlock::http {
namespace {

// A truck at the venue and the cloud, both with the production.
struct TwoNodes {
  ApiNode truck;
  ApiNode cloud{{.role = Role::cloud, .number = 2}};
  std::string production = truck.make_production();
  std::string lock = at("productions", production) + "/lock";
  std::string source = at("sources", truck.make_source(production, 11));

  TwoNodes() { truck.ship_to(cloud, production); }
};

TEST_CASE("a lock shows on the production, and its holder goes on writing", "[http][api]") {
  ApiNode node;
  std::string production = node.make_production();
  std::string path = at("productions", production);
  Answer locked =
      node.post(path + "/lock", R"({"reason":"show day","until":"2027-01-01T00:00:00+01:00"})",
                {{"Genlock-User", "Ana"}});
  INFO(locked.body);
  REQUIRE(locked.status == 200);
  REQUIRE(locked.id() == production);
  REQUIRE(locked["/_meta/lock/reason"] == "show day");
  REQUIRE(locked["/_meta/lock/until"] == "2026-12-31T23:00:00.000Z");
  REQUIRE(locked["/_meta/lock/by/user"] == "Ana");
  REQUIRE(locked["/_meta/lock/node/id"] != "null");
  REQUIRE(node.put(path, R"({"venue":"Hall"})").status == 200);
  REQUIRE(node.post(path + "/lock", R"({"reason":"longer"})")["/_meta/lock/reason"] == "longer");
  REQUIRE(node.get("/api/sync/status")["/streams/0/locked"] == "true");
  REQUIRE(node.del(path + "/lock")["/_meta/lock"] == "null");
  REQUIRE(node.del(path + "/lock").status == 200);
}

TEST_CASE("elsewhere every write is 423 with the lock, and reads work", "[http][api]") {
  TwoNodes nodes;
  nodes.truck.post(nodes.lock, R"({"reason":"show day"})");
  nodes.truck.ship_to(nodes.cloud, nodes.production);
  std::string production = at("productions", nodes.production);
  auto before = nodes.cloud.dump();
  const Answer refused[] = {
      nodes.cloud.put(nodes.source, R"({"name":"x"})"),
      nodes.cloud.put(nodes.source, R"({"h_res":"wrong too"})"),
      nodes.cloud.patch(production, R"({"venue":"x"})"),
      nodes.cloud.del(nodes.source),
      nodes.cloud.post(nodes.source + "/restore"),
      nodes.cloud.post(production + "/sources", R"({"type":"a","name":"b"})"),
      nodes.cloud.post(production + "/sends", R"({"wrong":1})"),
      nodes.cloud.post("/api/connections", R"({"production_id":")" + nodes.production + "\"}"),
      nodes.cloud.post(nodes.lock, "{}"),
      nodes.cloud.del(nodes.lock),
  };
  for (const Answer& answer : refused) {
    INFO(answer.body);
    REQUIRE(answer.problem() == "423 production-locked");
    REQUIRE(answer["/lock/reason"] == "show day");
    REQUIRE(answer["/lock/until"] == "null");
  }
  REQUIRE(nodes.cloud.dump() == before);
  REQUIRE(nodes.cloud.get(nodes.source).status == 200);
  REQUIRE(nodes.cloud.get(production)["/_meta/lock/reason"] == "show day");
  REQUIRE(nodes.cloud.post("/api/equipment", R"({"category":"c","manufacturer":"m","model":"x"})")
              .status == 201);
}

TEST_CASE("a lock is overridden with a reason, and ends by itself", "[http][api]") {
  TwoNodes nodes;
  nodes.truck.post(nodes.lock, R"({"until":"2026-11-22T19:00:00Z"})");
  nodes.truck.ship_to(nodes.cloud, nodes.production);
  REQUIRE(nodes.cloud.put(nodes.source, R"({"name":"x"})").status == 423);
  Answer no_reason = nodes.cloud.del(nodes.lock + "?override=true");
  REQUIRE(no_reason.problem() == "400 bad-request");
  REQUIRE(no_reason["/errors/0/parameter"] == "reason");
  REQUIRE(nodes.cloud.del(nodes.lock + "?override=maybe").problem() == "400 bad-request");

  nodes.cloud.move_clock(3'600'000);
  REQUIRE(nodes.cloud.get(at("productions", nodes.production))["/_meta/lock"] == "null");
  REQUIRE(nodes.cloud.put(nodes.source, R"({"name":"x"})").status == 200);
  nodes.cloud.move_clock(-3'600'000);
  REQUIRE(nodes.cloud.put(nodes.source, R"({"name":"y"})").status == 423);

  REQUIRE(nodes.cloud.del(nodes.lock + "?override=true&reason=truck%20is%20lost").status == 200);
  REQUIRE(nodes.cloud.put(nodes.source, R"({"name":"y"})").status == 200);
  Answer told = nodes.cloud.get(at("productions", nodes.production) + "/history?op=eq.unlock");
  REQUIRE(told["/0/comment"] == "truck is lost");
  REQUIRE(nodes.cloud.get(nodes.source + "/history?limit=1")["/0/comment"] == "null");
}

TEST_CASE("a lock's body and its production are checked", "[http][api]") {
  ApiNode node;
  std::string lock = at("productions", node.make_production()) + "/lock";
  const std::pair<const char*, const char*> cases[] = {
      {R"({"until":"tomorrow"})", "/until"},
      {R"({"until":7})", "/until"},
      {R"({"until":"2020-01-01T00:00:00Z"})", "/until"},
      {R"({"reason":7})", "/reason"},
      {R"({"why":"x"})", "/why"},
      {R"([])", ""}};
  for (const auto& [body, pointer] : cases) {
    INFO(body);
    Answer bad = node.post(lock, body);
    REQUIRE(bad.problem() == "422 validation");
    REQUIRE(bad["/errors/0/pointer"] == pointer);
  }
  REQUIRE(node.post(lock).status == 200);
  REQUIRE(node.post(at("productions", id_of(99)) + "/lock", "{}").problem() == "404 not-found");
  REQUIRE(node.del(at("productions", id_of(99)) + "/lock").problem() == "404 not-found");
  node.del(at("productions", id_of(1)));
  REQUIRE(node.post(lock, "{}").problem() == "410 gone");
}

}  // namespace
}  // namespace genlock::http
