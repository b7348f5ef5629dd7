// Import, export and the auditor's tools, on a running node and on its directory.
#include "nodes.h"

#include <algorithm>

using namespace genlock;
using namespace genlock::cli;

TEST_CASE("a show goes in, out, and into another node", "[e2e]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud"), other = nodes.start(Role::lan, "other");
  Nodes::Ran import = Nodes::run({"import", "--url", cloud.url, test_data("equipment.json"),
                                  test_data("show-small.json"), "--json"});
  INFO(import.output);
  REQUIRE(import.status == 0);
  std::string first = nodes.path("first.json"), second = nodes.path("second.json");
  REQUIRE(Nodes::run({"export", "--url", cloud.url, "-o", first}).status == 0);
  REQUIRE(Nodes::run({"import", "--url", other.url, first}).status == 0);
  // This time from the directory, while the node serves it.
  Nodes::Ran look = Nodes::run({"export", "--data", nodes.data_of("other"), "-o", second});
  INFO(look.output);
  REQUIRE(look.status == 0);
  REQUIRE(Nodes::run({"export", "--url", other.url}).output ==
          Nodes::run({"export", "--url", cloud.url}).output);
}

TEST_CASE("verify, rebuild and replay agree with the node about its rows", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::cloud, "cloud");
  REQUIRE(Nodes::run({"import", "--url", node.url, test_data("show-small.json")}).status == 0);
  auto digests = stream_digests(*node.client);
  REQUIRE(digests.ok());
  std::string told = (*digests)[small_show];
  std::string digest = told.substr(told.rfind(' ') + 1);
  Nodes::Ran replay =
      Nodes::run({"replay", "--data", nodes.data_of("cloud"), "--production", small_show});
  REQUIRE(replay.output.find("digest " + digest) != std::string::npos);
  REQUIRE(node.stop().value() == 0);
  REQUIRE(Nodes::run({"rebuild", "--data", nodes.data_of("cloud")}).status == 0);
  Nodes::Ran verify = Nodes::run({"verify", "--data", nodes.data_of("cloud"), "--json"});
  INFO(verify.output);
  REQUIRE(verify.status == 0);
  Nodes::Ran log = Nodes::run({"log", "--data", nodes.data_of("cloud"), "--limit", "3"});
  REQUIRE(log.output.find("create") != std::string::npos);
}

TEST_CASE("a running node verifies and rebuilds itself, and says which node it is", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::cloud, "cloud");
  REQUIRE(Nodes::run({"import", "--url", node.url, test_data("show-small.json")}).status == 0);
  Nodes::Ran verify = Nodes::run({"verify", "--url", node.url});
  INFO(verify.output);
  REQUIRE(verify.status == 0);
  REQUIRE(verify.output.starts_with("node " + node.url + "\n"));
  REQUIRE(verify.output.find("are the same bytes") != std::string::npos);
  // The same words for its directory, which says that it is one.
  Nodes::Ran directory = Nodes::run({"verify", "--data", nodes.data_of("cloud")});
  REQUIRE(directory.output.starts_with("data directory " + nodes.data_of("cloud") + "\n"));
  auto rest = [](const std::string& text) { return text.substr(text.find('\n')); };
  REQUIRE(rest(directory.output) == rest(verify.output));
  Nodes::Ran rebuild = Nodes::run({"rebuild", "--url", node.url, "--json"});
  INFO(rebuild.output);
  REQUIRE(rebuild.status == 0);
  REQUIRE(rebuild.output.find("\"mended\":0") != std::string::npos);
  const auto verified = parse_json(Nodes::run({"verify", "--url", node.url, "--json"}).output);
  REQUIRE(verified.ok());
  REQUIRE(member(*verified, "ok").boolean);
  REQUIRE(node.client->fetch({"POST", "/api/productions", R"({"client":"A","show_name":"B"})", {}})
              .ok());
  REQUIRE(Nodes::run({"verify", "--url", "http://127.0.0.1:1"}).status == 2);
  REQUIRE(Nodes::run({"rebuild"}).status == 2);
  REQUIRE(node.stop().value() == 0);
}

TEST_CASE("log and replay of a running node tell what its directory tells", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::cloud, "cloud");
  REQUIRE(Nodes::run({"import", "--url", node.url, test_data("show-small.json")}).status == 0);
  std::string show = std::string("/api/productions/") + small_show;
  REQUIRE(
      node.client->fetch({"PUT", show, R"({"room":"Hall 2"})", {{"Genlock-User", "Ana"}}}).ok());
  Nodes::Ran told = Nodes::run({"replay", "--url", node.url, "--production", small_show});
  INFO(told.output);
  REQUIRE(told.status == 0);
  REQUIRE(told.output.starts_with("node " + node.url + "\n"));
  REQUIRE(told.output.find(R"( -> "Hall 2")") != std::string::npos);
  Nodes::Ran folded =
      Nodes::run({"replay", "--data", nodes.data_of("cloud"), "--production", small_show});
  auto end = [](const std::string& text) { return text.substr(text.rfind("events\n") - 4); };
  REQUIRE(end(told.output) == end(folded.output));

  Nodes::Ran log =
      Nodes::run({"log", "--url", node.url, "--production", small_show, "--limit", "3"});
  INFO(log.output);
  REQUIRE(log.status == 0);
  REQUIRE(log.output.find("Ana on cloud: productions") != std::string::npos);
  REQUIRE(std::ranges::count(log.output, '\n') == 1 + 3);
  std::vector<std::string> until = {
      "replay", "--url", node.url, "--production", small_show, "--until", "2026-11-22T19:42:00Z"};
  Nodes::Ran refused = Nodes::run(until);
  REQUIRE(refused.status == 2);
  REQUIRE(refused.output.find("--data") != std::string::npos);
  REQUIRE(Nodes::run({"replay", "--url", node.url, "--production", "library"}).status == 2);
  REQUIRE(Nodes::run({"log", "--url", node.url}).status == 2);
  REQUIRE(node.stop().value() == 0);
}
