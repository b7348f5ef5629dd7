// Shipments on a USB stick, between real nodes that never see each other.
#include "nodes.h"

#include <filesystem>
#include <fstream>

using namespace genlock;
using namespace genlock::cli;

namespace {

Nodes::Ran run(const std::vector<std::string>& arguments, int status = 0) {
  const Nodes::Ran ran = Nodes::run(arguments);
  INFO(ran.output);
  REQUIRE(ran.status == status);
  return ran;
}

// The digest of the small show in a data directory.
std::string digest(const std::string& data) {
  const std::string said =
      run({"replay", "--data", data, "--production", small_show, "--json"}).output;
  const auto at = said.rfind("\"digest\"");
  REQUIRE(at != std::string::npos);
  return said.substr(at);
}

}  // namespace

TEST_CASE("a show travels on a stick to a node without a network, and the answer back",
          "[e2e][bundle]") {
  Nodes nodes;
  nodes.start(Role::cloud, "office").stop().value();
  nodes.start(Role::lan, "truck").stop().value();
  const std::string office = nodes.data_of("office"), truck = nodes.data_of("truck");
  run({"import", "--data", office, test_data("show-small.json")});
  const std::string stick = nodes.path("stick"), answer = nodes.path("answer");
  run({"bundle", "export", "--data", office, "--production", small_show, "--to", stick});
  REQUIRE(run({"bundle", "import", stick, "--data", truck}).output.find("bundle of office") !=
          std::string::npos);
  REQUIRE(digest(truck) == digest(office));
  REQUIRE(run({"bundle", "import", stick, "--data", truck}).output.find(" 0 new") !=
          std::string::npos);

  ServedNode node = nodes.start(Role::lan, "truck");
  const std::string show = std::string("/api/productions/") + small_show;
  REQUIRE(node.client->send({"PUT", show, R"({"room":"Hall 7"})", {}})->status == 200);
  // A look at a directory works while its node runs.
  run({"bundle", "export", "--data", truck, "--production", small_show, "--to", answer});
  const Nodes::Ran refused = run({"bundle", "import", stick, "--data", truck}, 2);
  REQUIRE(refused.output.find("in use") != std::string::npos);
  REQUIRE(node.stop().value() == 0);
  run({"bundle", "import", answer, "--data", office});
  REQUIRE(digest(truck) == digest(office));
  run({"verify", "--data", office});
}

TEST_CASE("a bundle for a peer holds what it is not known to have", "[e2e][bundle]") {
  Nodes nodes;
  ServedNode office = nodes.start(Role::cloud, "office");
  run({"import", "--url", office.url, test_data("show-small.json")});
  ServedNode truck = nodes.start(Role::lan, "truck", {"--peer", office.url});
  REQUIRE(run_job(*truck.client, std::string("/api/sync/production/") + small_show + "/download",
                  std::chrono::seconds(60))
              .ok());
  REQUIRE(office.stop().value() == 0);
  const std::string show = std::string("/api/productions/") + small_show;
  REQUIRE(truck.client->send({"PUT", show, R"({"room":"Hall 7"})", {}})->status == 200);
  REQUIRE(truck.stop().value() == 0);
  const std::string stick = nodes.path("stick");
  const Nodes::Ran made = run({"bundle", "export", "--data", nodes.data_of("truck"), "--for",
                               "office", "--to", stick, "--json"});
  REQUIRE(integer_of(*parse_json(made.output), "events") < 10);

  // Somebody else lacks what it builds on, and hears what.
  nodes.start(Role::lan, "spare").stop().value();
  const Nodes::Ran lacking = run({"bundle", "import", stick, "--data", nodes.data_of("spare")}, 1);
  REQUIRE(lacking.output.find("missing: events 1..") != std::string::npos);
  REQUIRE(lacking.output.find("truck has them") != std::string::npos);

  run({"bundle", "import", stick, "--data", nodes.data_of("office")});
  REQUIRE(digest(nodes.data_of("office")) == digest(nodes.data_of("truck")));
  run({"bundle", "export", "--data", nodes.data_of("truck"), "--for", "nobody", "--to", stick}, 2);
}

TEST_CASE("running nodes give and take bundles, in parts where they are large", "[e2e][bundle]") {
  Nodes nodes;
  ServedNode office = nodes.start(Role::cloud, "office");
  ServedNode truck = nodes.start(Role::lan, "truck", {"--peer", office.url});
  ServedNode spare = nodes.start(Role::lan, "spare");
  run({"import", "--url", office.url, test_data("equipment.json"), test_data("show-small.json")});
  const std::string stick = nodes.path("stick"), bad = nodes.path("bad");
  run({"bundle", "export", "--url", office.url, "--production", small_show, "--to", stick});
  std::filesystem::copy_file(stick, bad);
  std::filesystem::resize_file(bad, std::filesystem::file_size(bad) - 40);
  REQUIRE(run({"bundle", "import", bad, "--url", spare.url}, 1).output.find("DAMAGED: frame ") !=
          std::string::npos);
  run({"bundle", "import", stick, "--url", spare.url});
  const auto have = stream_digests(*spare.client), want = stream_digests(*office.client);
  REQUIRE((have.ok() && want.ok()));
  REQUIRE(have->at(small_show) == want->at(small_show));
  const Nodes::Ran again = run({"bundle", "import", stick, "--url", spare.url, "--json"});
  REQUIRE(integer_of(*parse_json(again.output), "stored") == 0);

  // The office knows what the truck has, and a bundle for it is as small as that.
  REQUIRE(run_job(*truck.client, std::string("/api/sync/production/") + small_show + "/download",
                  std::chrono::seconds(60))
              .ok());
  const std::string show = std::string("/api/productions/") + small_show;
  REQUIRE(office.client->send({"PUT", show, R"({"room":"Hall 7"})", {}})->status == 200);
  run({"bundle", "export", "--url", office.url, "--for", "truck", "--to", stick});
  run({"bundle", "export", "--url", office.url, "--for", "nobody", "--to", stick}, 2);
  run({"bundle", "import", stick, "--url", truck.url});
}

TEST_CASE("a damaged stick is named with its place, and a good copy completes it",
          "[e2e][bundle]") {
  Nodes nodes;
  nodes.start(Role::cloud, "office").stop().value();
  nodes.start(Role::lan, "truck").stop().value();
  run({"import", "--data", nodes.data_of("office"), test_data("show-small.json")});
  const std::string stick = nodes.path("stick"), bad = nodes.path("bad");
  run({"bundle", "export", "--data", nodes.data_of("office"), "--production", small_show, "--to",
       stick});
  std::filesystem::copy_file(stick, bad);
  std::filesystem::resize_file(bad, std::filesystem::file_size(bad) - 40);
  const Nodes::Ran cut = run({"bundle", "import", bad, "--data", nodes.data_of("truck")}, 1);
  REQUIRE(cut.output.find("DAMAGED: frame ") != std::string::npos);
  run({"bundle", "import", stick, "--data", nodes.data_of("truck")});
  REQUIRE(digest(nodes.data_of("truck")) == digest(nodes.data_of("office")));
}
