// The power is cut while the program works on a directory: at the n-th step of its storage, with
// all or a part of what was not synced lost (shim/power_cut.cpp). n grows until the work is through
// before the cut comes. GENLOCK_CUT_STRIDE=1 takes every step.
#include "catch.h"
#include "crash/crew.h"
#include "crash/preload.h"
#include "e2e/nodes.h"
#include "support/places.h"
#include "transfer/json_print.h"

#include <cstdlib>
#include <filesystem>

using namespace genlock;
using namespace genlock::cli;
using namespace genlock::crash;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t most_steps = 5'000;  // of one command; more is one that never ends

Nodes::Ran cut_at(std::uint64_t n, const std::vector<std::string>& arguments) {
  const Preload shim(GENLOCK_POWER_CUT, "GENLOCK_POWER_CUT", std::to_string(n));
  return Nodes::run(arguments);
}

Json run(const std::vector<std::string>& arguments, int status = 0) {
  const Nodes::Ran ran = Nodes::run(arguments);
  INFO(ran.output);
  REQUIRE(ran.status == status);
  auto told = parse_json(ran.output);
  return told.ok() ? *std::move(told) : Json{};
}

// At the steps 1, 1 + stride, .. `check` is called after each cut; how many there were.
std::uint64_t cut_everywhere(std::uint64_t stride,
                             const std::function<std::vector<std::string>(std::uint64_t)>& command,
                             const std::function<void(std::uint64_t)>& check) {
  if (const char* wanted = std::getenv("GENLOCK_CUT_STRIDE"))
    stride = std::strtoull(wanted, nullptr, 10);
  REQUIRE(stride > 0);
  std::uint64_t cuts = 0;
  for (std::uint64_t n = 1; n < most_steps; n += stride) {
    const Nodes::Ran ran = cut_at(n, command(n));
    INFO("step " << n << ": " << ran.output);
    if (ran.status < 128) {
      REQUIRE(ran.status <= 1);
      UNSCOPED_INFO(cuts << " cuts, " << n << " steps");
      return cuts;
    }
    check(n);
    ++cuts;
  }
  FAIL("the work never ended");
  return cuts;
}

// A venue that works, with a show of its own.
class Venue {
 public:
  Venue() {
    ServedNode node = start();
    REQUIRE(make_show(*node.client).ok());
    write(node, 30);
    REQUIRE(node.stop().value() == 0);
  }

  ServedNode start(std::vector<std::string> more = {}) {
    return nodes_.start(Role::lan, "venue", std::move(more));
  }
  void write(ServedNode& node, int count) {
    for (int i = 0; i < count; ++i) REQUIRE(crew_.write(*node.client));
  }
  std::string data() const { return nodes_.data_of("venue"); }
  std::string backups() const { return nodes_.path("backups"); }
  Nodes& nodes() { return nodes_; }

  std::string create_backup() {
    return text_of(run({"backup", "create", "--data", data(), "--to", backups(), "--json"}), "id");
  }
  void verify_backup(const std::string& id) { run({"backup", "verify", id, "--from", backups()}); }
  std::vector<std::string> ids_of_backups() {
    std::vector<std::string> ids;
    const Json all = run({"backup", "list", "--from", backups(), "--json"});
    for (const Json& one : all.items) ids.push_back(text_of(one, "id"));
    return ids;
  }
  // It opens, proves to be whole, and has every write of its crew.
  void check(const std::string& at) {
    run({"verify", "--data", at});
    auto node = ServedNode::start({.program = genlock_program(),
                                   .role = Role::lan,
                                   .name = "venue",
                                   .data = at,
                                   .log = nodes_.path("check.log"),
                                   .more = {}});
    INFO((node.ok() ? "" : node.error().message));
    REQUIRE(node.ok());
    const Complaint wrong = crew_.check(*node->client);
    INFO(wrong.value_or(""));
    REQUIRE_FALSE(wrong);
    REQUIRE(node->stop().value() == 0);
  }

 private:
  Nodes nodes_;
  Crew crew_{1};
};

}  // namespace

TEST_CASE("a power cut within a backup harms neither the node nor a backup", "[crash][cut]") {
  Venue venue;
  const std::string first = venue.create_backup();
  {
    ServedNode node = venue.start();
    venue.write(node, 20);
    REQUIRE(node.stop().value() == 0);
  }
  std::vector<std::string> known = {first};
  const std::uint64_t cuts = cut_everywhere(
      9,
      [&](std::uint64_t) {
        return std::vector<std::string>{"backup",     "create", "--data",
                                        venue.data(), "--to",   venue.backups()};
      },
      [&](std::uint64_t) {
        // What is called a backup after a cut is one.
        for (const std::string& id : venue.ids_of_backups())
          if (std::ranges::find(known, id) == known.end()) {
            venue.verify_backup(id);
            known.push_back(id);
          }
      });
  REQUIRE(cuts >= 3);
  venue.create_backup();
  for (const std::string& id : venue.ids_of_backups()) venue.verify_backup(id);
  REQUIRE(venue.ids_of_backups().back() == first);
  venue.check(venue.data());
}

TEST_CASE("a restore that the power cut is whole, or not there and can be done again",
          "[crash][cut]") {
  Venue venue;
  const std::string id = venue.create_backup();
  const auto target = [&](std::uint64_t n) {
    return venue.nodes().path("new-" + std::to_string(n));
  };
  const auto restore = [&](std::uint64_t n) {
    return std::vector<std::string>{"backup",        "restore", id,       "--from",
                                    venue.backups(), "--to",    target(n)};
  };
  const std::uint64_t cuts = cut_everywhere(9, restore, [&](std::uint64_t n) {
    if (!fs::exists(target(n))) run(restore(n));
    REQUIRE_FALSE(fs::exists(target(n) + ".restoring"));
    run({"verify", "--data", target(n)});
    if (n % 3 == 1) venue.check(target(n));
    fs::remove_all(target(n));
  });
  REQUIRE(cuts >= 3);
  venue.verify_backup(id);
}

TEST_CASE("a repair that the power cut can be done again, and loses nothing that was there",
          "[crash][cut]") {
  Venue venue;
  ServedNode office = venue.nodes().start(Role::cloud, "office");
  {
    ServedNode node = venue.start({"--peer", office.url, "--subscribe", "all"});
    REQUIRE(wait_until("both have the same", std::chrono::seconds(60), [&]() -> Result<bool> {
              return stream_digests(*node.client).value() == stream_digests(*office.client).value();
            }).ok());
    REQUIRE(node.stop().value() == 0);
  }
  {
    ServedNode alone = venue.start();
    venue.write(alone, 10);  // the office never had these
    REQUIRE(alone.stop().value() == 0);
  }
  const std::vector<std::string> repair = {"repair", "--data", venue.data(), "--peer", office.url};
  const std::uint64_t cuts = cut_everywhere(
      13, [&](std::uint64_t) { return repair; },
      [&](std::uint64_t) {
        REQUIRE(fs::exists(venue.data()));
        run({"verify", "--data", venue.data()});
      });
  REQUIRE(cuts >= 3);
  venue.check(venue.data());
  run(repair);
  venue.check(venue.data());
}
