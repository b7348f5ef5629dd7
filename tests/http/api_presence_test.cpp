// Presence (docs/api.md, section 10): who is in a production, and where.
#include "feed_client.h"
#include "test_server.h"

namespace genlock::http {
namespace {

const HeaderList ana = {{"Genlock-User", "Ana"}, {"Genlock-Device", "FOH%20tablet"}};
const HeaderList ben = {{"Genlock-User", "Ben"}};

std::string presence_of(const std::string& production) {
  return at("productions", production) + "/presence";
}

TEST_CASE("who is present is seen by all, and stores nothing", "[http][api][presence]") {
  ApiNode node;
  std::string production = node.make_production();
  auto stored = node.dump();
  Answer put =
      node.put(presence_of(production),
               R"({"table":"sources","record_id":")" + id_of(11) + R"(","column":"note"})", ana);
  REQUIRE(put.status == 200);
  REQUIRE(put["/by/user"] == "Ana");
  REQUIRE(put["/by/device"] == "FOH tablet");
  REQUIRE(put["/column"] == "note");
  REQUIRE(node.put(presence_of(production), "{}", ben).status == 200);
  Answer all = node.get(presence_of(production));
  REQUIRE(all.count() == 2);
  REQUIRE(all["/0"] == put.at(""));
  REQUIRE(all["/1/by/user"] == "Ben");
  REQUIRE(all["/1/table"] == "null");
  REQUIRE(node.dump() == stored);
}

TEST_CASE("who does not renew has left after half a minute", "[http][api][presence]") {
  ApiNode node;
  std::string production = node.make_production();
  node.put(presence_of(production), "{}", ana);
  node.put(presence_of(production), "{}", ben);
  node.move_clock(20'000);
  Answer renewed = node.put(presence_of(production), "{}", ana);
  node.move_clock(15'000);
  Answer left = node.get(presence_of(production));
  REQUIRE(left.count() == 1);
  REQUIRE(left["/0/by/user"] == "Ana");
  REQUIRE(left["/0/until"] == renewed["/until"]);
  node.move_clock(-3'600'000);  // a clock that was set back keeps nobody for an hour
  REQUIRE(node.get(presence_of(production)).count() == 0);
}

TEST_CASE("who leaves is gone at once, and feeds hear of it", "[http][api][presence]") {
  ApiNode node;
  std::string production = node.make_production();
  node.put(presence_of(production), "{}", ana);
  node.put(presence_of(production), "{}", ben);
  FeedClient feed(node, "?production_id=" + production);
  REQUIRE(feed.next("presence").at("/present/1/by/user") == "Ben");
  Answer left = node.del(presence_of(production), ana);
  INFO(left.body);
  REQUIRE(left.status == 200);
  REQUIRE(left.count() == 1);
  REQUIRE(left["/0/by/user"] == "Ben");
  REQUIRE(feed.next("presence").at("/present/0/by/user") == "Ben");
  REQUIRE(node.del(presence_of(production), ana).status == 200);  // again: the same
  REQUIRE(node.del(presence_of(production)).problem() == "400 bad-request");
  REQUIRE(node.del(presence_of(production), ben).count() == 0);
  REQUIRE(feed.next("presence").at("/present") == "[]");
  REQUIRE(node.del(presence_of(id_of(77)), ana).problem() == "404 not-found");
}

TEST_CASE("feeds hear who came, moved and left, of their productions", "[http][api][presence]") {
  ApiNode node;
  std::string gala = node.make_production(1), expo = node.make_production(2);
  node.put(presence_of(gala), "{}", ana);
  FeedClient feed(node, "?production_id=" + gala);
  FeedEvent first = feed.next("presence");
  REQUIRE(first.at("/production_id") == gala);
  REQUIRE(first.at("/present/0/by/user") == "Ana");
  REQUIRE(first.at("/present/0/until") == "(none)");
  node.put(presence_of(expo), "{}", ben);  // not theirs
  node.put(presence_of(gala), "{}", ana);  // no news
  node.put(presence_of(gala), R"({"table":"sends"})", ana);
  REQUIRE(feed.next("presence").at("/present/0/table") == "sends");
  node.put(presence_of(gala), "{}", ben);
  REQUIRE(feed.next("presence").count("/present") == 2);
  node.move_clock(31'000);  // the feed looks by itself
  REQUIRE(feed.next("presence").at("/present") == "[]");
}

TEST_CASE("presence that makes no sense is refused", "[http][api][presence][bad]") {
  ApiNode node;
  std::string production = node.make_production();
  for (const char* body : {R"({"table":"shoes"})",
                           R"({"record_id":")"
                           "00000000-0000-4000-8000-000000000011\"}",
                           R"({"column":"note"})", R"({"table":"sources","column":"shoe"})",
                           R"({"table":"sources","record_id":"11"})", R"({"table":7})",
                           R"({"where":"here"})", R"({"table":"nodes"})", "[]"}) {
    INFO(body);
    REQUIRE(node.put(presence_of(production), body, ana).problem() == "422 validation");
  }
  REQUIRE(
      node.put(presence_of(production), R"({"table":"sources","column":"outputs"})", ana).status ==
      200);
  REQUIRE(node.put(presence_of(production), "{}").problem() == "400 bad-request");  // nobody
  REQUIRE(node.put(presence_of(production), "{", ana).problem() == "400 bad-request");
  REQUIRE(node.put(presence_of(id_of(9)), "{}", ana).problem() == "404 not-found");
  REQUIRE(node.get(presence_of("x")).problem() == "404 not-found");
  REQUIRE(node.del(at("productions", production)).status == 200);
  REQUIRE(node.put(presence_of(production), "{}", ana).problem() == "410 gone");
}

TEST_CASE("a person who tells it too often is slowed down, others are not",
          "[http][api][presence]") {
  LiveLimits limits;
  limits.presence_at_once = 3;
  limits.presence_per_second = 0.5;
  ApiNode node({.live = limits});
  std::string production = node.make_production();
  for (int i = 0; i < 3; ++i) REQUIRE(node.put(presence_of(production), "{}", ana).status == 200);
  Answer refused = node.put(presence_of(production), "{}", ana);
  REQUIRE(refused.problem() == "429 rate-limited");
  REQUIRE(refused.header("Retry-After") == "2");
  REQUIRE(node.put(presence_of(production), "{}", ben).status == 200);
}

TEST_CASE("an address that makes up people is slowed down", "[http][api][presence]") {
  LiveLimits limits;
  limits.address_presence_at_once = 5;
  limits.address_presence_per_second = 0.2;
  ApiNode node({.live = limits});
  std::string production = node.make_production();
  int taken = 0;
  for (int i = 0; i < 8; ++i)
    taken += node.put(presence_of(production), "{}", {{"Genlock-User", "P" + std::to_string(i)}})
                 .status == 200;
  REQUIRE(taken == 5);
}

TEST_CASE("there is room for so many people, and for others when they left",
          "[http][api][presence]") {
  LiveLimits limits;
  limits.people_per_production = 2;
  limits.people_count = 3;
  ApiNode node({.live = limits});
  std::string gala = node.make_production(1), expo = node.make_production(2);
  HeaderList eve = {{"Genlock-User", "Eve"}};
  REQUIRE(node.put(presence_of(gala), "{}", ana).status == 200);
  REQUIRE(node.put(presence_of(gala), "{}", ben).status == 200);
  Answer full = node.put(presence_of(gala), "{}", eve);
  REQUIRE(full.problem() == "429 rate-limited");
  REQUIRE(full.header("Retry-After") == "30");
  REQUIRE(node.put(presence_of(gala), R"({"table":"sends"})", ana).status == 200);
  REQUIRE(node.put(presence_of(expo), "{}", ana).status == 200);
  REQUIRE(node.put(presence_of(expo), "{}", ben).problem() == "429 rate-limited");
  node.move_clock(31'000);
  REQUIRE(node.put(presence_of(gala), "{}", eve).status == 200);
}

}  // namespace
}  // namespace genlock::http
