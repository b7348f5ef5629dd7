// Conflicts: the inbox, one of them, and deciding it (docs/api.md, section 9, "Conflicts").
#include "api_node.h"

namespace genlock::http {
namespace {

// A source whose h_res was set to 3840 by Ana and, unseen, to 2560 by Ben.
struct Open {
  ApiNode node;
  std::string production = node.make_production();
  std::string source =
      at("sources", node.make_source(production, 11, R"(,"h_res":1920,"v_res":1080)"));
  std::string path, etag;

  Open() {
    std::string seen = node.get(source).etag();
    node.put(source, R"({"h_res":3840})", {{"Genlock-User", "Ana"}});
    Answer kept =
        node.put(source, R"({"h_res":2560})",
                 {{"Genlock-User", "Ben"}, {"Base-Version", seen}, {"Prefer", "conflict=record"}});
    INFO(kept.body);
    REQUIRE(kept.status == 202);
    path = kept.header("Location");
    etag = node.get(path).etag();
  }
  Answer resolve(std::string_view body, HeaderList headers = {}) {
    if (headers.empty()) headers.emplace_back("If-Match", etag);
    headers.emplace_back("Genlock-User", "Cleo");
    return node.post(path + "/resolve", body, headers);
  }
  std::size_t count(std::string_view query) {
    return node.get("/api/sync/conflicts" + std::string(query)).count();
  }
};

TEST_CASE("an open conflict shows its sides, and who wrote them", "[http][api]") {
  Open open;
  Answer conflict = open.node.get(open.path);
  INFO(conflict.body);
  REQUIRE(conflict.status == 200);
  REQUIRE(conflict.etag() == conflict["/_meta/etag"]);
  REQUIRE(conflict["/table_name"] == "sources");
  REQUIRE(conflict["/record_id"] == id_of(11));
  REQUIRE(conflict["/label"] == "SRC 11");
  REQUIRE(conflict["/production_id"] == open.production);
  REQUIRE(conflict["/kind"] == "field");
  REQUIRE(conflict["/group"] == "video_format");
  REQUIRE(conflict["/base/h_res"] == "1920");
  REQUIRE(conflict["/sides/0/key"] == "a");
  REQUIRE(conflict["/sides/0/value/h_res"] == "3840");
  REQUIRE(conflict["/sides/0/by/user"] == "Ana");
  REQUIRE(conflict["/sides/1/value/h_res"] == "2560");
  REQUIRE(conflict["/sides/1/event"].starts_with(open.production + "."));
  REQUIRE(conflict["/resolution"] == "pending");
  REQUIRE(conflict["/resolved_at"] == "null");
  REQUIRE(open.node.get(at("productions", open.production) + "?include=all").count("/conflicts") ==
          1);
}

TEST_CASE("the inbox is a filter over all conflicts", "[http][api]") {
  Open open;
  REQUIRE(open.count("") == 1);
  REQUIRE(open.count("?resolution=eq.pending") == 1);
  REQUIRE(open.count("?resolution=in.(manual,cloud_wins)") == 0);
  REQUIRE(open.count("?production_id=eq." + open.production) == 1);
  REQUIRE(open.count("?kind=eq.life") == 0);
  Answer bad = open.node.get("/api/sync/conflicts?side=eq.a");
  REQUIRE(bad.problem() == "400 bad-request");
  REQUIRE(bad["/errors/0/parameter"] == "side");
  REQUIRE(open.node.get("/api/sync/conflicts/" + id_of(1)).problem() == "404 not-found");
  REQUIRE(open.node.get("/api/sync/conflicts/nonsense").problem() == "404 not-found");
}

TEST_CASE("a side is picked, and the row shows it", "[http][api]") {
  Open open;
  Answer done = open.resolve(R"({"resolution":"manual","pick":"a","comment":"as planned"})");
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(done["/conflict/resolution"] == "manual");
  REQUIRE(done["/conflict/resolved_at"] != "null");
  REQUIRE(done["/row/h_res"] == "3840");
  REQUIRE(done["/row/_meta/conflicts"] == "0");
  REQUIRE(open.node.get(open.source)["/h_res"] == "3840");
  REQUIRE(open.count("?resolution=eq.pending") == 0);
  REQUIRE(open.count("?resolution=eq.manual") == 1);
}

TEST_CASE("local_wins and a value of one's own decide too", "[http][api]") {
  {
    Open open;  // both sides are of this LAN node: the higher one counts as the cloud's
    Answer done = open.resolve(R"({"resolution":"local_wins"})");
    REQUIRE(done.status == 200);
    REQUIRE(done["/conflict/resolution"] == "local_wins");
    REQUIRE(done["/row/h_res"] == "3840");
  }
  Open open;
  Answer done = open.resolve(R"({"resolution":"manual","value":{"h_res":1280,"v_res":720}})");
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(done["/row/h_res"] == "1280");
  REQUIRE(done["/row/v_res"] == "720");
}

TEST_CASE("resolving needs the ETag of what one saw", "[http][api]") {
  Open open;
  const char* body = R"({"resolution":"cloud_wins"})";
  auto before = open.node.dump();
  REQUIRE(open.node.post(open.path + "/resolve", body).problem() == "428 precondition-required");
  REQUIRE(open.resolve(body, {{"If-Match", "*"}}).problem() == "428 precondition-required");
  Answer stale = open.resolve(body, {{"If-Match", "\"0123456789abcdef\""}});
  REQUIRE(stale.problem() == "412 precondition-failed");
  REQUIRE(stale.count("/current/sides") == 2);
  REQUIRE(stale["/current/_meta/etag"] == open.etag);
  REQUIRE(open.node.dump() == before);
  REQUIRE(open.node.post("/api/sync/conflicts/" + id_of(1) + "/resolve", body).problem() ==
          "404 not-found");
}

TEST_CASE("a conflict that was decided is 409 with the decision", "[http][api]") {
  Open open;
  open.resolve(R"({"resolution":"cloud_wins"})");
  Answer again = open.resolve(R"({"resolution":"local_wins"})");
  REQUIRE(again.problem() == "409 already-resolved");
  REQUIRE(again["/conflict/resolution"] == "cloud_wins");
}

TEST_CASE("a resolution sent again answers the same", "[http][api]") {
  Open open;
  const HeaderList headers{{"If-Match", open.etag},
                           {"Idempotency-Key", "018f6b1e-0000-7000-8000-0000000000cc"}};
  Answer first = open.resolve(R"({"resolution":"cloud_wins"})", headers);
  Answer again = open.resolve(R"({"resolution":"cloud_wins"})", headers);
  REQUIRE(again.status == 200);
  REQUIRE(again.header("Idempotency-Replayed") == "true");
  REQUIRE(again.body == first.body);
}

TEST_CASE("what a resolution says is checked", "[http][api]") {
  Open open;
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "/resolution"},
      {"[]", ""},
      {R"({"resolution":"pending"})", "/resolution"},
      {R"({"resolution":"mine"})", "/resolution"},
      {R"({"resolution":7})", "/resolution"},
      {R"({"resolution":"manual"})", "/value"},
      {R"({"resolution":"manual","pick":"z"})", "/pick"},
      {R"({"resolution":"manual","pick":1})", "/pick"},
      {R"({"resolution":"manual","pick":"a","value":{"h_res":1}})", "/pick"},
      {R"({"resolution":"cloud_wins","pick":"a"})", "/resolution"},
      {R"({"resolution":"manual","value":{"name":"x"}})", "/value/name"},
      {R"({"resolution":"manual","value":{"h_res":0}})", "/value/h_res"},
      {R"({"resolution":"manual","value":{"h_res":"x"}})", "/value/h_res"},
      {R"({"resolution":"manual","value":7})", "/value"},
      {R"({"resolution":"cloud_wins","extra":1})", "/extra"},
      {R"({"resolution":"cloud_wins","comment":7})", "/comment"},
  };
  auto before = open.node.dump();
  for (const auto& [body, pointer] : cases) {
    Answer bad = open.resolve(body);
    INFO(body << " -> " << bad.body);
    REQUIRE(bad.problem() == "422 validation");
    REQUIRE(bad["/errors/0/pointer"] == pointer);
    REQUIRE(open.node.dump() == before);
  }
  REQUIRE(open.resolve("{").problem() == "400 bad-request");
}

