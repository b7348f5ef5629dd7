// What operators look at: /metrics, logs, settings; of real processes.
#include "exposition.h"
#include "nodes.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace genlock;
using namespace genlock::cli;

namespace {

const char* const row = R"({"client":"Acme","show_name":"Gala"})";

std::string file_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string metrics_text(ServedNode& node) {
  const auto answer = node.client->send({.method = "GET", .target = "/metrics"});
  REQUIRE(answer.ok());
  REQUIRE(answer->status == 200);
  return answer->body;
}

Exposition metrics(ServedNode& node) { return Exposition::parse(metrics_text(node)); }

std::string make_production(ServedNode& node) {
  const auto made = node.client->fetch({"POST", "/api/productions", row, {}});
  REQUIRE(made.ok());
  return text_of(*made, "id");
}

// The lines of a log that hold all of these.
std::vector<Json> log_lines(const std::string& path, const std::vector<std::string>& parts) {
  std::vector<Json> found;
  std::istringstream in(file_text(path));
  for (std::string line; std::getline(in, line);) {
    const auto json = parse_json(line);
    INFO(line);
    REQUIRE(json.ok());
    if (std::ranges::all_of(
            parts, [&](const std::string& part) { return line.find(part) != std::string::npos; }))
      found.push_back(*json);
  }
  return found;
}

// Variables that a child gets, until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;

 private:
  const char* name_;
};

}  // namespace

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
  REQUIRE(wait_until("all are counted", std::chrono::seconds(10), [&]() -> Result<bool> {
            after = metrics(node);
            return grew(R"(genlock_http_requests_total{class="write",status="201"})") == 3 &&
                   grew(R"(genlock_http_requests_total{class="read",status="404"})") == 1 &&
                   grew(R"(genlock_http_requests_total{class="none",status="404"})") == 1;
          }).ok());
  REQUIRE(grew(R"(genlock_http_requests_total{class="health",status="200"})") >= 1);
  REQUIRE(grew(R"(genlock_http_request_duration_seconds_count{class="write"})") == 3);
  REQUIRE(grew(R"(genlock_http_request_duration_seconds_sum{class="write"})") > 0);
  REQUIRE(grew("genlock_write_duration_seconds_count") >= 3);
  REQUIRE(grew("genlock_commit_duration_seconds_count") >= 3);
  REQUIRE(grew("genlock_commit_duration_seconds_sum") > 0);
  REQUIRE(grew("genlock_commit_commands_sum") >= 3);
  REQUIRE(grew("genlock_commit_bytes_total") > 300);
  REQUIRE(grew("genlock_log_events") == 3);
  REQUIRE(after["genlock_commit_failures_total"] == 0);
  REQUIRE(after["genlock_http_handler_failures_total"] == 0);
  REQUIRE(after["genlock_http_connections"] >= 1);
  REQUIRE(after[R"(genlock_build_info{version="0.1.0",role="lan"})"] == 1);
  REQUIRE(after[R"(genlock_sync_state{state="idle"})"] == 1);
  REQUIRE(after["genlock_rebuilding_ratio"] == 1);
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
  // Some classes and statuses were not there before; 60 would be those of the paths.
  REQUIRE(metrics(node).samples.size() <= families + 12);
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
  REQUIRE(wait_until("sync", std::chrono::seconds(10), [&]() -> Result<bool> {
            page = metrics(lan);
            return page["genlock_sync_sent_events_total"] >= 1 &&
                   page["genlock_sync_queue_events"] == 0 &&
                   page["genlock_sync_connected" + peer] == 1;
          }).ok());
  REQUIRE(page[R"(genlock_sync_sessions_total{status="completed"})"] >= 1);
  REQUIRE(page[R"(genlock_sync_peers{state="connected"})"] == 1);
  REQUIRE(page.has("genlock_sync_to_send_events" + peer));
  REQUIRE(page["genlock_sync_last_success_timestamp_seconds"] > 1.6e9);
  const Exposition other = metrics(cloud);
  for (const auto& [sample, value] : other.samples)
    REQUIRE(sample.find("peer=") == std::string::npos);
  REQUIRE(other["genlock_http_request_duration_seconds_count{class=\"peer\"}"] >= 1);

  SECTION("and what waits while the cloud is away") {
    REQUIRE(cloud.stop().value() == 0);
    make_production(lan);
    REQUIRE(wait_until("offline", std::chrono::seconds(10), [&]() -> Result<bool> {
              page = metrics(lan);
              return page["genlock_sync_connected" + peer] == 0;
            }).ok());
    REQUIRE(page["genlock_sync_queue_events"] == 1);
    REQUIRE(page["genlock_sync_queue_bytes"] > 0);
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
}

