// The change feed (docs/api.md, section 10), in both forms.
#include "feed_client.h"
#include "test_server.h"

#include <set>
#include <thread>

namespace genlock::http {
namespace {

std::string cursor_of(ApiNode& node) { return node.get("/healthz").header("Sync-Cursor"); }

TEST_CASE("one event is one message, with the row as GET gives it", "[http][api][changes]") {
  ApiNode node;
  std::string production = node.make_production();
  FeedClient feed(node);
  std::string begin = feed.cursor();
  REQUIRE(begin == cursor_of(node));

  std::string source = node.make_source(production, 11);
  FeedEvent made = feed.next();
  REQUIRE(made.id == cursor_of(node));
  REQUIRE(made.at("/production_id") == production);
  REQUIRE(made.at("/node") == R"({"id":null,"name":null,"role":null})");  // not in the directory
  REQUIRE(made.count("/changes") == 1);
  REQUIRE(made.at("/changes/0/table") == "sources");
  REQUIRE(made.at("/changes/0/id") == source);
  REQUIRE(made.at("/changes/0/op") == "upsert");
  REQUIRE(made.at("/changes/0/row") == node.get(at("sources", source)).at(""));

  HeaderList ana = {{"Genlock-User", "Ana"}, {"Genlock-Device", "FOH%20tablet"}};
  REQUIRE(node.put(at("sources", source), R"({"h_res":1920,"note":"roof"})", ana).status == 200);
  FeedEvent set = feed.next();
  REQUIRE(set.at("/by/user") == "Ana");
  REQUIRE(set.at("/by/device") == "FOH tablet");
  REQUIRE(set.at("/changes/0/columns").find("h_res") != std::string::npos);
  REQUIRE(set.at("/changes/0/columns").find("note") != std::string::npos);
  REQUIRE(set.at("/changes/0/row/h_res") == "1920");
  REQUIRE(set.at("/event").starts_with(production + "."));
  REQUIRE(set.at("/at") == set.at("/changes/0/row/updated_at"));

  REQUIRE(node.del(at("sources", source)).status == 200);
  FeedEvent gone = feed.next();
  REQUIRE(gone.at("/changes/0/op") == "delete");
  REQUIRE(gone.at("/changes/0/row/is_deleted") == "true");
  REQUIRE(node.post(at("sources", source) + "/restore").status == 200);
  REQUIRE(feed.next().at("/changes/0/op") == "upsert");
  REQUIRE(node.bugs().empty());
}

TEST_CASE("what is nested is a change of the row it stands in", "[http][api][changes]") {
  ApiNode node;
  std::string production = node.make_production();
  std::string source = node.make_source(production, 11);
  FeedClient feed(node);
  feed.cursor();
  REQUIRE(node.put(at("sources", source), R"({"outputs":[{"output_index":1,"connector":"SDI"}]})")
              .status == 200);
  FeedEvent message = feed.next();
  REQUIRE(message.count("/changes") == 1);
  REQUIRE(message.at("/changes/0/table") == "sources");
  REQUIRE(message.at("/changes/0/id") == source);
  REQUIRE(message.at("/changes/0/columns") == R"(["outputs"])");
  REQUIRE(message.at("/changes/0/row/outputs/0/connector") == "SDI");
}

TEST_CASE("rows that the fold changed along with it are in the message", "[http][api][changes]") {
  ApiNode node;
  std::string production = node.make_production();
  for (int n = 11; n < 15; ++n) node.make_source(production, n);
  FeedClient feed(node);
  feed.cursor();
  REQUIRE(node.del(at("productions", production)).status == 200);
  FeedEvent message = feed.next();
  REQUIRE(message.count("/changes") == 5);
  REQUIRE(message.at("/changes/0/table") == "productions");
  for (int i = 1; i < 5; ++i) {
    const std::string change = "/changes/" + std::to_string(i);
    REQUIRE(message.at(change + "/op") == "delete");
    REQUIRE(message.at(change + "/row/_meta/hidden_by/id") == production);
    REQUIRE(message.at(change + "/columns") == "[]");
  }
  REQUIRE(node.post(at("productions", production) + "/restore").status == 200);
  REQUIRE(feed.next().at("/changes/4/op") == "upsert");
}

TEST_CASE("an ordinary edit stores nothing for the feed", "[http][api][changes]") {
  ApiNode node;
  std::string production = node.make_production();
  std::string source = node.make_source(production, 11);
  REQUIRE(node.put(at("sources", source), R"({"outputs":[{"output_index":1,"connector":"SDI"}]})")
              .status == 200);
  REQUIRE(node.put(at("sources", source), R"({"name":"CAM 2"})").status == 200);
  REQUIRE(node.post(at("productions", production) + "/lock", "{}").status == 200);
  for (const auto& [key, value] : node.dump()) REQUIRE(key.find("changed:") == std::string::npos);
  REQUIRE(node.del(at("productions", production)).status == 200);
  std::size_t notes = 0;
  for (const auto& [key, value] : node.dump()) notes += key.find("changed:") != std::string::npos;
  REQUIRE(notes == 1);
}

TEST_CASE("a conflict is a change of sync_conflicts, and so is its end", "[http][api][changes]") {
  ApiNode cloud({.role = Role::cloud, .number = 2}), venue;
  std::string production = cloud.make_production();
  std::string source = cloud.make_source(production, 11);
  cloud.ship_to(venue, production);
  REQUIRE(cloud.put(at("sources", source), R"({"h_res":1920,"v_res":1080})").status == 200);
  REQUIRE(venue.put(at("sources", source), R"({"h_res":3840,"v_res":2160})").status == 200);

  FeedClient feed(venue);
  feed.cursor();
  cloud.ship_to(venue, production);
  FeedEvent message = feed.next();
  REQUIRE(message.at("/event").find(cloud.engine().identity().origin.to_string()) !=
          std::string::npos);
  REQUIRE(message.count("/changes") == 2);
  REQUIRE(message.at("/changes/0/table") == "sources");
  REQUIRE(message.at("/changes/0/row/_meta/conflicts") == "1");
  REQUIRE(message.at("/changes/1/table") == "sync_conflicts");
  REQUIRE(message.at("/changes/1/row/resolution") == "pending");
  std::string conflict = message.at("/changes/1/id");
  Answer found = venue.get("/api/sync/conflicts/" + conflict);
  REQUIRE(message.at("/changes/1/row") == found.at(""));

  REQUIRE(venue
              .post("/api/sync/conflicts/" + conflict + "/resolve",
                    R"({"resolution":"local_wins"})", {{"If-Match", found.etag()}})
              .status == 200);
  FeedEvent decided = feed.next();
  REQUIRE(decided.at("/changes/1/id") == conflict);
  REQUIRE(decided.at("/changes/1/row/resolution") == "local_wins");
}

TEST_CASE("both forms give the same messages, from any point", "[http][api][changes]") {
  ApiNode node;
  std::string first = cursor_of(node);
  std::vector<std::string> cursors{first};
  std::string production = node.make_production();
  for (int n = 11; n < 19; ++n) {
    cursors.push_back(cursor_of(node));
    node.make_source(production, n);
  }
  Answer all = node.get("/api/changes?since=" + first);
  REQUIRE(all.count("/changes") == 9);
  REQUIRE(all["/reset"] == "false");
  REQUIRE(all["/cursor"] == cursor_of(node));
  REQUIRE(all.header("Sync-Cursor") == cursor_of(node));
  for (std::size_t from = 0; from < cursors.size(); ++from) {
    FeedClient by_query(node, "?since=" + cursors[from]);
    // A browser that comes back sends the address of its first time, too.
    FeedClient by_header(node, "?since=" + first, "Last-Event-ID: " + cursors[from] + "\r\n");
    for (std::size_t i = from; i < 9; ++i) {
      const std::string expected = all.at("/changes/" + std::to_string(i));
      REQUIRE(by_query.next().at("") == expected);
      REQUIRE(by_header.next().at("") == expected);
    }
    REQUIRE(node.get("/api/changes?since=" + cursors[from]).count("/changes") == 9 - from);
  }
  Answer page = node.get("/api/changes?limit=4&since=" + first);
  REQUIRE(page.count("/changes") == 4);
  Answer rest = node.get("/api/changes?since=" + page["/cursor"]);
  REQUIRE(rest.count("/changes") == 5);
  REQUIRE(rest["/changes/0"] == all["/changes/4"]);
}

TEST_CASE("a long poll waits for the next change, on no worker", "[http][api][changes]") {
  ApiNode node({.limits = [](Limits& limits) { limits.worker_count = 2; }});
  std::string production = node.make_production();
  std::string since = cursor_of(node);
  std::vector<RawClient> polls;
  for (int i = 0; i < 20; ++i) {
    polls.emplace_back(node.port());
    polls.back().send("GET /api/changes?wait=25&since=" + since + " HTTP/1.1\r\nHost: n\r\n\r\n");
  }
  REQUIRE(soon([&] { return node.counters().parked == 20; }));
  node.make_source(production, 11);
  for (RawClient& poll : polls) {
    RawAnswer answer = poll.read_answer();
    Answer read{answer.status, answer.headers, answer.body};
    REQUIRE(read.count("/changes") == 1);
    REQUIRE(read["/cursor"] == cursor_of(node));
    REQUIRE(read.header("Sync-Cursor") == read["/cursor"]);
    REQUIRE(read.header("Cache-Control") == "no-store");
  }
}

TEST_CASE("a long poll ends empty-handed at its time", "[http][api][changes]") {
  ApiNode node;
  node.make_production();
  Answer none = node.get("/api/changes?wait=1&since=" + cursor_of(node));
  REQUIRE(none.count("/changes") == 0);
  REQUIRE(none["/cursor"] == cursor_of(node));
  REQUIRE(node.get("/api/changes").count("/changes") == 0);  // from now on
  REQUIRE(node.get("/api/changes")["/cursor"] == cursor_of(node));
}

TEST_CASE("production_id narrows, and the cursor moves on all the same", "[http][api][changes]") {
  ApiNode node;
  std::string first = cursor_of(node);
  std::string gala = node.make_production(1), expo = node.make_production(2),
              fair = node.make_production(3);
  FeedClient feed(node, "?production_id=" + gala + "&production_id=" + fair);
  feed.cursor();
  node.make_source(expo, 11);
  node.make_source(gala, 12);
  node.make_source(fair, 13);
  REQUIRE(feed.next().at("/changes/0/id") == id_of(12));
  REQUIRE(feed.next().at("/changes/0/id") == id_of(13));
  Answer narrowed = node.get("/api/changes?production_id=" + expo + "&since=" + first);
  REQUIRE(narrowed.count("/changes") == 2);
  REQUIRE(narrowed["/cursor"] == cursor_of(node));
  Answer none = node.get("/api/changes?production_id=" + id_of(9) + "&since=" + first);
  REQUIRE(none.count("/changes") == 0);
  REQUIRE(none["/cursor"] == cursor_of(node));
}

TEST_CASE("a cursor of another node, or from ahead, is told to begin anew",
          "[http][api][changes]") {
  ApiNode node, other({.number = 2});
  node.make_production();
  other.make_production();
  const std::string ahead = cursor_of(node).substr(0, 9) + "99";
  for (const std::string& cursor : {cursor_of(other), ahead}) {
    INFO(cursor);
    FeedClient feed(node, "?since=" + cursor);
    FeedEvent reset = feed.next("reset");
    REQUIRE(reset.at("/cursor") == cursor_of(node));
    REQUIRE(reset.id == cursor_of(node));
    Answer polled = node.get("/api/changes?wait=20&since=" + cursor);
    REQUIRE(polled["/reset"] == "true");
    REQUIRE(polled["/cursor"] == cursor_of(node));
    REQUIRE(polled.count("/changes") == 0);
  }
  FeedClient feed(node, "", "Last-Event-ID: nonsense\r\n");
  feed.next("reset");
}

TEST_CASE("a cursor from before what is remembered is told to begin anew", "[http][api][changes]") {
  ApiNode node({.notes = {.events = 4}});
  std::string production = node.make_production();
  node.make_source(production, 11);
  const std::string path = at("productions", production);
  const std::string old = node.get(path).header("Sync-Cursor");
  for (int i = 0; i < 4; ++i) {
    REQUIRE(node.del(path).status == 200);
    REQUIRE(node.post(path + "/restore").status == 200);
  }
  const std::string now = node.get(path).header("Sync-Cursor");
  Answer poll = node.get("/api/changes?since=" + old);
  REQUIRE(poll["/reset"] == "true");
  REQUIRE(poll["/cursor"] == now);
  REQUIRE(poll.count("/changes") == 0);
  FeedClient feed(node, "?since=" + old);
  FeedEvent reset = feed.next("reset");
  REQUIRE(reset.at("/cursor") == now);
  REQUIRE(node.put(path, R"({"room":"1"})").status == 200);
  REQUIRE(feed.next("change").at("/changes/0/row/room") == "1");
  // From the new one on all is as before.
  REQUIRE(node.get("/api/changes?since=" + now)["/reset"] == "false");
}

TEST_CASE("questions for changes that make no sense are 400", "[http][api][changes][bad]") {
  ApiNode node;
  for (const char* query :
       {"?since=x", "?since=5f2c81d0.", "?since=5f2c81d0.1x", "?wait=31", "?wait=-1", "?limit=0",
        "?limit=1001", "?limit=", "?production_id=1", "?limit=1&limit=2", "?order=at"}) {
    INFO(query);
    REQUIRE(node.get(std::string("/api/changes") + query).problem() == "400 bad-request");
  }
  HeaderList feed = {{"Accept", "text/event-stream"}};
  REQUIRE(node.get("/api/changes?wait=5", feed).problem() == "400 bad-request");
  REQUIRE(node.post("/api/changes", "{}").problem() == "405 method-not-allowed");
}

TEST_CASE("after a restart a feed goes on where it was", "[http][api][changes]") {
  auto disk = std::make_shared<MemoryStore>();
  std::string production, seen;
  {
    ApiNode node({.store = disk});
    production = node.make_production();
    node.make_source(production, 11);
    FeedClient feed(node, "?since=" + cursor_of(node).substr(0, 9) + "0");
    seen = feed.next().id;  // and the second one is missed
    REQUIRE(node.del(at("productions", production)).status == 200);
  }
  ApiNode node({.store = disk});
  FeedClient feed(node, "", "Last-Event-ID: " + seen + "\r\n");
  REQUIRE(feed.next().at("/changes/0/id") == id_of(11));
  FeedEvent hidden = feed.next();  // what the fold changed along is known still
  REQUIRE(hidden.count("/changes") == 2);
  REQUIRE(hidden.at("/changes/1/id") == id_of(11));
}

TEST_CASE("nothing is skipped while several write and a sync runs", "[http][api][changes]") {
  ApiNode cloud({.role = Role::cloud, .number = 2}), venue;
  std::string production = cloud.make_production();
  cloud.ship_to(venue, production);
  std::string begin = cursor_of(venue);
  constexpr int writers = 3, edits = 25;
  std::atomic<bool> done{false};
  std::set<std::string> heard;
  // Cut and resumed again and again, with a new connection each time.
  std::thread reader([&] {
    std::string cursor = begin;
    std::size_t wanted = writers * edits * 2;
    while (heard.size() < wanted) {
      FeedClient feed(venue, "?since=" + cursor);
      for (int i = 0; i < 7 && heard.size() < wanted; ++i) {
        FeedEvent event = feed.next();
        heard.insert(event.at("/event"));
        cursor = event.id;
      }
    }
  });
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      for (int i = 0; i < edits; ++i) {
        std::string body = R"({"type":"camera","name":"CAM"})";
        ApiNode::ask_once(venue.port(), "POST /api/productions/" + production +
                                            "/sources HTTP/1.1\r\nHost: n\r\nContent-Type: "
                                            "application/json\r\nGenlock-User: w" +
                                            std::to_string(w) + "\r\nContent-Length: " +
                                            std::to_string(body.size()) + "\r\n\r\n" + body);
      }
    });
  for (int i = 0; i < writers * edits; ++i) {
    cloud.make_source(production, 1000 + i);
    if (i % 10 == 9 || i + 1 == writers * edits) cloud.ship_to(venue, production);
  }
  for (std::thread& thread : threads) thread.join();
  reader.join();
  const std::vector<std::string> log = polled(venue, begin);
  REQUIRE(log.size() == heard.size());
  REQUIRE(std::set<std::string>(log.begin(), log.end()) == heard);
  REQUIRE(venue.bugs().empty());
}

