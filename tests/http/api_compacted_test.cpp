// What a node answers whose log was made smaller (docs/api.md, section 10), with and without files
// of the history that was taken out.
#include "api_node.h"
#include "feed_client.h"
#include "projections/time_text.h"
#include "support/kept_history.h"

namespace genlock::http {
namespace {

const HeaderList ana{{"Genlock-User", "Ana"}};

// A source that was edited thirty times; nothing was compacted yet.
struct Edited {
  explicit Edited(WholeLog* whole = nullptr) : node({.whole_log = whole}) {
    production = node.make_production();
    node.make_source(production, 11);
    for (int n = 0; n < 30; ++n) edit(n);
  }

  Answer edit(int n, const HeaderList& headers = ana) {
    return node.put(source, R"({"name":"CAM )" + std::to_string(n) + R"("})", headers);
  }
  Answer history(const std::string& more = "") {
    return node.get(source + "/history" + (more.empty() ? "" : "?" + more));
  }
  // The id of the event that gave the source its n-th name.
  std::string event_of(int n) {
    const Answer items = history("limit=100");
    for (std::size_t i = 0; i < items.count(); ++i) {
      const std::string item = "/" + std::to_string(i);
      if (items[item + "/changes/0/to"] == "CAM " + std::to_string(n))
        return items[item + "/event"];
    }
    return "";
  }

  ApiNode node;
  std::string production, source = at("sources", id_of(11));
};

TEST_CASE("a compacted history ends with an item that says so", "[http][api][compacted]") {
  Edited show;
  const Answer row = show.node.get(show.source);
  REQUIRE(show.node.compact(show.production) >= 25);
  REQUIRE(show.node.get(show.source).body == row.body);
  REQUIRE(show.node.get(show.source).etag() == row.etag());
  REQUIRE(show.edit(30).status == 200);
  const Answer history = show.history();
  INFO(history.body);
  REQUIRE(history.count() == 2);
  REQUIRE(history["/0/changes/0/to"] == "CAM 30");
  REQUIRE(history["/1/op"] == "compacted");
  REQUIRE(history.count("/1/changes") == 0);
  REQUIRE(history["/1/by/user"] == "null");
  const Answer page = show.history("limit=1");
  REQUIRE(page.count() == 1);
  REQUIRE(page.header("Link").find("rel=\"next\"") != std::string::npos);
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("what was before the horizon is 410, what was after it is not",
          "[http][api][compacted][as_of]") {
  Edited show;
  const std::string early = show.event_of(3);
  const std::string then = format_time(show.node.now());
  show.node.move_clock(1'000);
  show.edit(30);
  const std::string last = show.event_of(30);
  show.node.compact(show.production);
  show.node.move_clock(1'000);
  show.edit(31);
  for (const std::string& target : {show.source + "?as_of=" + early, show.source + "?as_of=" + then,
                                    at("productions", show.production) + "/sources?as_of=" + then,
                                    "/api/productions?as_of=" + then}) {
    INFO(target);
    const Answer gone = show.node.get(target);
    INFO(gone.body);
    REQUIRE(gone.problem() == "410 compacted");
    REQUIRE_FALSE(gone["/detail"].empty());
  }
  REQUIRE(show.node.get(show.source + "?as_of=" + last)["/name"] == "CAM 30");
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("with its history files a compacted node answers as one that kept all",
          "[http][api][compacted][as_of]") {
  test::KeptHistory kept;
  Edited show(&kept);
  const std::string early = show.event_of(3);
  const std::string then = format_time(show.node.now());
  show.node.move_clock(1'000);
  show.edit(30);
  const auto answers = [&] {
    std::vector<std::string> bodies;
    for (const std::string& target :
         {show.source + "?as_of=" + early, show.source + "?as_of=" + then,
          show.source + "/history?limit=7", at("productions", show.production) + "/history",
          at("productions", show.production) + "/sources?as_of=" + early,
          "/api/productions?as_of=" + then})
      bodies.push_back(show.node.get(target).body);
    return bodies;
  };
  const auto before = answers();
  REQUIRE(show.node.compact(show.production, kept.keeper()) >= 25);
  REQUIRE(answers() == before);
  REQUIRE(show.node.get(show.source + "?as_of=" + early)["/name"] == "CAM 3");
  kept.files().clear();
  REQUIRE(show.history("limit=100")["/0/op"] == "compacted");
  const Answer gone = show.node.get(show.source + "?as_of=" + early);
  REQUIRE(gone.problem() == "410 compacted");
  REQUIRE(gone["/detail"].find("in no history file") != std::string::npos);
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("a base of before the horizon is 412, with the row as it is",
          "[http][api][compacted][versions]") {
  Edited show;
  const std::string old = show.node.get(show.source).etag();
  show.edit(30);
  show.node.compact(show.production);
  const auto stored = show.node.dump();
  for (const char* header : {"Base-Version", "If-Match"}) {
    INFO(header);
    const Answer refused = show.edit(31, {{header, old}});
    INFO(refused.body);
    REQUIRE(refused.problem() == "412 precondition-failed");
    REQUIRE(refused["/current/name"] == "CAM 30");
    REQUIRE(refused["/current/_meta/etag"] == show.node.get(show.source).etag());
  }
  REQUIRE(show.node.dump() == stored);
  const Answer taken = show.edit(31, {{"Base-Version", show.node.get(show.source).etag()}});
  REQUIRE(taken.status == 200);
}

TEST_CASE("a cursor from before something that was dropped is told to begin anew",
          "[http][api][compacted][changes]") {
  Edited show;
  const std::string old = show.node.get(show.source).header("Sync-Cursor");
  show.edit(30);
  show.edit(31);
  const std::string now = show.node.get(show.source).header("Sync-Cursor");
  REQUIRE(show.node.compact(show.production) > 0);
  const Answer poll = show.node.get("/api/changes?since=" + old);
  INFO(poll.body);
  REQUIRE(poll["/reset"] == "true");
  REQUIRE(poll["/cursor"] == now);
  REQUIRE(poll.count("/changes") == 0);
  FeedClient feed(show.node, "?since=" + old);
  REQUIRE(feed.next("reset").at("/cursor") == now);
  show.edit(32);
  REQUIRE(feed.next("change").at("/changes/0/row/name") == "CAM 32");
  REQUIRE(show.node.get("/api/changes?since=" + now)["/reset"] == "false");
}

TEST_CASE("undo and revert behind the horizon are 410, after it they work",
          "[http][api][compacted][undo]") {
  Edited show;
  const std::string dropped = show.event_of(3), kept = show.event_of(29);
  const auto body = [](const std::string& event) { return R"({"event":")" + event + "\"}"; };
  const std::string undo = at("productions", show.production) + "/undo",
                    revert = show.source + "/revert";
  show.node.compact(show.production);
  const auto stored = show.node.dump();
  for (const std::string& event : {dropped, kept}) {
    const Answer refused = show.node.post(undo, body(event), ana);
    INFO(refused.body);
    REQUIRE(refused.problem() == "410 compacted");
  }
  REQUIRE(show.node.post(revert, body(dropped), ana).problem() == "410 compacted");
  REQUIRE(show.node.dump() == stored);
  show.edit(30);
  REQUIRE(show.node.post(undo, body(show.event_of(30)), ana).status == 200);
  REQUIRE(show.node.get(show.source)["/name"] == "CAM 29");
  REQUIRE(show.node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
