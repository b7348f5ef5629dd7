// Restored, copied and rolled-back nodes, as real processes on real directories.
#include "nodes.h"

#include <filesystem>

using namespace genlock;
using namespace genlock::cli;

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{60};

struct Crew {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");

  ServedNode start(const std::string& name) {
    return nodes.start(Role::lan, name, {"--peer", cloud.url, "--subscribe", "all"});
  }
  void copy(const std::string& from, const std::string& to) const {
    fs::copy(nodes.data_of(from), nodes.data_of(to), fs::copy_options::recursive);
  }
  // As a snapshot of the whole machine does it: the same files at the same places, as they were.
  void roll_back(const std::string& name, const std::string& saved) const {
    const fs::path data = nodes.data_of(name);
    for (const auto& entry : fs::directory_iterator(data))
      if (entry.path().filename() != "PLACE") fs::remove_all(entry.path());
    for (const auto& entry : fs::directory_iterator(nodes.data_of(saved)))
      if (entry.path().filename() != "PLACE")
        fs::copy(entry.path(), data / entry.path().filename(), fs::copy_options::recursive);
  }
};

std::string make_show(ServedNode& node) {
  auto made = node.client->fetch({"POST",
                                  "/api/productions",
                                  R"({"client":"Ana","show_name":"Gala","status":"planning"})",
                                  {}});
  REQUIRE(made.ok());
  return text_of(*made, "id");
}

void make_source(ServedNode& node, const std::string& show, const std::string& name) {
  auto made = node.client->fetch({"POST",
                                  "/api/productions/" + show + "/sources",
                                  R"({"type":"camera","name":")" + name + "\"}",
                                  {}});
  INFO((made.ok() ? "" : made.error().message));
  REQUIRE(made.ok());
}

std::vector<std::string> sources_of(ServedNode& node, const std::string& show) {
  auto rows = node.client->list("/api/productions/" + show + "/sources");
  REQUIRE(rows.ok());
  std::vector<std::string> names;
  for (const Json& row : *rows) names.push_back(text_of(row, "name"));
  std::sort(names.begin(), names.end());
  return names;
}

void wait_for_same(ServedNode& a, ServedNode& b) {
  Result<void> same = wait_until("equal digests", patience, [&]() -> Result<bool> {
    TRY_ASSIGN(auto here, stream_digests(*a.client));
    TRY_ASSIGN(auto there, stream_digests(*b.client));
    return here == there;
  });
  INFO((same.ok() ? "" : same.error().message));
  REQUIRE(same.ok());
}

bool tells(ServedNode& node, const std::string& kind) {
  auto notices = node.client->list("/api/notices");
  REQUIRE(notices.ok());
  return std::any_of(notices->begin(), notices->end(),
                     [&](const Json& notice) { return text_of(notice, "kind") == kind; });
}

std::string origin_of(ServedNode& node) {
  auto status = node.client->get("/api/sync/status");
  REQUIRE(status.ok());
  return text_of(*status, "origin");
}

// Keeps a copy of "lan" with a new show, as "saved"; then a source is made, and exchanged. The node
// is stopped in the end. Gives the show.
std::string save_and_go_on(Crew& crew, ServedNode& lan, const std::string& source) {
  const std::string show = make_show(lan);
  wait_for_same(lan, crew.cloud);
  REQUIRE(lan.stop().value() == 0);
  crew.copy("lan", "saved");
  lan = crew.start("lan");
  make_source(lan, show, source);
  wait_for_same(lan, crew.cloud);
  REQUIRE(lan.stop().value() == 0);
  return show;
}

}  // namespace

TEST_CASE("a clean restart keeps its origin, and is told of nothing", "[e2e][forks]") {
  Crew crew;
  ServedNode lan = crew.start("lan");
  const std::string origin = origin_of(lan);
  make_show(lan);
  REQUIRE(lan.stop().value() == 0);
  lan = crew.nodes.start(Role::lan, "lan");  // without its peer
  REQUIRE(origin_of(lan) == origin);
  REQUIRE(lan.client->list("/api/notices")->empty());
}

