// A fleet of real nodes that tell each other how far they are; one is retired, and comes back.
#include "nodes.h"

#include <thread>

using namespace genlock;
using namespace genlock::cli;

namespace {

Nodes::Ran run(const std::vector<std::string>& arguments) {
  const Nodes::Ran ran = Nodes::run(arguments);
  INFO(ran.output);
  REQUIRE(ran.status == 0);
  return ran;
}

// The entry of a node in the list of another one.
Json entry_of(const ServedNode& node, const std::string& name) {
  const auto all = parse_json(run({"nodes", "list", "--url", node.url, "--json"}).output);
  REQUIRE(all.ok());
  for (const Json& entry : all->items)
    if (text_of(entry, "name") == name) return entry;
  return {};
}

void wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

TEST_CASE("a retired node is waited for no longer, and is enrolled when it comes back",
          "[e2e][nodes]") {
  Nodes nodes;
  const std::vector<std::string> soon{"--stable-after", "1s"};
  ServedNode cloud = nodes.start(Role::cloud, "cloud", soon);
  run({"import", "--url", cloud.url, test_data("show-small.json")});
  const std::vector<std::string> as_venue{"--stable-after", "1s",          "--peer",
                                          cloud.url,        "--subscribe", "all"};
  ServedNode venue = nodes.start(Role::lan, "venue", as_venue);
  const auto is_free = [&](const std::string& name) {
    const Json entry = entry_of(cloud, name);
    return member(entry, "holds_back").is(Json::Kind::null) &&
           !text_of(entry, "acknowledged_at").empty();
  };
  // Both have held everything for a second, and each has heard so of the other.
  wait_until([&] { return is_free("cloud") && is_free("venue"); });

  REQUIRE(venue.stop().value() == 0);
  // It spoke once and falls silent: the list says so once the other has gone on.
  REQUIRE(cloud.client
              ->fetch({.method = "PUT",
                       .target = std::string("/api/productions/") + small_show,
                       .body = R"({"room":"Hall 7"})"})
              .ok());
  wait_until(
      [&] { return text_of(member(entry_of(cloud, "venue"), "holds_back"), "why") == "behind"; });
  const std::string listed = run({"nodes", "list", "--url", cloud.url}).output;
  INFO(listed);
  REQUIRE(listed.find("compaction waits for: venue, ") != std::string::npos);
  REQUIRE(listed.find("(it has not acknowledged what others have; 1 streams)") !=
          std::string::npos);
  const Nodes::Ran told =
      run({"nodes", "retire", "venue", "--url", cloud.url, "--reason", "sold it", "--user", "Ana"});
  REQUIRE(told.output.find("retired by Ana: sold it") != std::string::npos);
  wait_until([&] { return is_free("cloud"); });
  REQUIRE(text_of(entry_of(cloud, "venue"), "state") == "retired");

  ServedNode back = nodes.start(Role::lan, "venue", as_venue);
  wait_until([&] { return text_of(entry_of(cloud, "venue"), "state") == "enrolled"; });
  REQUIRE(Nodes::run({"nodes", "retire", "nobody", "--url", cloud.url, "--reason", "x"}).status ==
          2);
}
