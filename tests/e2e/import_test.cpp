// What people import: the old app's storage and spreadsheets, with the real program and nodes.
#include "nodes.h"
#include "transfer/json_print.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

using namespace genlock;
using namespace genlock::cli;

namespace {

Json report_of(const Nodes::Ran& ran) {
  INFO(ran.output);
  auto json = parse_json(ran.output);
  REQUIRE(json.ok());
  return *std::move(json);
}

std::string text_in(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE(in);
  return text.str();
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::int64_t taken(const Json& report, const std::string& table) {
  return integer_of(at(report, "tables." + table), "taken");
}

std::string show_on(const ServedNode& node) {
  auto shows = node.client->get("/api/productions");
  REQUIRE(shows.ok());
  REQUIRE(shows->items.size() == 1);
  return text_of(shows->items[0], "id");
}

}  // namespace

TEST_CASE("the old app's storage: looked at, taken, taken again, and given back", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::cloud, "cloud"), other = nodes.start(Role::lan, "other");
  const std::string file = test_data("localstorage-export.json");
  Nodes::Ran dry = Nodes::run({"import", "--dry-run", "--json", "--url", node.url, file});
  REQUIRE(dry.status == 0);
  REQUIRE(taken(report_of(dry), "sources") == 21);
  REQUIRE(node.client->get("/api/productions")->items.empty());
  // To look is possible on a directory that a node serves.
  Nodes::Ran beside =
      Nodes::run({"import", "--dry-run", "--json", "--data", nodes.data_of("cloud"), file});
  REQUIRE(taken(report_of(beside), "sources") == 21);

  Nodes::Ran wet = Nodes::run({"import", "--url", node.url, file});
  INFO(wet.output);
  REQUIRE(wet.status == 0);
  for (const char* word : {"checklist", "ipAddresses", "MVR 0.1", "midnight UTC", "user_name"})
    REQUIRE(wet.output.find(word) != std::string::npos);
  Json again = report_of(Nodes::run({"import", "--update", "--json", "--url", node.url, file}));
  for (const auto& [table, counts] : member(again, "tables").members) {
    INFO(table);
    REQUIRE(integer_of(counts, "taken") + integer_of(counts, "changed") == 0);
  }
  const std::string exported = nodes.path("all.json");
  REQUIRE(Nodes::run({"export", "--url", node.url, "-o", exported}).status == 0);
  REQUIRE(Nodes::run({"import", "--url", other.url, exported}).status == 0);
  REQUIRE(Nodes::run({"export", "--url", other.url}).output == text_in(exported));
}

TEST_CASE("a table goes out to a spreadsheet and comes back changed", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::cloud, "cloud");
  REQUIRE(Nodes::run({"import", "--url", node.url, test_data("localstorage-export.json")}).status ==
          0);
  std::string show = show_on(node), sheet = nodes.path("sources.csv");
  std::vector<std::string> out{"export",      "--csv", "--table", "sources", "--production", show,
                               "--separator", ";",     "--url",   node.url,  "-o",           sheet};
  REQUIRE(Nodes::run(out).status == 0);
  std::string text = text_in(sheet);
  REQUIRE(text.starts_with("\xef\xbb\xbfid;label;type;name;"));
  REQUIRE(text.find(";59,94;") != std::string::npos);
  text.replace(text.find(";CAM 1;"), 7, ";CAM ONE;");
  write_text(sheet, text);
  std::vector<std::string> in{"import",   "--table", "sources", "--production", show,
                              "--update", "--json",  "--url",   node.url,       sheet};
  Json report = report_of(Nodes::run(in));
  REQUIRE(integer_of(at(report, "tables.sources"), "changed") == 1);
  REQUIRE(integer_of(at(report, "tables.sources"), "unchanged") == 20);

  write_text(sheet, "NAME;TYPE\r\n\"CAM 1;Camera\r\n");
  Nodes::Ran broken = Nodes::run(in);
  REQUIRE(broken.status == 2);
  REQUIRE(broken.output.find("line 2, column 1") != std::string::npos);
  Nodes::Ran no_table = Nodes::run({"import", "--url", node.url, sheet});
  REQUIRE(no_table.status == 2);
  REQUIRE(no_table.output.find("--table") != std::string::npos);
}

TEST_CASE("a browser's storage is imported over HTTP and reaches the venue whole", "[e2e]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  ServedNode venue = nodes.start(
      Role::lan, "venue", {"--peer", cloud.url, "--subscribe", "all", "--sync-interval-ms", "200"});
  auto job = cloud.client->fetch({.method = "POST",
                                  .target = "/api/import",
                                  .body = text_in(test_data("localstorage-export.json"))});
  INFO((job.ok() ? "" : job.error().message));
  REQUIRE(job.ok());
  const std::string target = "/api/sync/jobs/" + text_of(*job, "id");
  for (int i = 0; i < 3'000 && text_of(*job, "finished_at").empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    job = cloud.client->get(target);
    REQUIRE(job.ok());
  }
  REQUIRE(text_of(*job, "state") == "done");
  REQUIRE(at(*job, "result.left_out").items.empty());
  std::string show = show_on(cloud);
  std::string wanted = Nodes::run({"export", "--production", show, "--url", cloud.url}).output;
  std::string got;
  for (int i = 0; i < 1'500 && got != wanted; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    got = Nodes::run({"export", "--production", show, "--url", venue.url}).output;
  }
  REQUIRE(got == wanted);
}
