// Backups over the API (docs/api.md, section 11), kept by hand.
#include "api_node.h"

namespace genlock::http {
namespace {

struct Kept {
  ApiNode node{{.with_sync = true, .with_backups = true}};
  FakeBackups& backups() { return node.backups(); }
  std::string add(int n, std::string status = "unverified") {
    BackupEntry entry;
    entry.id = *Uuid::parse(id_of(n));
    entry.created_ms = 1'763'800'000'000;
    entry.reason = "lock";
    entry.size_bytes = 2'000;
    entry.added_bytes = 300;
    entry.events = 86;
    entry.status = std::move(status);
    backups().entries.push_back(entry);
    return "/api/backups/" + id_of(n);
  }
};

TEST_CASE("backups are a bare array", "[http][api][backup]") {
  Kept kept;
  REQUIRE(kept.node.get("/api/backups").body == "[]");
  kept.add(1);
  kept.backups().entries[0].verified_ms = 1'763'800'000'500;
  kept.backups().entries[0].detail = "a \"file\"";
  REQUIRE(kept.node.get("/api/backups").body ==
          R"([{"id":"00000000-0000-4000-8000-000000000001",)"
          R"("created_at":"2025-11-22T08:26:40.000Z","reason":"lock","size_bytes":2000,)"
          R"("added_bytes":300,"events":86,"status":"unverified",)"
          R"("verified_at":"2025-11-22T08:26:40.500Z","detail":"a \"file\""}])");
}

TEST_CASE("a backup is a job whose result is the backup", "[http][api][backup]") {
  Kept kept;
  Answer job = kept.node.post("/api/backups");
  INFO(job.body);
  REQUIRE(job.status == 202);
  REQUIRE(job["/kind"] == "backup");
  REQUIRE(job["/result"] == "null");
  kept.backups().running->advance(5, 10);
  REQUIRE(kept.node.get(job.header("Location"))["/done"] == "5");
  kept.add(1);
  kept.backups().running->finished(backup_json(kept.backups().entries[0]));
  Answer done = kept.node.get(job.header("Location"));
  REQUIRE(done["/state"] == "done");
  REQUIRE(done["/result/id"] == id_of(1));
}

TEST_CASE("verifying a backup is a job, and can be cancelled", "[http][api][backup]") {
  Kept kept;
  const std::string one = kept.add(1);
  Answer job = kept.node.post(one + "/verify");
  REQUIRE(job.status == 202);
  REQUIRE(job["/kind"] == "verify_backup");
  REQUIRE(kept.node.del(job.header("Location"))["/state"] == "cancelled");
  REQUIRE(kept.backups().running->cancelled.stop_requested());
  REQUIRE(kept.node.post("/api/backups/" + id_of(2) + "/verify").problem() == "404 not-found");
  REQUIRE(kept.node.post("/api/backups/nothing/verify").problem() == "404 not-found");
}

TEST_CASE("a backup is removed", "[http][api][backup]") {
  Kept kept;
  const std::string one = kept.add(1);
  Answer removed = kept.node.del(one);
  REQUIRE(removed.status == 204);
  REQUIRE(removed.body.empty());
  REQUIRE(kept.node.del("/api/backups/" + id_of(2)).problem() == "404 not-found");
  REQUIRE(kept.node.get(one).problem() == "405 method-not-allowed");
}

TEST_CASE("what keeps a node from its backups has a name", "[http][api][backup]") {
  Kept kept;
  const std::string one = kept.add(1);
  const auto refuse = [&](ErrorCode code) { kept.backups().refuse = Error{code, "because"}; };
  refuse(ErrorCode::precondition);
  REQUIRE(kept.node.post("/api/backups").problem() == "503 backup-place");
  REQUIRE(kept.node.get("/api/backups").problem() == "503 backup-place");
  refuse(ErrorCode::too_large);
  REQUIRE(kept.node.post("/api/backups").problem() == "507 disk-full");
  refuse(ErrorCode::conflict);
  REQUIRE(kept.node.post("/api/backups").problem() == "409 busy");
  REQUIRE(kept.node.del(one).problem() == "409 busy");
  kept.backups().refuse.reset();
  Answer job = kept.node.post("/api/backups");
  kept.backups().running->finished(Error{ErrorCode::too_large, "no room"});
  Answer failed = kept.node.get(job.header("Location"));
  REQUIRE(failed["/state"] == "failed");
  REQUIRE(failed["/error/type"] == "/problems/disk-full");
  REQUIRE(failed["/error/detail"] == "no room");
  job = kept.node.post("/api/backups");
  kept.backups().running->finished(Error{ErrorCode::corruption, "a file"});
  REQUIRE(kept.node.get(job.header("Location"))["/error/type"] == "/problems/damaged");
}

TEST_CASE("a lock asks for a backup first, a finished download afterwards", "[http][api][backup]") {
  Kept kept;
  const std::string production = kept.node.make_production();
  REQUIRE(kept.node.post(at("productions", production) + "/lock", R"({"reason":"show"})").status ==
          200);
  REQUIRE(kept.backups().locks == 1);
  Answer job = kept.node.post("/api/sync/production/" + production + "/download");
  REQUIRE(job.status == 202);
  kept.node.sync().running.back().finished({});
  REQUIRE(kept.backups().downloads == 1);
  kept.node.post("/api/sync/production/" + production + "/download");
  kept.node.sync().running.back().finished(Error{ErrorCode::unavailable, "the peer went"});
  REQUIRE(kept.backups().downloads == 1);
}

TEST_CASE("health tells how old the newest good backup is", "[http][api][backup]") {
  Kept kept;
  REQUIRE(kept.node.get("/api/health")["/checks/backup/status"] == "unknown");
  kept.backups().told = {.known = true, .degraded = false, .newest_good_ms = 1'763'800'000'000};
  REQUIRE(kept.node.get("/api/health")["/checks/backup"] ==
          R"({"status":"ok","at":"2025-11-22T08:26:40.000Z"})");
  kept.backups().told.degraded = true;
  REQUIRE(kept.node.get("/api/health")["/status"] == "degraded");
}

TEST_CASE("a node that keeps no backups has no such routes", "[http][api][backup]") {
  ApiNode node;
  REQUIRE(node.get("/api/backups").problem() == "404 not-found");
}

}  // namespace
}  // namespace genlock::http