TEST_CASE("an old copy of a directory comes back: it goes on under a new origin", "[e2e][forks]") {
  Crew crew;
  ServedNode lan = crew.start("lan");
  const std::string origin = origin_of(lan);
  const std::string show = save_and_go_on(crew, lan, "later");

  fs::remove_all(crew.nodes.data_of("lan"));
  crew.copy("saved", "lan");
  lan = crew.nodes.start(Role::lan, "lan");  // its peer is away
  REQUIRE(origin_of(lan) != origin);
  REQUIRE(tells(lan, "copied"));
  make_source(lan, show, "from the copy");
  REQUIRE(lan.stop().value() == 0);
  lan = crew.start("lan");
  wait_for_same(lan, crew.cloud);
  REQUIRE(sources_of(lan, show) == std::vector<std::string>{"from the copy", "later"});
  REQUIRE_FALSE(tells(crew.cloud, "fork"));
}

TEST_CASE("a copied directory runs beside the first: both go on, nothing is lost", "[e2e][forks]") {
  Crew crew;
  ServedNode lan = crew.start("lan");
  const std::string show = make_show(lan);
  wait_for_same(lan, crew.cloud);
  REQUIRE(lan.stop().value() == 0);
  crew.copy("lan", "copy");
  lan = crew.start("lan");
  ServedNode copy = crew.start("copy");
  REQUIRE(origin_of(lan) != origin_of(copy));
  make_source(lan, show, "here");
  make_source(copy, show, "there");
  const std::vector<std::string> both{"here", "there"};
  for (ServedNode* node : {&lan, &copy, &crew.cloud})
    REQUIRE(wait_until("both sources", patience, [&]() -> Result<bool> {
              return sources_of(*node, show) == both;
            }).ok());
  wait_for_same(lan, crew.cloud);
  wait_for_same(copy, crew.cloud);
}

TEST_CASE("a machine that was rolled back is found out at contact, and both branches are kept",
          "[e2e][forks]") {
  Crew crew;
  ServedNode lan = crew.start("lan");
  const std::string origin = origin_of(lan);
  const std::string show = save_and_go_on(crew, lan, "lost");

  crew.roll_back("lan", "saved");
  lan = crew.nodes.start(Role::lan, "lan");  // without its peer nothing can tell
  REQUIRE(origin_of(lan) == origin);
  make_source(lan, show, "written meanwhile");
  REQUIRE(lan.stop().value() == 0);
  lan = crew.start("lan");
  wait_for_same(lan, crew.cloud);
  REQUIRE(sources_of(crew.cloud, show) == std::vector<std::string>{"lost", "written meanwhile"});
  REQUIRE(origin_of(lan) != origin);
  REQUIRE(tells(lan, "fork"));
  REQUIRE(tells(crew.cloud, "fork"));
  auto health = lan.client->get("/api/health");
  REQUIRE(text_of(*health, "status") == "degraded");

  // It outlasts a restart, until somebody confirms it.
  REQUIRE(lan.stop().value() == 0);
  const auto shown = Nodes::run({"status", "--data", crew.nodes.data_of("lan")}).output;
  REQUIRE(shown.find("fork") != std::string::npos);
  lan = crew.start("lan");
  for (const Json& notice : *lan.client->list("/api/notices"))
    REQUIRE(lan.client
                ->fetch({"POST", "/api/notices/" + text_of(notice, "id") + "/acknowledge", "", {}})
                .ok());
  health = lan.client->get("/api/health");
  REQUIRE(at(*health, "checks.notices.status").text == "ok");
  wait_for_same(lan, crew.cloud);
  REQUIRE(lan.stop().value() == 0);
  REQUIRE(Nodes::run({"verify", "--data", crew.nodes.data_of("lan")}).status == 0);
}
