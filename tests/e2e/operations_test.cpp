// What operators look at besides /metrics: logs and settings; of real processes.
#include "scrape.h"
#include "support/places.h"

#include <cstdlib>

using namespace genlock;
using namespace genlock::cli;

namespace {

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
  (void)node.client->fetch({"POST", "/api/productions", small_row, {{"Request-Id", "made-1"}}});
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

  auto process = ChildProcess::start({genlock_program(), "serve"}, nodes.path("log"));
  REQUIRE(process.ok());
  const auto url = (*process)->wait_for_line("listening on ", std::chrono::seconds(60));
  INFO(file_text(nodes.path("log")));
  REQUIRE(url.ok());
  const auto client = connect_to(*url);
  REQUIRE(client.ok());
  const auto status = (*client)->get("/api/sync/status");
  REQUIRE(status.ok());
  REQUIRE(text_of(*status->find("node"), "name") == "From variable");
  REQUIRE((*process)->stop(std::chrono::seconds(60)).value() == 0);
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
