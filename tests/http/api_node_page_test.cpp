// GET /api/node: which node this is, and where it can be reached.
#include "api_node.h"

namespace genlock::http {
namespace {

TEST_CASE("a node says who it is and where", "[http][api]") {
  ApiNode node({.role = Role::cloud, .addresses = [] {
                  return std::vector<NodeAddress>{
                      {"http://127.0.0.1:3000", "127.0.0.1", "lo", true},
                      {"http://192.168.1.20:3000", "192.168.1.20", "eth0", false}};
                }});
  Answer told = node.get("/api/node");
  REQUIRE(told.status == 200);
  Answer status = node.get("/api/sync/status");
  for (const char* part : {"/id", "/name", "/role"})
    REQUIRE(told[part] == status[std::string("/node") + part]);
  REQUIRE(told["/role"] == "cloud");
  REQUIRE(told["/origin"] == status["/origin"]);
  REQUIRE(told["/version"] == "0.1.0");
  REQUIRE(told["/url"] == "http://192.168.1.20:3000");
  REQUIRE(told.count("/addresses") == 2);
  REQUIRE(
      told["/addresses/1"] ==
      R"({"url":"http://192.168.1.20:3000","address":"192.168.1.20","interface":"eth0","loopback":false})");
}

TEST_CASE("a node that does not know its addresses says so", "[http][api]") {
  ApiNode node;
  REQUIRE(node.get("/api/node")["/url"] == "null");
  REQUIRE(node.get("/api/node")["/addresses"] == "[]");
}

}  // namespace
}  // namespace genlock::http
