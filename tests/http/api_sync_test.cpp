// Asking for sync and watching it (docs/api.md, section 9), with replication played by hand.
#include "api_node.h"
#include "http/jobs.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

namespace genlock::http {
namespace {

struct Synced {
  ApiNode node{{.with_sync = true}};
  std::string production = node.make_production();
  std::string at_production = "/api/sync/production/" + production;
};

TEST_CASE("the status of a node that syncs with nobody is idle", "[http][api]") {
  ApiNode node;
  std::string production = node.make_production();
  Answer status = node.get("/api/sync/status");
  INFO(status.body);
  REQUIRE(status.status == 200);
  REQUIRE(status["/node/name"] == "Truck 1");
  REQUIRE(status["/node/role"] == to_string(ApiNode::default_role()));
  REQUIRE(status["/origin"] == node.engine().identity().origin.to_string());
  REQUIRE(status["/version"] == "0.1.0");
  REQUIRE(status["/state"] == "idle");
  REQUIRE(status["/queue"] == R"({"events":0,"bytes":0,"oldest_at":null})");
  REQUIRE(status["/conflicts"] == R"({"pending":0})");
  REQUIRE(status["/peers"] == "[]");
  REQUIRE(status.count("/streams") == 1);
  REQUIRE(status["/streams/0/id"] == production);
  REQUIRE(status["/streams/0/kind"] == "production");
  REQUIRE(status["/streams/0/label"] == "Gala");
  REQUIRE(status["/streams/0/locked"] == "false");
  REQUIRE(status["/streams/0/vector/" + status["/origin"]] == "1");
  REQUIRE(status["/streams/0/digest"].size() == 32);
  REQUIRE(status["/streams/0/to_send"] == R"({"events":0})");
  REQUIRE(status["/streams/0/last_synced_at"] == "null");
}

TEST_CASE("equal vectors have equal digests", "[http][api]") {
  ApiNode here, there({.role = Role::cloud, .number = 2});
  std::string production = here.make_production();
  here.make_source(production, 11);
  here.ship_to(there, production);
  Answer a = here.get("/api/sync/status"), b = there.get("/api/sync/status");
  REQUIRE(a["/streams/0/vector"] == b["/streams/0/vector"]);
  REQUIRE(a["/streams/0/digest"] == b["/streams/0/digest"]);
}

TEST_CASE("the status passes on what replication reports", "[http][api]") {
  Synced synced;
  SyncStatusReport& report = synced.node.sync().report;
  report.state = SyncState::offline;
  report.since_ms = 1'795'372'000'000;
  report.reason = "the cloud does not answer";
  report.queue = {42, 18'233};
  report.queue_oldest_ms = 1'795'371'000'000;
  PeerStatus peer;
  peer.url = "http://cloud:3001";
  peer.state = PeerState::backoff;
  peer.last_error = Error{ErrorCode::unavailable, "no route to host"};
  peer.rtt_ms = 38;
  peer.clock_offset_ms = -12;
  peer.to_send = {42, 18'233};
  report.peers.push_back(peer);
  report.streams.push_back({StreamId{*Uuid::parse(synced.production)}, 42, 7, 1'795'370'000'000});
  Answer status = synced.node.get("/api/sync/status");
  INFO(status.body);
  REQUIRE(status["/state"] == "offline");
  REQUIRE(status["/since"] == "2026-11-22T18:26:40.000Z");
  REQUIRE(status["/reason"] == "the cloud does not answer");
  REQUIRE(status["/queue"] ==
          R"({"events":42,"bytes":18233,"oldest_at":"2026-11-22T18:10:00.000Z"})");
  REQUIRE(status["/peers/0/node/id"] == "null");
  REQUIRE(status["/peers/0/url"] == "http://cloud:3001");
  REQUIRE(status["/peers/0/state"] == "backoff");
  REQUIRE(status["/peers/0/last_error/detail"] == "no route to host");
  REQUIRE(status["/peers/0/rtt_ms"] == "38");
  REQUIRE(status["/peers/0/clock_offset_ms"] == "-12");
  REQUIRE(status["/peers/0/to_receive"] == R"({"events":0})");
  REQUIRE(status["/streams/0/to_send"] == R"({"events":42})");
  REQUIRE(status["/streams/0/to_receive"] == R"({"events":7})");
  REQUIRE(status["/streams/0/last_synced_at"] == "2026-11-22T17:53:20.000Z");
}

TEST_CASE("start and stop answer the status", "[http][api]") {
  Synced synced;
  REQUIRE(synced.node.post("/api/sync/start")["/state"] == "idle");
  REQUIRE(synced.node.sync().started);
  REQUIRE(synced.node.post("/api/sync/stop", "{}").status == 200);
  REQUIRE_FALSE(synced.node.sync().started);
  REQUIRE(synced.node.post("/api/sync/stop", R"({"now":true})").problem() == "422 validation");
}

TEST_CASE("a job can be watched from start to end", "[http][api]") {
  Synced synced;
  Answer job = synced.node.post(synced.at_production + "/download");
  REQUIRE(job.status == 202);
  REQUIRE(job.header("Location") == "/api/sync/jobs/" + job.id());
  REQUIRE(job["/kind"] == "download");
  REQUIRE(job["/production_id"] == synced.production);
  REQUIRE(job["/state"] == "queued");
  REQUIRE(job["/finished_at"] == "null");
  REQUIRE(job["/error"] == "null");
  REQUIRE(synced.node.sync().wishes.front().work == SyncWork::download);

  synced.node.sync().running.front().advance(120, 880);
  Answer running = synced.node.get(job.header("Location"));
  REQUIRE(running["/state"] == "running");
  REQUIRE(running["/done"] == "120");
  REQUIRE(running["/total"] == "880");
  REQUIRE(running["/eta_s"] != "null");

  synced.node.sync().running.front().finished({});
  Answer done = synced.node.get(job.header("Location"));
  REQUIRE(done["/state"] == "done");
  REQUIRE(done["/eta_s"] == "null");
  REQUIRE(done["/finished_at"] != "null");
}

TEST_CASE("a job that fails says why, as a problem", "[http][api]") {
  Synced synced;
  Answer job = synced.node.post("/api/sync/now");
  REQUIRE(job["/kind"] == "sync");
  REQUIRE(job["/production_id"] == "null");
  synced.node.sync().running.front().finished(
      Error{ErrorCode::not_found, "the peer has no such show"});
  Answer failed = synced.node.get(job.header("Location"));
  REQUIRE(failed["/state"] == "failed");
  REQUIRE(failed["/error/type"] == "/problems/not-found");
  REQUIRE(failed["/error/detail"] == "the peer has no such show");
  REQUIRE(synced.node.get("/api/sync/jobs/" + id_of(1)).problem() == "404 not-found");
}

TEST_CASE("a job can be cancelled, and stays so whatever its worker says", "[http][api]") {
  Synced synced;
  for (const char* path : {"/download", "/upload", "/api/sync/now"}) {
    INFO(path);
    std::string target = path[1] == 'a' ? path : synced.at_production + path;
    Answer job = synced.node.post(target);
    SyncProgress& worker = synced.node.sync().running.back();
    worker.advance(120, 880);
    REQUIRE_FALSE(worker.cancelled.stop_requested());
    Answer cancelled = synced.node.del(job.header("Location"));
    REQUIRE(cancelled.status == 200);
    REQUIRE(cancelled["/state"] == "cancelled");
    REQUIRE(cancelled["/done"] == "120");
    REQUIRE(cancelled["/finished_at"] != "null");
    REQUIRE(cancelled["/error"] == "null");
    REQUIRE(worker.cancelled.stop_requested());
    worker.advance(130, 880);
    worker.finished(Error{ErrorCode::unavailable, "it was cancelled"});
    REQUIRE(synced.node.get(job.header("Location")).body == cancelled.body);
    REQUIRE(synced.node.del(job.header("Location")).body == cancelled.body);
  }
}

TEST_CASE("a worker may end its job while it is being told to stop", "[http][api]") {
  Synced synced;
  Answer job = synced.node.post("/api/sync/now");
  SyncProgress& worker = synced.node.sync().running.back();
  std::stop_callback ends(worker.cancelled, [&] { worker.finished({}); });
  REQUIRE(synced.node.del(job.header("Location"))["/state"] == "cancelled");
}

TEST_CASE("cancelling a job that has finished changes nothing", "[http][api]") {
  Synced synced;
  Answer job = synced.node.post("/api/sync/now");
  synced.node.sync().running.back().finished({});
  Answer after = synced.node.del(job.header("Location"));
  REQUIRE(after.status == 200);
  REQUIRE(after["/state"] == "done");
  REQUIRE_FALSE(synced.node.sync().running.back().cancelled.stop_requested());
  REQUIRE(synced.node.del("/api/sync/jobs/" + id_of(1)).problem() == "404 not-found");
  REQUIRE(synced.node.del("/api/sync/jobs/nonsense").problem() == "404 not-found");
  REQUIRE(synced.node.del(job.header("Location") + "?now=1").problem() == "400 bad-request");
}

TEST_CASE("what can't begin is refused at once", "[http][api]") {
  Synced synced;
  REQUIRE(synced.node.post("/api/sync/production/nonsense/download").problem() == "404 not-found");
  REQUIRE(synced.node.post("/api/sync/production/" + id_of(99) + "/upload").problem() ==
          "404 not-found");
  REQUIRE(synced.node.post(synced.at_production + "/upload").status == 202);
  synced.node.sync().refuse = Error{ErrorCode::unavailable, "stopping"};
  Answer refused = synced.node.post("/api/sync/now");
  REQUIRE(refused.problem() == "503 overloaded");
  REQUIRE_FALSE(refused.header("Retry-After").empty());
  synced.node.sync().peer = false;
  for (const char* path : {"/api/sync/now", "/download", "/upload"}) {
    std::string target = path[1] == 'a' ? path : synced.at_production + path;
    REQUIRE(synced.node.post(target).problem() == "409 no-peer");
  }
  ApiNode alone;
  REQUIRE(alone.post("/api/sync/now").problem() == "409 no-peer");
}

TEST_CASE("unsubscribing keeps the rows", "[http][api]") {
  Synced synced;
  synced.node.sync().subscribed = StreamId{*Uuid::parse(synced.production)};
  REQUIRE(synced.node.del(synced.at_production)["/state"] == "idle");
  REQUIRE_FALSE(synced.node.sync().subscribed);
  REQUIRE(synced.node.get(at("productions", synced.production)).status == 200);
  REQUIRE(synced.node.del(synced.at_production)["/streams/0/id"] == synced.production);  // again
}

TEST_CASE("unsubscribing from what nobody knows is 404", "[http][api]") {
  Synced synced;
  std::string unknown = "/api/sync/production/" + id_of(99);
  REQUIRE(synced.node.del(unknown).problem() == "404 not-found");
  synced.node.sync().subscribed = StreamId{*Uuid::parse(id_of(99))};  // asked for, not here yet
  REQUIRE(synced.node.del(unknown).status == 200);
  REQUIRE(synced.node.del(unknown).problem() == "404 not-found");
  REQUIRE(synced.node.del("/api/sync/production/nonsense").problem() == "404 not-found");
  REQUIRE(synced.node.del(synced.at_production + "?now=1").problem() == "400 bad-request");
  ApiNode alone({.role = Role::cloud});
  std::string production = alone.make_production();
  REQUIRE(alone.del("/api/sync/production/" + production)["/state"] == "idle");
  REQUIRE(alone.del(unknown).problem() == "404 not-found");
  alone.del(at("productions", production));
  REQUIRE(alone.del("/api/sync/production/" + production).status == 200);
}

TEST_CASE("a node without a peer shows its own catalog", "[http][api]") {
  for (Role role : {Role::lan, Role::cloud}) {
    ApiNode node({.role = role});
    REQUIRE(node.get("/api/sync/catalog").body == "[]");
    std::string first = node.make_production(1);
    node.put(at("productions", first),
             R"({"status":"ready","load_in":"2026-11-22T18:42:03.114Z"})");
    node.make_source(first, 11);
    std::string second = node.make_production(2);
    node.del(at("productions", node.make_production(3)));
    Answer catalog = node.get("/api/sync/catalog");
    INFO(catalog.body);
    REQUIRE(catalog.status == 200);
    REQUIRE(catalog.count() == 2);
    REQUIRE(catalog["/0/id"] == first);
    REQUIRE(catalog["/0/show_name"] == "Gala");
    REQUIRE(catalog["/0/client"] == node.get(at("productions", first))["/client"]);
    REQUIRE(catalog["/0/label"] == node.get(at("productions", first))["/label"]);
    REQUIRE(catalog["/0/status"] == "ready");
    REQUIRE(catalog["/0/load_in"] == "2026-11-22T18:42:03.114Z");
    REQUIRE(catalog["/0/load_out"] == "null");
    REQUIRE(catalog["/0/events"] == "3");
    REQUIRE(std::stoi(catalog["/0/bytes"]) > 300);
    REQUIRE(catalog["/0/subscribed"] == "false");
    REQUIRE(catalog["/1/id"] == second);
    REQUIRE(catalog["/1/status"] == "null");
    REQUIRE(catalog.count("/1") == 10);
    REQUIRE(node.get("/api/sync/catalog?limit=1")["/errors/0/parameter"] == "limit");
  }
}

TEST_CASE("with a peer the catalog is the peer's, and 503 where it does not answer",
          "[http][api]") {
  Synced synced;
  FakeSync& sync = synced.node.sync();
  sync.offered = std::vector{CatalogEntry{.production = *Uuid::parse(id_of(7)),
                                          .label = "",
                                          .client = "A \"B\"",
                                          .show_name = "Gala",
                                          .status = "",
                                          .load_in_ms = {},
                                          .load_out_ms = 1'795'372'000'000,
                                          .events = 880,
                                          .bytes = 200'000}};
  sync.subscribed = StreamId{*Uuid::parse(id_of(7))};
  REQUIRE(synced.node.get("/api/sync/catalog").body ==
          R"([{"id":")" + id_of(7) +
              R"(","label":null,"client":"A \"B\"","show_name":"Gala","status":null,)"
              R"("load_in":null,"load_out":"2026-11-22T18:26:40.000Z","events":880,)"
              R"("bytes":200000,"subscribed":true}])");
  sync.subscribed.reset();
  REQUIRE(synced.node.get("/api/sync/catalog")["/0/subscribed"] == "false");
  for (ErrorCode code :
       {ErrorCode::unavailable, ErrorCode::unsupported, ErrorCode::corruption, ErrorCode::fork}) {
    sync.offered = Error{code, "the cloud does not answer"};
    Answer away = synced.node.get("/api/sync/catalog");
    REQUIRE(away.problem() == "503 peer-unreachable");
    REQUIRE(away["/detail"].starts_with("the cloud does not answer"));
    REQUIRE_FALSE(away.header("Retry-After").empty());
  }
  sync.peer = false;
  REQUIRE(synced.node.get("/api/sync/catalog")["/0/id"] == synced.production);
}

TEST_CASE("the sync log is a list", "[http][api]") {
  ApiNode node;
  REQUIRE(node.get("/api/sync/log").body == "[]");
  REQUIRE(node.get("/api/sync/log?status=eq.failed").status == 200);
  REQUIRE(node.get("/api/sync/log?colour=eq.red")["/errors/0/parameter"] == "colour");
}

TEST_CASE("jobs are bounded, and forgotten after a day", "[http][jobs]") {
  ManualClock clock;
  SeededRandom random(1);
  JobRegistry jobs(clock, random);
  Uuid first = jobs.add({}).value().id;
  for (std::size_t i = 1; i < JobRegistry::max_jobs; ++i) REQUIRE(jobs.add({}).ok());
  REQUIRE(jobs.add({}).error().code == ErrorCode::unavailable);
  jobs.finish(first, {});
  jobs.advance(first, 1, 2);
  REQUIRE(jobs.find(first)->state == JobState::done);
  Uuid next = jobs.add({}).value().id;  // takes the place of the finished one
  REQUIRE_FALSE(jobs.find(first));
  jobs.finish(next, {});
  clock.advance(JobRegistry::memory_ms + 1);
  REQUIRE(jobs.add({}).ok());
  REQUIRE_FALSE(jobs.find(next));
}

}  // namespace
}  // namespace genlock::http
