// Checking and mending a node that runs (docs/api.md, section 11), with the work played by hand.
#include "api_node.h"

namespace genlock::http {
namespace {

struct Kept {
  ApiNode node{{.with_maintenance = true}};
  FakeMaintenance& work() { return node.maintenance(); }
};

TEST_CASE("verify is a job with a result", "[http][api]") {
  Kept kept;
  Answer job = kept.node.post("/api/maintenance/verify");
  INFO(job.body);
  REQUIRE(job.status == 202);
  REQUIRE(job["/kind"] == "verify");
  REQUIRE(job["/production_id"] == "null");
  REQUIRE(job["/result"] == "null");
  REQUIRE(job.header("Location") == "/api/sync/jobs/" + job.id());
  kept.work().running->advance(5, 10);
  REQUIRE(kept.node.get(job.header("Location"))["/done"] == "5");
  kept.work().running->finished(std::string(R"({"ok":true,"events":5})"));
  Answer done = kept.node.get(job.header("Location"));
  REQUIRE(done["/state"] == "done");
  REQUIRE(done["/result/ok"] == "true");
}

TEST_CASE("one piece of upkeep at a time", "[http][api]") {
  Kept kept;
  Answer first = kept.node.post("/api/maintenance/verify");
  Answer second = kept.node.post("/api/maintenance/rebuild");
  REQUIRE(second.problem() == "409 busy");
  REQUIRE_FALSE(second.header("Retry-After").empty());
  kept.work().running->finished(Error{ErrorCode::unavailable, "the node is stopping"});
  REQUIRE(kept.node.get(first.header("Location"))["/error/detail"] == "the node is stopping");
}

TEST_CASE("upkeep can be cancelled, a rebuild too while it refuses writes", "[http][api]") {
  Kept kept;
  for (const char* work : {"verify", "rebuild"}) {
    Answer job = kept.node.post(std::string("/api/maintenance/") + work);
    kept.work().percent = 40;
    Answer cancelled = kept.node.del(job.header("Location"));
    INFO(cancelled.body);
    REQUIRE(cancelled["/state"] == "cancelled");
    REQUIRE(cancelled["/result"] == "null");
    REQUIRE(kept.work().running->cancelled.stop_requested());
    kept.work().running->finished(Error{ErrorCode::unavailable, "it was cancelled"});
    REQUIRE(kept.node.get(job.header("Location"))["/state"] == "cancelled");
    kept.work().running.reset();
    kept.work().percent = std::nullopt;
  }
}

TEST_CASE("while the rows are made anew, reads go on and writes are refused", "[http][api]") {
  Kept kept;
  std::string production = kept.node.make_production();
  kept.work().percent = 40;
  REQUIRE(kept.node.get(at("productions", production)).status == 200);
  auto before = kept.node.dump();
  for (Answer refused :
       {kept.node.put(at("productions", production), R"({"room":"Hall 2"})"),
        kept.node.del(at("productions", production)), kept.node.post("/api/equipment", "{}")}) {
    REQUIRE(refused.problem() == "503 not-ready");
    REQUIRE(refused["/detail"].find("40%") != std::string::npos);
    REQUIRE_FALSE(refused.header("Retry-After").empty());
  }
  REQUIRE(kept.node.dump() == before);
  kept.work().percent = std::nullopt;
  REQUIRE(kept.node.put(at("productions", production), R"({"room":"Hall 2"})").status == 200);
}

TEST_CASE("a node that nobody keeps has no such routes", "[http][api]") {
  ApiNode node;
  REQUIRE(node.post("/api/maintenance/verify").problem() == "404 not-found");
  Kept kept;
  REQUIRE(kept.node.post("/api/maintenance/verify", R"({"deep":true})").problem() ==
          "422 validation");
  REQUIRE(kept.node.get("/api/maintenance/verify").problem() == "405 method-not-allowed");
}

}  // namespace
}  // namespace genlock::http
