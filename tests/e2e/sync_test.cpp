#include "nodes.h"

using namespace genlock;
using namespace genlock::cli;

namespace {

constexpr std::chrono::seconds patience{60};

Result<std::string> name_of(ServedNode& node, const std::string& one) {
  auto json = node.client->get(one);
  if (!json.ok()) return std::string();
  return text_of(*json, "name");
}

Result<void> wait_for_name(ServedNode& node, const std::string& one, const std::string& name) {
  return wait_until(name, patience, [&]() -> Result<bool> {
    TRY_ASSIGN(std::string now, name_of(node, one));
    return now == name;
  });
}

}  // namespace

TEST_CASE("a show is downloaded, and edits go both ways live", "[e2e]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  REQUIRE(Nodes::run({"import", "--url", cloud.url, test_data("show-small.json")}).status == 0);
  ServedNode lan = nodes.start(Role::lan, "lan", {"--peer", cloud.url});
  Result<void> downloaded = run_job(
      *lan.client, std::string("/api/sync/production/") + small_show + "/download", patience);
  INFO((downloaded.ok() ? "" : downloaded.error().message));
  REQUIRE(downloaded.ok());
  auto sources = lan.client->list(std::string("/api/productions/") + small_show + "/sources");
  REQUIRE(sources.ok());
  REQUIRE(sources->size() == 21);
  std::string one = "/api/sources/" + text_of(sources->front(), "id");
  REQUIRE(lan.client->fetch({"PUT", one, R"({"name":"FROM THE VENUE"})", {}}).ok());
  REQUIRE(wait_for_name(cloud, one, "FROM THE VENUE").ok());
  REQUIRE(cloud.client->fetch({"PUT", one, R"({"name":"FROM THE OFFICE"})", {}}).ok());
  REQUIRE(wait_for_name(lan, one, "FROM THE OFFICE").ok());
  REQUIRE(lan.stop().value() == 0);
  REQUIRE(cloud.stop().value() == 0);
}

TEST_CASE("a node that was away catches up by itself", "[e2e]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  std::string peer = cloud.url;
  ServedNode lan = nodes.start(Role::lan, "lan", {"--peer", peer, "--subscribe", "all"});
  REQUIRE(lan.stop().value() == 0);
  REQUIRE(Nodes::run({"import", "--url", cloud.url, test_data("show-small.json")}).status == 0);
  lan = nodes.start(Role::lan, "lan", {"--peer", peer});
  Result<void> same = wait_until("equal digests", patience, [&]() -> Result<bool> {
    TRY_ASSIGN(auto here, stream_digests(*lan.client));
    TRY_ASSIGN(auto there, stream_digests(*cloud.client));
    return here == there;
  });
  REQUIRE(same.ok());
}

TEST_CASE("the catalog is the peer's, until the peer is away", "[e2e]") {
  Nodes nodes;
  ServedNode cloud = nodes.start(Role::cloud, "cloud");
  REQUIRE(Nodes::run({"import", "--url", cloud.url, test_data("show-small.json")}).status == 0);
  ServedNode lan = nodes.start(Role::lan, "lan", {"--peer", cloud.url});
  auto there = lan.client->list("/api/sync/catalog");
  auto own = cloud.client->list("/api/sync/catalog");
  REQUIRE(there.ok());
  REQUIRE(there->size() == 1);
  REQUIRE(text_of(there->front(), "id") == small_show);
  REQUIRE(integer_of(there->front(), "events") > 0);
  REQUIRE(integer_of(there->front(), "bytes") > 0);
  REQUIRE_FALSE(member(there->front(), "subscribed").boolean);
  REQUIRE(text_of(there->front(), "show_name") == text_of(own->front(), "show_name"));
  REQUIRE(member(own->front(), "subscribed").boolean);
  std::string production = std::string("/api/sync/production/") + small_show;
  REQUIRE(run_job(*lan.client, production + "/download", patience).ok());
  REQUIRE(member(lan.client->list("/api/sync/catalog")->front(), "subscribed").boolean);
  REQUIRE(lan.client->fetch({"DELETE", production, "", {}}).ok());
  REQUIRE_FALSE(member(lan.client->list("/api/sync/catalog")->front(), "subscribed").boolean);
  REQUIRE(lan.client->get(std::string("/api/productions/") + small_show).ok());
  REQUIRE(cloud.stop().value() == 0);
  auto away = lan.client->list("/api/sync/catalog");
  REQUIRE_FALSE(away.ok());
  REQUIRE(lan.client->get("/api/sync/status").ok());
}