TEST_CASE("a reader who stands still is cut, and resumes by its cursor", "[http][api][changes]") {
  // Long enough for the second reader, who takes its time over half a megabyte with sanitizers.
  ApiNode node(
      {.limits = [](Limits& limits) { limits.write_ms = std::chrono::milliseconds(2'000); }});
  std::string production = node.make_production();
  std::string begin = cursor_of(node);
  const std::string note(9'000, 'n');
  for (int n = 0; n < 60; ++n) node.make_source(production, 100 + n, R"(,"note":")" + note + '"');
  std::string cursor;
  {
    FeedClient slow(node, "?since=" + begin, "", 4096);
    cursor = slow.next().id;
    // Each of these is a message of half a megabyte; some are more than the sockets hold.
    for (int i = 0; i < 40 && node.counters().dropped_feeds == 0; ++i) {
      REQUIRE(node.del(at("productions", production)).status == 200);
      REQUIRE(node.post(at("productions", production) + "/restore").status == 200);
    }
    REQUIRE(soon([&] { return node.counters().dropped_feeds == 1; }, std::chrono::seconds(20)));
  }
  REQUIRE(node.counters().feeds == 0);
  std::vector<std::string> rest = polled(node, cursor);
  FeedClient again(node, "", "Last-Event-ID: " + cursor + "\r\n");
  for (const std::string& event : rest) REQUIRE(again.next().at("/event") == event);
}

TEST_CASE("a message larger than what may be unread arrives whole", "[http][api][changes]") {
  ApiNode node;
  std::string production = node.make_production();
  std::string begin = cursor_of(node);
  const std::string note(9'900, 'n');
  for (int n = 0; n < 150; ++n) node.make_source(production, 100 + n, R"(,"note":")" + note + '"');
  REQUIRE(node.del(at("productions", production)).status == 200);
  FeedClient feed(node, "?since=" + begin);
  feed.take(150);
  FeedEvent all = feed.next();
  REQUIRE(all.data.size() > 1'400'000);
  REQUIRE(all.count("/changes") == 151);
  REQUIRE(node.counters().dropped_feeds == 0);
}

TEST_CASE("feeds are counted, and a place is free again when one ends", "[http][api][changes]") {
  LiveLimits limits;
  limits.feed_count = 2;
  ApiNode node({.live = limits});
  {
    FeedClient first(node), second(node);
    FeedClient third(node);
    REQUIRE(third.head.status == 503);
    REQUIRE(third.head.header("Retry-After") == "2");
    REQUIRE(node.get("/api/changes?wait=20").problem() == "503 feed-full");
    REQUIRE(node.get("/api/changes").status == 200);  // without waiting
  }
  REQUIRE(soon([&] { return FeedClient(node).head.status == 200; }));
}

TEST_CASE("an address that opens feed after feed is slowed down", "[http][api][changes]") {
  LiveLimits limits;
  limits.feeds_at_once = 3;
  limits.feeds_per_second = 0.5;
  ApiNode node({.live = limits});
  for (int i = 0; i < 3; ++i) REQUIRE(FeedClient(node).head.status == 200);
  FeedClient refused(node);
  REQUIRE(refused.head.status == 429);
  REQUIRE(refused.head.header("Retry-After") == "2");
  REQUIRE(node.get("/api/changes").status == 200);
}

TEST_CASE("the sync status comes when it changes, once a while", "[http][api][changes]") {
  LiveLimits limits;
  limits.status_every = std::chrono::milliseconds(50);
  ApiNode node({.with_sync = true, .live = limits});
  FeedClient feed(node);
  REQUIRE(feed.next("status").at("/state") == "idle");
  std::string production = node.make_production();
  REQUIRE(feed.next("status").at("/streams/0/id") == production);
  FeedClient silent(node, "", "", 0);
  silent.next("status");
  REQUIRE(silent.raw().read_rest(std::chrono::milliseconds(200)).empty());  // nothing is new
}

TEST_CASE("a feed says something every 15 s", "[http][api][changes]") {
  ApiNode node(
      {.limits = [](Limits& limits) { limits.heartbeat_ms = std::chrono::milliseconds(30); }});
  FeedClient feed(node);
  feed.next("status");
  REQUIRE(feed.raw().read_chunk() == ":\n\n");
  REQUIRE(Limits{}.heartbeat_ms == std::chrono::seconds(15));
}

}  // namespace
}  // namespace genlock::http
