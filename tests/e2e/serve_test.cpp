#include "nodes.h"

#include <sys/resource.h>

#include <fstream>
#include <sstream>

using namespace genlock;
using namespace genlock::cli;

namespace {

const char* const row = R"({"client":"Acme","show_name":"Gala"})";

std::size_t production_count(ServedNode& node) {
  auto list = node.client->list("/api/productions");
  REQUIRE(list.ok());
  return list->size();
}

}  // namespace

TEST_CASE("a node starts, answers at its own machine, and stops with exit 0", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  REQUIRE(node.client->get("/healthz").ok());
  REQUIRE(node.url.starts_with("http://127.0.0.1:"));
  REQUIRE(node.stop().value() == 0);
}

TEST_CASE("acknowledged writes are there after kill -9", "[e2e]") {
  Nodes nodes;
  {
    ServedNode node = nodes.start(Role::lan, "one");
    for (int i = 0; i < 20; ++i)
      REQUIRE(node.client->fetch({"POST", "/api/productions", row, {}}).ok());
    node.process->kill();
  }
  ServedNode node = nodes.start(Role::lan, "one");
  REQUIRE(production_count(node) == 20);
  REQUIRE(node.stop().value() == 0);
  REQUIRE(Nodes::run({"verify", "--data", nodes.data_of("one")}).status == 0);
}

TEST_CASE("a second node on the same port or directory says why it does not start", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  Nodes::Ran same_port = Nodes::run({"serve", "--role", "lan", "--data", nodes.data_of("two"),
                                     "--listen", "127.0.0.1:" + std::to_string(node.port)});
  REQUIRE(same_port.status == 2);
  Nodes::Ran same_data = Nodes::run(
      {"serve", "--role", "lan", "--data", nodes.data_of("one"), "--listen", "127.0.0.1:0"});
  REQUIRE(same_data.status == 2);
  REQUIRE(same_data.output.find("--url") != std::string::npos);
}

TEST_CASE("help, version and mistakes have the statuses that scripts expect", "[e2e]") {
  REQUIRE(Nodes::run({"--help"}).status == 0);
  REQUIRE(Nodes::run({"serve", "--help"}).output.find("--peer") != std::string::npos);
  REQUIRE(Nodes::run({"--version"}).output.starts_with("genlock "));
  REQUIRE(Nodes::run({}).status == 2);
  REQUIRE(Nodes::run({"serve", "--role", "boat", "--data", "x"}).status == 2);
  REQUIRE(Nodes::run({"status"}).status == 2);
  REQUIRE(Nodes::run({"status", "--url", "http://127.0.0.1:1"}).status == 2);
}

TEST_CASE("a node takes as many open files as it may have", "[e2e]") {
  rlimit own{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &own) == 0);
  rlimit low = own;
  low.rlim_cur = std::min<rlim_t>(256, own.rlim_max);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);  // children get it
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one", {"--log-level", "debug"});
  REQUIRE(setrlimit(RLIMIT_NOFILE, &own) == 0);
  std::ostringstream log;
  log << std::ifstream(nodes.path("one.log")).rdbuf();
  INFO(log.str());
  auto now = std::to_string(std::min<rlim_t>(65'536, own.rlim_max));
  REQUIRE(log.str().find("\"before\":" + std::to_string(low.rlim_cur) + ",\"now\":" + now) !=
          std::string::npos);
  REQUIRE(node.stop().value() == 0);
}
