// Notices (docs/api.md, section 11): told until somebody confirms them.
#include "api_node.h"
#include "engine/lineage.h"

namespace genlock::http {
namespace {

void tell(ApiNode& node, NoticeKind reason, std::uint64_t events) {
  const OriginId origin = node.engine().identity().origin;
  node.commit([&](Overlay& overlay) {
    return node.engine().renew_origin(origin, {reason, "from yesterday", events}, overlay);
  });
}

TEST_CASE("a node without notices says so", "[http][api]") {
  ApiNode node;
  REQUIRE(node.get("/api/notices").body == "[]");
  REQUIRE(node.get("/api/health")["/checks/notices"] == R"({"status":"ok","open":[]})");
  REQUIRE(node.get("/api/sync/status")["/notices"] == "[]");
}

TEST_CASE("a notice stands in health and status until it is acknowledged", "[http][api]") {
  ApiNode node;
  const std::string closed = node.engine().identity().origin.to_string();
  tell(node, NoticeKind::rolled_back, 12);
  REQUIRE(node.engine().identity().origin.to_string() != closed);
  Answer all = node.get("/api/notices");
  INFO(all.body);
  REQUIRE(all["/0/kind"] == "rolled_back");
  REQUIRE(all["/0/origin"] == closed);
  REQUIRE(all["/0/stream"] == "null");
  REQUIRE(all["/0/events"] == "12");
  REQUIRE(all["/0/detail"] == "from yesterday");
  REQUIRE(all["/0/acknowledged_at"] == "null");
  REQUIRE_FALSE(all["/0/remedy"].empty());

  Answer health = node.get("/api/health");
  REQUIRE(health["/status"] == "degraded");
  REQUIRE(health["/checks/notices/status"] == "degraded");
  REQUIRE(health["/checks/notices/open/0/origin"] == closed);
  REQUIRE(node.get("/api/sync/status")["/notices/0/kind"] == "rolled_back");

  const std::string path = "/api/notices/" + all["/0/id"] + "/acknowledge";
  Answer done = node.post(path);
  REQUIRE(done.status == 200);
  REQUIRE(done["/acknowledged_at"] != "null");
  REQUIRE(node.post(path)["/acknowledged_at"] == done["/acknowledged_at"]);
  REQUIRE(node.get("/api/health")["/status"] == "ok");
  REQUIRE(node.get("/api/sync/status")["/notices"] == "[]");
  REQUIRE(node.get("/api/notices")["/0/acknowledged_at"] == done["/acknowledged_at"]);
}

TEST_CASE("what is no notice can't be acknowledged", "[http][api]") {
  ApiNode node;
  REQUIRE(node.post("/api/notices/018f2c3a-0000-7000-8000-000000000001/acknowledge").problem() ==
          "404 not-found");
  REQUIRE(node.post("/api/notices/x/acknowledge").problem() == "404 not-found");
  REQUIRE(node.get("/api/notices/x/acknowledge").problem() == "405 method-not-allowed");
}

}  // namespace
}  // namespace genlock::http
