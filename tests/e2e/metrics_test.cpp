// What a monitoring system sees: /metrics of real processes, the dashboard, the alerts.
#include "scrape.h"
#include "support/places.h"

#include <cstdlib>
#include <ctime>
#include <regex>
#include <thread>

using namespace genlock;
using namespace genlock::cli;

TEST_CASE("/metrics counts what happened, in the format of Prometheus", "[e2e][metrics]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  const Exposition before = metrics(node);
  for (int i = 0; i < 3; ++i) make_production(node);
  REQUIRE(!node.client->get("/api/productions/nothing").ok());
  REQUIRE(!node.client->get("/no/such/path").ok());
  Exposition after;
  const auto grew = [&](const std::string& sample) { return after[sample] - before[sample]; };
  // An answer is counted after it was handed over.
  REQUIRE(wait_until("all are counted", std::chrono::seconds(60), [&]() -> Result<bool> {
            after = metrics(node);
            return grew(R"(genlock_http_requests_total{class="write",status="201"})") == 3 &&
                   grew(R"(genlock_http_requests_total{class="read",status="404"})") == 1 &&
                   grew(R"(genlock_http_requests_total{class="none",status="404"})") == 1;
          }).ok());
  REQUIRE(grew(R"(genlock_http_requests_total{class="health",status="200"})") >= 1);
  const std::string creates = R"({route="create_production",method="POST",code="2xx"})";
  REQUIRE(grew("genlock_http_request_duration_seconds_count" + creates) == 3);
  REQUIRE(grew("genlock_http_request_duration_seconds_sum" + creates) > 0);
  REQUIRE(grew("genlock_write_duration_seconds_count") >= 3);
  for (const char* phase : {"lock", "log", "project", "commit"}) {
    const std::string labels = std::string("{phase=\"") + phase + "\"}";
    REQUIRE(grew("genlock_append_duration_seconds_count" + labels) >= 3);
    REQUIRE(grew("genlock_append_duration_seconds_sum" + labels) > 0);
  }
  REQUIRE(grew("genlock_fsync_duration_seconds_count") >= 3);
  REQUIRE(grew(R"(genlock_events_appended_total{origin_kind="own",table="productions"})") == 3);
  REQUIRE(after["genlock_log_bytes"] > 300);
  REQUIRE(after[R"(genlock_http_threads{state="busy"})"] >= 1);
  REQUIRE(grew("genlock_commit_commands_sum") >= 3);
  REQUIRE(grew("genlock_commit_bytes_total") > 300);
  REQUIRE(grew("genlock_log_events") == 3);
  REQUIRE(after["genlock_commit_failures_total"] == 0);
  REQUIRE(after["genlock_http_handler_failures_total"] == 0);
  REQUIRE(after["genlock_http_connections"] >= 1);
  REQUIRE(after[R"(genlock_build_info{version="0.1.0",role="lan",store="rocksdb"})"] == 1);
  REQUIRE(after[R"(genlock_sync_state{state="idle"})"] == 1);
  REQUIRE(after["genlock_projection_rebuild_ratio"] == 1);
  REQUIRE(after[R"(genlock_store_memory_bytes{space="events"})"] > 0);
  REQUIRE(after["genlock_store_log_bytes"] > 0);
  REQUIRE(after["genlock_disk_free_bytes"] > 0);
  REQUIRE(after["process_resident_memory_bytes"] > 1e6);
  REQUIRE(after["process_open_fds"] > 3);
  REQUIRE(after["process_threads"] > 8);
  REQUIRE(std::abs(after["process_start_time_seconds"] - static_cast<double>(time(nullptr))) < 60);
  REQUIRE(node.stop().value() == 0);
}

TEST_CASE("labels of /metrics hold nothing that a client chose", "[e2e][metrics]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  const std::string id = make_production(node);
  const std::size_t families = metrics(node).samples.size();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(!node.client->get("/secret-" + std::to_string(i)).ok());
    REQUIRE(!node.client->get("/api/sources/secret-" + std::to_string(i)).ok());
    REQUIRE(!node.client->fetch({"BREW", "/api/secret", "", {}}).ok());
  }
  const std::string text = metrics_text(node);
  REQUIRE(text.find("secret") == std::string::npos);
  REQUIRE(text.find("BREW") == std::string::npos);
  REQUIRE(text.find(id) == std::string::npos);
  // Some classes, statuses and routes (19 lines each) were not there before; 60 would be the
  // paths'.
  REQUIRE(metrics(node).samples.size() <= families + 12 + 5 * 19);
}

