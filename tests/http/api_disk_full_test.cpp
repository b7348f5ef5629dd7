// A full disk, as clients meet it: reads go on, writes are 507, and go on when there is room.
#include "api_node.h"

#include <atomic>

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

TEST_CASE("a write that failed for another reason is 503 still", "[http][api][disk]") {
  auto disk = std::make_shared<MemoryStore>();
  ApiNode node({.store = disk, .disk_full = [] { return false; }});
  std::string production = node.make_production();
  disk->fail_next_commit(MemoryStore::Fault::fail_before_applying);
  REQUIRE(node.put(at("productions", production), R"({"room":"1"})").problem() == "503 overloaded");
}

}  // namespace
}  // namespace genlock::http
