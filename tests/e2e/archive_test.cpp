// Shows with their whole history, between real nodes and directories.
#include "nodes.h"

#include <fstream>
#include <sstream>

using namespace genlock;
using namespace genlock::cli;

namespace {

const std::string large_show = "e24b8cfc-783a-4a26-bc4c-c3359b2f36ba";

Nodes::Ran run(const std::vector<std::string>& arguments, int status = 0) {
  const Nodes::Ran ran = Nodes::run(arguments);
  INFO(ran.output);
  REQUIRE(ran.status == status);
  return ran;
}

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE(in);
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string replaced(std::string in, std::string_view what, std::string_view by) {
  const std::size_t at = in.find(what);
  REQUIRE(at != std::string::npos);
  return in.replace(at, what.size(), by);
}

// Of one stream, from its beginning on: "vector digest".
std::string stream(ServedNode& node, const std::string& id) {
  const auto digests = stream_digests(*node.client);
  REQUIRE(digests.ok());
  const auto found = digests->find(id);
  return found == digests->end() ? "(none)" : found->second;
}

}  // namespace

TEST_CASE("a large show is written down and taken by an empty directory, event for event",
          "[e2e][archive]") {
  Nodes nodes;
  nodes.start(Role::cloud, "office").stop().value();
  nodes.start(Role::lan, "truck").stop().value();
  const std::string office = nodes.data_of("office"), truck = nodes.data_of("truck");
  run({"import", "--data", office, test_data("show-large.json")});
  const std::string file = nodes.path("large.json"), again = nodes.path("again.json");
  run({"export", "--data", office, "--production", large_show, "--history", "--to", file});
  REQUIRE(run({"import", file, "--data", truck}).output.find("row for row") != std::string::npos);
  REQUIRE(run({"import", file, "--data", truck}).output.find(" 0 new") != std::string::npos);
  run({"verify", "--data", truck});
  run({"export", "--data", truck, "--production", large_show, "--history", "--to", again});
  const std::string one = content(file), two = content(again);
  const std::size_t end = one.find("\n],\"writers\"");
  REQUIRE(end != std::string::npos);
  REQUIRE(one.substr(0, end) == two.substr(0, end));
}

TEST_CASE("running nodes give and take archives", "[e2e][archive]") {
  Nodes nodes;
  ServedNode office = nodes.start(Role::cloud, "office");
  ServedNode truck = nodes.start(Role::lan, "truck");
  run({"import", "--url", office.url, test_data("show-small.json")});
  const std::string file = nodes.path("show.json"), looked = nodes.path("looked.json");
  run({"export", "--url", office.url, "--production", small_show, "--history", "--to", file});
  run({"export", "--data", nodes.data_of("office"), "--production", small_show, "--history", "--to",
       looked});
  REQUIRE(content(file) == content(looked));

  const std::string edited = nodes.path("edited.json");
  write(edited, replaced(content(file), "\"op\":\"create\"", "\"op\":\"delete\""));
  const Nodes::Ran refused = run({"import", edited, "--url", truck.url}, 2);
  REQUIRE(refused.output.find(std::string("event ") + small_show) != std::string::npos);
  REQUIRE(stream(truck, small_show) == "(none)");

  REQUIRE(run({"import", file, "--url", truck.url}).output.find("row for row") !=
          std::string::npos);
  REQUIRE(stream(truck, small_show) == stream(office, small_show));
  REQUIRE(run({"import", file, "--url", truck.url}).output.find(" 0 new") != std::string::npos);

  const std::string show = std::string("/api/productions/") + small_show;
  REQUIRE(truck.client->send({"PUT", show, R"({"room":"Hall 7"})", {}})->status == 200);
  REQUIRE(run({"import", file, "--url", truck.url}).output.find("more events") !=
          std::string::npos);
  run({"export", "--url", office.url, "--production", large_show, "--history"}, 2);
  run({"import", file, "--dry-run", "--url", truck.url}, 2);
}

TEST_CASE("devices of an archive are named, and created only when that is asked for",
          "[e2e][archive]") {
  Nodes nodes;
  ServedNode office = nodes.start(Role::cloud, "office");
  ServedNode truck = nodes.start(Role::lan, "truck");
  run({"import", "--url", office.url, test_data("show-small.json")});
  const auto made =
      office.client->fetch({"POST",
                            "/api/equipment",
                            R"({"category":"router","manufacturer":"Acme","model":"R 8"})",
                            {}});
  REQUIRE(made.ok());
  const std::string device = text_of(*made, "id");
  REQUIRE(office.client
              ->fetch({"POST",
                       "/api/connections",
                       std::string(R"({"production_id":")") + small_show +
                           R"(","destination_type":"router","destination_id":")" + device + "\"}",
                       {}})
              .ok());
  const std::string file = nodes.path("show.json"), path = "/api/equipment/" + device;
  run({"export", "--url", office.url, "--production", small_show, "--history", "--to", file});
  REQUIRE(run({"import", file, "--url", truck.url}).output.find("Acme R 8") != std::string::npos);
  REQUIRE(truck.client->send({.target = path})->status == 404);
  run({"import", file, "--equipment", "--url", truck.url});
  REQUIRE(truck.client->send({.target = path})->status == 200);
  REQUIRE(run({"import", file, "--url", truck.url}).output.find("Acme R 8") == std::string::npos);
}