TEST_CASE("/metrics says how far sync is, with a label only for configured peers",
          "[e2e][metrics]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  ServedNode lan = nodes.start(
      Role::lan, "lan", {"--peer", cloud.url, "--subscribe", "all", "--sync-interval-ms", "100"});
  make_production(lan);
  const std::string peer = "{peer=\"" + cloud.url + "\"}";
  Exposition page;
  REQUIRE(wait_until("sync", std::chrono::seconds(60), [&]() -> Result<bool> {
            page = metrics(lan);
            return page["genlock_sync_sent_events_total"] >= 1 &&
                   page["genlock_sync_queue_events"] == 0 &&
                   page["genlock_sync_connected" + peer] == 1;
          }).ok());
  REQUIRE(page[R"(genlock_sync_sessions_total{status="completed"})"] >= 1);
  REQUIRE(page[R"(genlock_sync_peers{state="connected"})"] == 1);
  REQUIRE(page.has("genlock_sync_to_send_events" + peer));
  REQUIRE(page["genlock_sync_last_success_timestamp_seconds" + peer] > 1.6e9);
  for (const char* direction : {"sent", "received"})
    REQUIRE(page["genlock_sync_bytes_total{peer=\"" + cloud.url + "\",direction=\"" + direction +
                 "\"}"] > 100);
  const Exposition other = metrics(cloud);
  for (const auto& [sample, value] : other.samples) {
    INFO(sample);
    REQUIRE((sample.find("peer=") == std::string::npos ||
             sample.find(R"(peer="callers")") != std::string::npos));
  }
  REQUIRE(other[R"(genlock_events_ingested_total{peer="callers"})"] >= 1);
  REQUIRE(other[R"(genlock_events_appended_total{origin_kind="peer",table="productions"})"] == 1);
  REQUIRE(other[R"(genlock_http_requests_total{class="peer",status="200"})"] >= 1);

  SECTION("and what waits while the cloud is away") {
    REQUIRE(cloud.stop().value() == 0);
    make_production(lan);
    REQUIRE(wait_until("offline", std::chrono::seconds(60), [&]() -> Result<bool> {
              page = metrics(lan);
              return page["genlock_sync_connected" + peer] == 0;
            }).ok());
    REQUIRE(page["genlock_sync_queue_events"] == 1);
    REQUIRE(page["genlock_sync_queue_bytes"] > 0);
  }
}

TEST_CASE("/metrics counts refused writes, conflicts that come and go, and feeds",
          "[e2e][metrics]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  const std::string id = make_production(node);
  const std::string made = "/api/productions/" + id + "/sources";
  auto source = node.client->fetch({"POST", made, R"({"type":"CAM","name":"A","h_res":1})", {}});
  REQUIRE(source.ok());
  const std::string one = "/api/sources/" + text_of(*source, "id");
  const std::string seen = text_of(member(*source, "_meta"), "etag");
  REQUIRE(!node.client->fetch({"POST", made, R"({"type":"CAM"})", {}}).ok());
  REQUIRE(!node.client->fetch({"PUT", one, R"({"name":"B"})", {{"If-Match", "\"x\""}}}).ok());
  // Two writers that did not know of each other: other columns merge, the same video format waits.
  REQUIRE(node.client->fetch({"PUT", one, R"({"h_res":2})", {}}).ok());
  REQUIRE(node.client->fetch({"PUT", one, R"({"note":"x"})", {{"Base-Version", seen}}}).ok());
  Exposition page = metrics(node);
  REQUIRE(page[R"(genlock_write_rejected_total{problem="validation"})"] == 1);
  REQUIRE(page[R"(genlock_write_rejected_total{problem="bad-request"})"] == 1);
  REQUIRE(page[R"(genlock_conflicts_open{kind="field"})"] == 0);
  REQUIRE(node.client
              ->fetch({"PUT",
                       one,
                       R"({"h_res":3})",
                       {{"Base-Version", seen}, {"Prefer", "conflict=record"}}})
              .ok());
  page = metrics(node);
  REQUIRE(page[R"(genlock_conflicts_open{kind="field"})"] == 1);
  REQUIRE(page[R"(genlock_conflicts_detected_total{kind="field",rule="ask"})"] == 1);
  const Json conflict = node.client->get("/api/sync/conflicts")->items.at(0);
  REQUIRE(node.client
              ->fetch({"POST",
                       "/api/sync/conflicts/" + text_of(conflict, "id") + "/resolve",
                       R"({"resolution":"manual","pick":"a"})",
                       {{"If-Match", text_of(member(conflict, "_meta"), "etag")}}})
              .ok());
  page = metrics(node);
  REQUIRE(page[R"(genlock_conflicts_open{kind="field"})"] == 0);
  REQUIRE(page[R"(genlock_conflicts_resolved_total{how="manual"})"] == 1);
  REQUIRE(page[R"(genlock_conflicts_detected_total{kind="field",rule="ask"})"] == 1);
}

