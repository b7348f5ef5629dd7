// Backups of real nodes: while they are written to, restored and served again, and what a command
// says when it can't.
#include "nodes.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace genlock;
using namespace genlock::cli;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{20};

Nodes::Ran run(const std::vector<std::string>& arguments) {
  const Nodes::Ran ran = Nodes::run(arguments);
  INFO(ran.output);
  REQUIRE(ran.status == 0);
  return ran;
}

Json run_json(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const auto json = parse_json(run(arguments).output);
  REQUIRE(json.ok());
  return *json;
}

}  // namespace

TEST_CASE("a backup of a node that is written to is restored, and served again under a new origin",
          "[e2e][backup]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  run({"import", "--url", node.url, test_data("show-small.json")});
  const std::string show = std::string("/api/productions/") + small_show;
  std::atomic<bool> stop{false};
  std::atomic<int> acknowledged{0};
  std::thread writer([&] {
    const auto client = connect_to(node.url);
    for (int i = 1; !stop; ++i) {
      const auto answer =
          (*client)->send({"PUT", show, R"({"room":")" + std::to_string(i) + "\"}", {}});
      if (!answer.ok() || answer->status != 200) return;
      acknowledged = i;
    }
  });
  while (acknowledged < 5) std::this_thread::yield();
  const int before = acknowledged;
  const Json made = run_json({"backup", "create", "--url", node.url});
  const std::string id = text_of(made, "id");
  stop = true;
  writer.join();

  const Json checked = run_json({"backup", "verify", id, "--url", node.url});
  REQUIRE(member(checked, "ok").boolean);
  REQUIRE(integer_of(checked, "events") == integer_of(made, "events"));
  auto origin = [](ServedNode& of) {
    return text_of(*of.client->get("/api/sync/status"), "origin");
  };
  const std::string first_origin = origin(node);
  REQUIRE(node.client->get("/api/health")->find("checks")->find("backup")->find("status")->text ==
          "ok");
  REQUIRE(node.stop().value() == 0);

  const std::string from = nodes.path("backups/one");
  REQUIRE(run({"backup", "list", "--from", from}).output.find(id) != std::string::npos);
  REQUIRE(run({"backup", "list", "--data", nodes.data_of("one")}).output.find("ok") !=
          std::string::npos);
  const Json restored =
      run_json({"backup", "restore", id, "--from", from, "--to", nodes.data_of("again")});
  REQUIRE(text_of(restored, "closed_origin") == first_origin);
  REQUIRE(run({"verify", "--data", nodes.data_of("again")}).output.find("rows   ok") !=
          std::string::npos);
  ServedNode again = nodes.start(Role::lan, "again");
  REQUIRE(origin(again) == text_of(restored, "origin"));
  REQUIRE(origin(again) != first_origin);
  const auto row = again.client->get(show);
  REQUIRE(row.ok());
  REQUIRE(std::stoi(text_of(*row, "room")) >= before);
  REQUIRE(again.client->send({"PUT", show, R"({"room":"after"})", {}})->status == 200);
  REQUIRE(again.stop().value() == 0);
}

TEST_CASE("what was written after a backup and reached the cloud comes back", "[e2e][backup]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  run({"import", "--url", cloud.url, test_data("show-small.json")});
  ServedNode lan = nodes.start(Role::lan, "lan", {"--peer", cloud.url, "--subscribe", small_show});
  const std::string show = std::string("/api/productions/") + small_show;
  const auto room_at = [&](ServedNode& node, const std::string& room) {
    return wait_until(room, patience, [&]() -> Result<bool> {
      const auto row = node.client->get(show);
      return row.ok() && text_of(*row, "room") == room;
    });
  };
  REQUIRE(wait_until("the show", patience, [&]() -> Result<bool> {
            return lan.client->get(show).ok();
          }).ok());
  REQUIRE(lan.client->send({"PUT", show, R"({"room":"before"})", {}})->status == 200);
  run({"backup", "create", "--url", lan.url});
  REQUIRE(lan.client->send({"PUT", show, R"({"room":"later"})", {}})->status == 200);
  REQUIRE(room_at(cloud, "later").ok());
  REQUIRE(lan.stop().value() == 0);

  run({"backup", "restore", "--from", nodes.path("backups/lan"), "--to", nodes.data_of("again")});
  ServedNode again = nodes.start(Role::lan, "again", {"--peer", cloud.url});
  REQUIRE(room_at(again, "later").ok());
  REQUIRE(again.client->send({"PUT", show, R"({"room":"restored"})", {}})->status == 200);
  REQUIRE(room_at(cloud, "restored").ok());
  REQUIRE(wait_until("equal digests", patience, [&]() -> Result<bool> {
            TRY_ASSIGN(const auto there, stream_digests(*cloud.client));
            TRY_ASSIGN(const auto here, stream_digests(*again.client));
            return there.at(small_show) == here.at(small_show);
          }).ok());
  REQUIRE(again.stop().value() == 0);
  REQUIRE(cloud.stop().value() == 0);
}