TEST_CASE("docs/operations.md says what each metric means", "[e2e][metrics][docs]") {
  const std::string page = file_text(GENLOCK_TEST_DATA "/../../docs/operations.md");
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

TEST_CASE("each request has a line in the log that its Request-Id finds", "[e2e][logs]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  const auto ask = [&](const char* method, const std::string& target, const char* body,
                       const char* request_id) {
    (void)node.client->fetch({method, target, body, {{"Request-Id", request_id}}});
  };
  ask("POST", "/api/productions", R"({"client":"Top secret","show_name":"Gala"})", "made-1");
  ask("GET", "/api/productions?client=eq.Secretive", "", "read-1");
  ask("GET", "/api/productions/nothing", "", "none-1");
  ask("GET", "/healthz", "", "well-1");
  REQUIRE(node.stop().value() == 0);
  const std::string log = nodes.path("one.log");

  const auto made = log_lines(log, {"\"msg\":\"request\"", "made-1"});
  REQUIRE(made.size() == 1);
  REQUIRE(text_of(made[0], "level") == "info");
  REQUIRE(text_of(made[0], "method") == "POST");
  REQUIRE(text_of(made[0], "route") == "create_production");
  REQUIRE(text_of(made[0], "path") == "/api/productions");
  REQUIRE(integer_of(made[0], "status") == 201);
  REQUIRE(integer_of(made[0], "ms") >= 0);
  REQUIRE(log_lines(log, {"read-1", "\"status\":200"}).size() == 1);
  REQUIRE(log_lines(log, {"none-1", "\"status\":404"}).size() == 1);
  REQUIRE(log_lines(log, {"well-1"}).empty());
  REQUIRE(file_text(log).find("ecret") == std::string::npos);
}

TEST_CASE("--log-requests and --log-format choose what the log is", "[e2e][logs]") {
  Nodes nodes;
  ServedNode node =
      nodes.start(Role::lan, "one", {"--log-requests", "failed", "--log-format", "text"});
  (void)node.client->fetch({"POST", "/api/productions", row, {{"Request-Id", "made-1"}}});
  (void)node.client->fetch({"GET", "/api/sources/none", "", {{"Request-Id", "none-1"}}});
  REQUIRE(node.stop().value() == 0);
  const std::string log = file_text(nodes.path("one.log"));
  INFO(log);
  REQUIRE(log.find("made-1") == std::string::npos);
  REQUIRE(log.find(" info     request method=GET route=") != std::string::npos);
  REQUIRE(log.find(" status=404 ms=") != std::string::npos);
  REQUIRE(log.find(" request_id=none-1\n") != std::string::npos);
}

TEST_CASE("a node runs by a file and the environment alone, and config tells so",
          "[e2e][settings]") {
  Nodes nodes;
  const std::string file = nodes.path("genlock.toml");
  std::ofstream(file) << "role = \"lan\"\ndata = \"" << nodes.data_of("one")
                      << "\"\nname = \"From file\"\nlisten = \"127.0.0.1:0\"\n";
  const Variable config("GENLOCK_CONFIG", file), name("GENLOCK_NAME", "From variable");
  const auto settings = parse_json(Nodes::run({"config", "--json"}).output);
  REQUIRE(settings.ok());
  std::map<std::string, std::string> shown;
  for (const Json& one : settings->find("settings")->items)
    shown[text_of(one, "name")] = text_of(one, "source") + ' ' + dump(*one.find("value"));
  REQUIRE(shown["name"] == "environment \"From variable\"");
  REQUIRE(shown["role"] == "file \"lan\"");
  REQUIRE(shown["sync_interval_ms"] == "default 5000");
  REQUIRE(shown["peer"] == "default []");

  auto process = ChildProcess::start({GENLOCK_PROGRAM, "serve"}, nodes.path("log"));
  REQUIRE(process.ok());
  const auto url = (*process)->wait_for_line("listening on ", std::chrono::seconds(20));
  INFO(file_text(nodes.path("log")));
  REQUIRE(url.ok());
  const auto client = connect_to(*url);
  REQUIRE(client.ok());
  const auto status = (*client)->get("/api/sync/status");
  REQUIRE(status.ok());
  REQUIRE(text_of(*status->find("node"), "name") == "From variable");
  REQUIRE((*process)->stop(std::chrono::seconds(10)).value() == 0);
}

TEST_CASE("config and serve say what is wrong, and where", "[e2e][settings]") {
  Nodes nodes;
  const std::string file = nodes.path("genlock.toml");
  std::ofstream(file) << "role = \"lan\"\n\nsync_interval_ms = 1\n";
  const std::string wrong = file + ":3: sync_interval_ms must be a whole number";
  const Nodes::Ran config = Nodes::run({"config", "--config", file});
  REQUIRE(config.status == 1);
  REQUIRE(config.output.find(wrong) != std::string::npos);
  REQUIRE(config.output.find(file + ":1") != std::string::npos);
  REQUIRE(config.output.find("data is missing: give --data") != std::string::npos);
  const Nodes::Ran serve = Nodes::run({"serve", "--config", file});
  REQUIRE(serve.status == 2);
  REQUIRE(serve.output.find(wrong) != std::string::npos);
  const Nodes::Ran example = Nodes::run({"config", "--example"});
  REQUIRE(example.status == 0);
  REQUIRE(example.output.find("sync_interval_ms = 5000") != std::string::npos);
  REQUIRE(Nodes::run({"serve", "--help"}).output.find("--http-workers") != std::string::npos);
}