TEST_CASE("a row edited on two nodes at once is counted where it merged", "[e2e][metrics]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  ServedNode lan = nodes.start(
      Role::lan, "lan", {"--peer", cloud.url, "--subscribe", "all", "--sync-interval-ms", "100"});
  const std::string path = "/api/productions/" + make_production(lan);
  const auto both_have = [&](const char* column, const char* value) {
    REQUIRE(wait_until("sync", std::chrono::seconds(60), [&]() -> Result<bool> {
              for (ServedNode* node : {&cloud, &lan}) {
                const auto row = node->client->get(path);
                if (!row.ok() || text_of(*row, column) != value) return false;
              }
              return true;
            }).ok());
  };
  both_have("show_name", "Gala");
  REQUIRE(lan.client->fetch({"POST", "/api/sync/stop", "{}", {}}).ok());
  REQUIRE(cloud.client->fetch({"PUT", path, R"({"client":"Other"})", {}}).ok());
  REQUIRE(lan.client->fetch({"PUT", path, R"({"show_info_url":"https://a.example"})", {}}).ok());
  REQUIRE(lan.client->fetch({"POST", "/api/sync/start", "{}", {}}).ok());
  both_have("client", "Other");
  both_have("show_info_url", "https://a.example");
  for (ServedNode* node : {&cloud, &lan}) {
    const Exposition page = metrics(*node);
    REQUIRE(page[R"(genlock_merge_auto_total{table="productions"})"] == 1);
    REQUIRE(page[R"(genlock_conflicts_open{kind="field"})"] == 0);
  }
}

TEST_CASE("an open feed is a client, and what it is told has a time", "[e2e][metrics]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  const std::string curl = "curl -sN -m 2 -H 'Accept: text/event-stream' " + node.url +
                           "/api/changes >" + nodes.path("feed");
  std::thread reader([&] { (void)std::system(curl.c_str()); });
  Exposition page;
  REQUIRE(wait_until("a feed", std::chrono::seconds(60), [&]() -> Result<bool> {
            page = metrics(node);
            return page["genlock_sse_clients"] == 1;
          }).ok());
  make_production(node);
  REQUIRE(wait_until("told", std::chrono::seconds(60), [&]() -> Result<bool> {
            page = metrics(node);
            return page["genlock_sse_delivery_seconds_count"] == 1;
          }).ok());
  REQUIRE(page["genlock_sse_delivery_seconds_sum"] < 2);
  REQUIRE(page["genlock_sse_rejected_total"] == 0);
  reader.join();
}

TEST_CASE("the dashboard and the alerts name metrics that a node has, and pages say what to do",
          "[e2e][metrics][docs]") {
  const std::string root = project_file("");
  const std::string alerts = file_text(root + "packaging/prometheus/genlock.rules.yml");
  const std::string board = file_text(root + "packaging/grafana/genlock.json");
  REQUIRE(parse_json(board).ok());
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  ServedNode node = nodes.start(Role::lan, "one", {"--peer", cloud.url});
  const std::string peer = "{peer=\"" + cloud.url + "\"}";
  Exposition page;
  REQUIRE(wait_until("sync", std::chrono::seconds(60), [&]() -> Result<bool> {
            page = metrics(node);
            return page.has("genlock_sync_last_success_timestamp_seconds" + peer) &&
                   page.has("genlock_sync_rtt_seconds" + peer);
          }).ok());
  static const std::regex word(R"(\b(?:genlock|process)_[a-z_]+)");
  const std::string text = alerts + board;
  std::size_t named = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at, ++named) {
    std::string name = at->str();
    const std::string_view bucket = "_bucket";
    if (name.ends_with(bucket)) name.resize(name.size() - bucket.size());
    INFO(name);
    REQUIRE(page.types.contains(name));
  }
  REQUIRE(named >= 50);
  const std::string manual = file_text(root + "docs/operations.md");
  static const std::regex alert(R"(- alert: (\w+))");
  for (std::sregex_iterator at(alerts.begin(), alerts.end(), alert), end; at != end; ++at) {
    INFO((*at)[1]);
    REQUIRE(manual.find("`" + (*at)[1].str() + "`") != std::string::npos);
  }
}

TEST_CASE("promtool finds nothing to say of /metrics", "[e2e][metrics]") {
  const std::string promtool = GENLOCK_PROMTOOL;
  if (promtool.empty()) {
    WARN("promtool is not installed: left to the parser of this test");
    return;
  }
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  ServedNode node = nodes.start(Role::lan, "one", {"--peer", cloud.url});
  make_production(node);
  std::ofstream(nodes.path("metrics")) << metrics_text(node);
  const std::string said = nodes.path("said");
  const std::string command =
      promtool + " check metrics <" + nodes.path("metrics") + " >" + said + " 2>&1";
  const int status = std::system(command.c_str());
  INFO(file_text(said));
  REQUIRE(status == 0);
  REQUIRE(file_text(said).empty());
  const std::string rules = project_file("packaging/prometheus/genlock.rules.yml");
  REQUIRE(std::system((promtool + " check rules " + rules + " >/dev/null").c_str()) == 0);
}

TEST_CASE("docs/operations.md says what each metric means", "[e2e][metrics][docs]") {
  const std::string page = file_text(project_file("docs/operations.md"));
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  ServedNode node = nodes.start(Role::lan, "one", {"--peer", cloud.url});
  const Exposition served = metrics(node);
  for (const auto& [family, type] : served.types) {
    INFO(family);
    const bool standard = family.starts_with("process_");  // Prometheus' own names
    REQUIRE((standard || page.find('`' + family) != std::string::npos));
  }
}
