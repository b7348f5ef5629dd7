// A full disk, as clients meet it: reads go on, writes are 507, and go on when there is room.
#include "api_node.h"

#include <atomic>
#include <chrono>
#include <thread>

namespace genlock::http {
namespace {

TEST_CASE("on a full disk writes are 507 and reads go on", "[http][api][disk]") {
  auto disk = std::make_shared<MemoryStore>();
  std::atomic<bool> full{false};
  ApiNode node({.store = disk, .disk_full = [&] { return full.load(); }});
  std::string production = node.make_production();
  std::string source = node.make_source(production, 11);

  full = true;
  disk->fail_next_commit(MemoryStore::Fault::fail_before_applying);
  const HeaderList key = {{"Idempotency-Key", id_of(77)}};
  Answer refused = node.put(at("sources", source), R"({"note":"x"})", key);
  REQUIRE(refused.problem() == "507 disk-full");
  REQUIRE(node.del(at("sources", source)).problem() == "507 disk-full");
  REQUIRE(node.get(at("sources", source))["/note"] == "null");
  REQUIRE(node.get(at("productions", production) + "?include=all").status == 200);
  REQUIRE(node.get("/api/changes").status == 200);
  REQUIRE(node.get("/api/health")["/checks/disk/status"] == "failing");
  REQUIRE(node.get("/api/health")["/status"] == "failing");

  full = false;
  disk->reopen();
  node.take_writes_again();
  REQUIRE(node.put(at("sources", source), R"({"note":"x"})", key).status == 200);
  REQUIRE(node.get(at("sources", source))["/note"] == "x");
  REQUIRE(node.bugs().empty());
}

TEST_CASE("on a full disk jobs and items of bulk resolve are 507 too", "[http][api][disk]") {
  auto disk = std::make_shared<MemoryStore>();
  std::atomic<bool> full{false};
  ApiNode node({.store = disk, .disk_full = [&] { return full.load(); }});
  std::string production = node.make_production();
  const std::string source = at("sources", node.make_source(production, 11));
  const std::string seen = node.get(source).header("ETag");
  REQUIRE(node.put(source, R"({"h_res":2})").status == 200);
  Answer both =
      node.put(source, R"({"h_res":3})", {{"Base-Version", seen}, {"Prefer", "conflict=record"}});
  REQUIRE(both.status == 202);
  Answer conflict = node.get(both.header("Location"));

  full = true;
  disk->fail_next_commit(MemoryStore::Fault::fail_before_applying);
  std::string etag = conflict.header("ETag");
  for (std::size_t at = 0; (at = etag.find('"', at)) != std::string::npos; at += 2)
    etag.insert(at, "\\");
  Answer many = node.post("/api/sync/conflicts/resolve",
                          R"({"resolution":"cloud_wins","items":[{"id":")" + conflict.id() +
                              R"(","etag":")" + etag + "\"}]}");
  INFO(many.body);
  REQUIRE(many["/results/0/status"] == "507");
  REQUIRE(many["/results/0/problem/type"] == "/problems/disk-full");

  Answer job = node.post("/api/import", R"([{"category":"ccu","manufacturer":"A","model":"B"}])");
  INFO(job.body);
  REQUIRE(job.status == 202);
  const std::string path = job.header("Location");
  for (int i = 0; i < 500 && job["/finished_at"] == "null"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    job = node.get(path);
  }
  INFO(job.body);
  REQUIRE(job["/state"] == "failed");
  REQUIRE(job["/error/type"] == "/problems/disk-full");
  REQUIRE(job["/error/status"] == "507");
  full = false;
  REQUIRE(node.get(path)["/error/status"] == "507");  // it was so when it failed
  REQUIRE(node.bugs().empty());
}

TEST_CASE("a write that failed for another reason is 503 still", "[http][api][disk]") {
  auto disk = std::make_shared<MemoryStore>();
  ApiNode node({.store = disk, .disk_full = [] { return false; }});
  std::string production = node.make_production();
  disk->fail_next_commit(MemoryStore::Fault::fail_before_applying);
  REQUIRE(node.put(at("productions", production), R"({"room":"1"})").problem() == "503 overloaded");
}

}  // namespace
}  // namespace genlock::http