TEST_CASE("the present ETag as base version decides a conflict", "[http][api]") {
  Open open;
  std::string etag = open.node.get(open.source).etag();
  Answer decided = open.node.put(open.source, R"({"h_res":1000})", {{"Base-Version", etag}});
  INFO(decided.body);
  REQUIRE(decided.status == 200);
  REQUIRE(decided["/_meta/conflicts"] == "0");
  REQUIRE(open.node.get(open.path)["/resolution"] == "manual");
}

TEST_CASE("sides of a cloud and a LAN node, decided on one of them", "[http][api]") {
  ApiNode truck({.role = Role::lan}), cloud({.role = Role::cloud, .number = 2});
  std::string production = truck.make_production();
  std::string path = at("sources", truck.make_source(production, 11, R"(,"h_res":1920)"));
  truck.ship_to(cloud, production);
  truck.put(path, R"({"h_res":3840})");
  cloud.put(path, R"({"h_res":2560})");
  truck.ship_to(cloud, production);
  cloud.ship_to(truck, production);
  Answer here = truck.get("/api/sync/conflicts?resolution=eq.pending"),
         there = cloud.get("/api/sync/conflicts");
  REQUIRE(here.count() == 1);
  REQUIRE(here.body == there.body);
  REQUIRE(here["/0/cloud_data/h_res"] == "2560");
  REQUIRE(here["/0/local_data/h_res"] == "3840");
  REQUIRE(truck.get(path).etag() == cloud.get(path).etag());
  Answer done = cloud.post("/api/sync/conflicts/" + here["/0/id"] + "/resolve",
                           R"({"resolution":"local_wins"})", {{"If-Match", here["/0/_meta/etag"]}});
  REQUIRE(done["/row/h_res"] == "3840");
  cloud.ship_to(truck, production);
  REQUIRE(truck.get(path).etag() == cloud.get(path).etag());
  REQUIRE(truck.get(path)["/h_res"] == "3840");
  REQUIRE(truck.get("/api/sync/conflicts?resolution=eq.pending").count() == 0);
}

TEST_CASE("a life conflict: somebody deleted what somebody else edited", "[http][api]") {
  ApiNode truck, cloud({.role = Role::cloud, .number = 2});
  std::string production = truck.make_production();
  std::string path = at("sources", truck.make_source(production, 11));
  truck.ship_to(cloud, production);
  truck.put(path, R"({"name":"KEEP"})");
  cloud.del(path);
  cloud.ship_to(truck, production);
  REQUIRE(truck.get(path).status == 200);
  Answer inbox = truck.get("/api/sync/conflicts?kind=eq.life");
  INFO(inbox.body);
  REQUIRE(inbox.count() == 1);
  std::string resolve = "/api/sync/conflicts/" + inbox["/0/id"] + "/resolve";
  const HeaderList seen{{"If-Match", inbox["/0/_meta/etag"]}};
  REQUIRE(truck.post(resolve, R"({"resolution":"manual","value":{"h_res":1}})", seen).problem() ==
          "422 validation");
  Answer done = truck.post(resolve, R"({"resolution":"manual","value":{"is_deleted":true}})", seen);
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(done["/row/is_deleted"] == "true");
  REQUIRE(truck.get(path).problem() == "410 gone");
}

}  // namespace
}  // namespace genlock::http