TEST_CASE("a directory is backed up while no node uses it, and only then", "[e2e][backup]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one");
  const Nodes::Ran refused = Nodes::run({"backup", "create", "--data", nodes.data_of("one")});
  REQUIRE(refused.status == 2);
  REQUIRE(refused.output.find("--url") != std::string::npos);
  REQUIRE(node.stop().value() == 0);
  const std::string place = nodes.path("elsewhere");
  const Json first = run_json({"backup", "create", "--data", nodes.data_of("one"), "--to", place});
  const Json second = run_json({"backup", "create", "--data", nodes.data_of("one"), "--to", place});
  REQUIRE(integer_of(second, "events") == integer_of(first, "events"));
  run({"backup", "verify", "--from", place});
  run({"backup", "remove", text_of(first, "id"), "--from", place});
  REQUIRE(run_json({"backup", "list", "--from", place}).items.size() == 1);
}

TEST_CASE("a damaged backup is found and named, and exits with 1", "[e2e][backup]") {
  Nodes nodes;
  nodes.start(Role::lan, "one").stop().value();
  const std::string place = nodes.path("place");
  run({"backup", "create", "--data", nodes.data_of("one"), "--to", place});
  for (const auto& file : fs::directory_iterator(fs::path(place) / "files"))
    std::ofstream(file.path(), std::ios::in | std::ios::out | std::ios::binary) << "damage";
  const Nodes::Ran verified = Nodes::run({"backup", "verify", "--from", place});
  INFO(verified.output);
  REQUIRE(verified.status == 1);
  REQUIRE(verified.output.find(".sst does not fit its checksum") != std::string::npos);
  REQUIRE(run({"backup", "list", "--from", place}).output.find("damaged") != std::string::npos);
  const Nodes::Ran restored =
      Nodes::run({"backup", "restore", "--from", place, "--to", nodes.path("target")});
  REQUIRE(restored.status == 2);
  REQUIRE(restored.output.find("not known to be damaged") != std::string::npos);
  REQUIRE_FALSE(fs::exists(nodes.path("target")));
}

TEST_CASE("restore never writes over what is there, and two nodes never share a place",
          "[e2e][backup]") {
  Nodes nodes;
  nodes.start(Role::lan, "one").stop().value();
  nodes.start(Role::lan, "two").stop().value();
  const std::string place = nodes.path("place");
  run({"backup", "create", "--data", nodes.data_of("one"), "--to", place});
  const Nodes::Ran over =
      Nodes::run({"backup", "restore", "--from", place, "--to", nodes.data_of("two")});
  REQUIRE(over.status == 2);
  REQUIRE(over.output.find("is not empty") != std::string::npos);
  const Nodes::Ran shared =
      Nodes::run({"backup", "create", "--data", nodes.data_of("two"), "--to", place});
  REQUIRE(shared.status == 2);
  REQUIRE(shared.output.find("another node") != std::string::npos);
}

TEST_CASE("a node takes backups by itself, and before it is locked", "[e2e][backup]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "one", {"--backup-every", "1s", "--backup-keep", "2"});
  const auto reasons = [&]() -> Result<std::vector<std::string>> {
    TRY_ASSIGN(const Json list, node.client->get("/api/backups"));
    std::vector<std::string> found;
    for (const Json& one : list.items) found.push_back(text_of(one, "reason"));
    return found;
  };
  REQUIRE(wait_until("a backup", patience, [&]() -> Result<bool> {
            TRY_ASSIGN(const auto found, reasons());
            return !found.empty() && found.front() == "schedule";
          }).ok());
  REQUIRE(node.stop().value() == 0);

  ServedNode slow = nodes.start(Role::lan, "two");
  auto made = slow.client->fetch(
      {"POST", "/api/productions", R"({"client":"Acme","show_name":"Gala"})", {}});
  REQUIRE(made.ok());
  REQUIRE(slow.client
              ->send({"POST",
                      "/api/productions/" + text_of(*made, "id") + "/lock",
                      R"({"reason":"show day"})",
                      {}})
              ->status == 200);
  REQUIRE(wait_until("its backup", patience, [&]() -> Result<bool> {
            TRY_ASSIGN(const Json list, slow.client->get("/api/backups"));
            return list.items.size() == 1 && text_of(list.items[0], "reason") == "lock";
          }).ok());
  REQUIRE(slow.stop().value() == 0);
}
