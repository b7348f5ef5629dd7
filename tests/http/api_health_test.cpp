// Health and the pages (docs/api.md, section 11). The files of the web app: web_app_test.cpp.
#include "api_node.h"

namespace genlock::http {
namespace {

TEST_CASE("a node is alive and ready", "[http][api]") {
  ApiNode node;
  REQUIRE(node.get("/healthz").body == R"({"status":"ok"})");
  REQUIRE(node.get("/readyz").body == R"({"ready":true,"components":{}})");
}

TEST_CASE("health has its checks, and says unknown where nothing is known", "[http][api]") {
  ApiNode node({.with_sync = true});
  node.sync().report.queue.events = 3;
  Answer health = node.get("/api/health");
  REQUIRE(health.status == 200);
  REQUIRE(health["/status"] == "ok");
  REQUIRE(health["/checks/database/status"] == "ok");
  REQUIRE(health["/checks/queue/events"] == "3");
  REQUIRE(health["/checks/last_sync"] == R"({"status":"unknown","at":null})");
  REQUIRE(health["/checks/conflicts/pending"] == "0");
  REQUIRE(health["/checks/disk"] == R"({"status":"unknown","free_bytes":null})");
  REQUIRE(health["/checks/clock"] == R"({"status":"unknown","offset_ms":null})");
  REQUIRE(health["/checks/backup"] == R"({"status":"unknown","at":null})");
  node.sync().report.state = SyncState::error;
  Answer degraded = node.get("/api/health");
  REQUIRE(degraded.status == 200);
  REQUIRE(degraded["/status"] == "degraded");
}

TEST_CASE("the root of a node without an app says what it is and links on", "[http][api]") {
  ApiNode node;
  Answer root = node.get("/");
  REQUIRE(root.status == 200);
  REQUIRE(root.header("Content-Type") == "text/html; charset=utf-8");
  for (const char* text :
       {"Truck 1", "lan", "Genlock", "href=\"/api/health\"", "href=\"/api/productions\"",
        "href=\"#api\"", "/api/sync/conflicts/{id}/resolve"}) {
    INFO(text);
    REQUIRE(root.body.find(text) != std::string::npos);
  }
  REQUIRE(node.get("/index.html").problem() == "404 not-found");
  REQUIRE(node.post("/index.html", "{}").problem() == "404 not-found");
}

}  // namespace
}  // namespace genlock::http
