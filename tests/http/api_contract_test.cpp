// Lines of the contract that several nodes keep together, whatever their roles are.
#include "api_node.h"

namespace genlock::http {
namespace {

TEST_CASE("a create without an id, sent again to another node, is the same row",
          "[http][api][contract]") {
  ApiNode venue({.role = Role::lan, .number = 1}), cloud({.role = Role::cloud, .number = 2});
  std::string production = venue.make_production();
  venue.ship_to(cloud, production);
  const HeaderList key = {{"Idempotency-Key", "018f6b1e-0000-7000-8000-0000000000e1"}};
  const std::string list = at("productions", production) + "/sources";
  const std::string body =
      R"({"type":"CAM","name":"A","outputs":[{"connector":"SDI"},{"connector":"HDMI"}]})";
  Answer here = venue.post(list, body, key), there = cloud.post(list, body, key);
  REQUIRE(here.status == 201);
  REQUIRE(there.status == 201);
  REQUIRE(there.id() == here.id());
  REQUIRE(there["/outputs/1/id"] == here["/outputs/1/id"]);
  venue.ship_to(cloud, production);
  cloud.ship_to(venue, production);
  for (ApiNode* node : {&venue, &cloud}) {
    REQUIRE(node->get(list).count() == 1);
    REQUIRE(node->get(list).count("/0/outputs") == 2);
    REQUIRE(node->get(list)["/0/outputs/1/id"] == here["/outputs/1/id"]);
  }
  REQUIRE(venue.get(at("sources", here.id())).etag() == cloud.get(at("sources", here.id())).etag());
}

TEST_CASE("two cards in one slot are one conflict on both nodes, with a free slot proposed",
          "[http][api][contract]") {
  ApiNode venue({.role = Role::lan, .number = 1}), cloud({.role = Role::cloud, .number = 2});
  Answer device = venue.post("/api/equipment",
                             R"({"category":"router","manufacturer":"A","model":"B","cards":[]})");
  const std::string path = at("equipment", device.id());
  const std::string library = library_stream.uuid.to_string();
  venue.ship_to(cloud, library);
  for (ApiNode* node : {&venue, &cloud})
    REQUIRE(node->put(path, R"({"cards":[{"slot_number":1}]})").status == 200);
  venue.ship_to(cloud, library);
  cloud.ship_to(venue, library);
  Answer first = venue.get("/api/sync/conflicts"), second = cloud.get("/api/sync/conflicts");
  INFO(first.body);
  REQUIRE(first.count() == 1);
  REQUIRE(first["/0/kind"] == "unique");
  REQUIRE(first["/0/resolution"] == "pending");
  REQUIRE(first["/0/proposed/slot_number"] == "2");
  REQUIRE(first.count("/0/sides") == 2);
  for (const char* same : {"/0/id", "/0/sides/0/key", "/0/shown", "/0/_meta/etag"})
    REQUIRE(first[same] == second[same]);
  REQUIRE(venue.get(path).etag() == cloud.get(path).etag());
}

}  // namespace
}  // namespace genlock::http
