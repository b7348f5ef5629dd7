// A node on a real small disk that fills up. Where no file system can be mounted, the parts have
// tests of their own: tests/eventlog/full_disk_test.cpp, tests/http/api_disk_full_test.cpp.
#include "nodes.h"
#include "support/places.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace genlock;
using namespace genlock::cli;
namespace fs = std::filesystem;

namespace {

// Runs the program in a mount namespace with a disk of 120 MiB at `disk`.
std::string program_on_small_disk(const fs::path& folder, const fs::path& disk) {
  const fs::path script = folder / "on-small-disk";
  std::ofstream(script) << "#!/bin/sh\nexec unshare --user --map-root-user --mount sh -c 'mount -t "
                           "tmpfs -o size=120m none \""
                        << disk.string() << "\" && exec \"$0\" \"$@\"' '" << genlock_program()
                        << "' \"$@\"\n";
  fs::permissions(script, fs::perms::owner_all);
  return script.string();
}

ApiCall edit(const std::string& id, const std::string& room) {
  return {"PUT", "/api/productions/" + id, R"({"room":")" + room + "\"}", {}};
}

}  // namespace

TEST_CASE("a node whose disk is full serves reads, and takes writes when there is room",
          "[e2e][disk]") {
  TempDir folder;
  const fs::path disk = folder.path() / "disk";
  fs::create_directories(disk);
  const std::string program = program_on_small_disk(folder.path(), disk);
  if (std::system((program + " --version >/dev/null 2>&1").c_str()) != 0) {
    WARN("no file system can be mounted here: not tried");
    return;
  }
  auto started = ServedNode::start({.program = program,
                                    .role = Role::lan,
                                    .name = "one",
                                    .data = (disk / "data").string(),
                                    .port = 0,
                                    .log = (folder.path() / "log").string(),
                                    .more = {}});
  INFO((started.ok() ? "" : started.error().message));
  REQUIRE(started.ok());
  ServedNode node = *std::move(started);
  auto made = node.client->fetch(
      {"POST", "/api/productions", R"({"client":"Acme","show_name":"Gala"})", {}});
  REQUIRE(made.ok());
  const std::string id = made->find("id")->text;
  REQUIRE(node.client->send(edit(id, "1"))->status == 200);

  // Its disk, as the node sees it.
  const fs::path filler =
      "/proc/" + std::to_string(node.process->pid()) + "/root" + disk.string() + "/filler";
  const int file = ::open(filler.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  REQUIRE(::posix_fallocate(file, 0, 70 << 20) == 0);
  ::close(file);
  auto refused = node.client->send(edit(id, "2"));
  REQUIRE(refused->status == 507);
  REQUIRE(refused->body.find("/problems/disk-full") != std::string::npos);
  REQUIRE(node.client->get("/api/productions/" + id)->find("room")->text == "1");
  REQUIRE(node.client->get("/api/health")->find("status")->text == "failing");

  fs::remove(filler);
  REQUIRE(
      wait_until("the node takes writes again", std::chrono::seconds(60), [&]() -> Result<bool> {
        return node.client->send(edit(id, "3"))->status == 200;
      }).ok());
  REQUIRE(node.client->get("/api/productions/" + id)->find("room")->text == "3");
  REQUIRE(node.stop().value() == 0);
}

TEST_CASE("a node tells its address", "[e2e]") {
  Nodes nodes;
  ServedNode node = nodes.start(Role::lan, "Truck 2");
  auto told = node.client->get("/api/node");
  REQUIRE(told.ok());
  REQUIRE(told->find("name")->text == "Truck 2");
  REQUIRE(told->find("url")->text == node.url);
  REQUIRE(told->find("addresses")->items.size() == 1);
}
