// Resolving many conflicts with one request: each by itself (docs/api.md, section 9).
#include "api_node.h"
#include "projections/json_text.h"

#include <utility>

namespace genlock::http {
namespace {

constexpr const char* path = "/api/sync/conflicts/resolve";
const HeaderList key{{"Idempotency-Key", "018f6b1e-0000-7000-8000-0000000000cc"}};

std::string items_body(const std::vector<std::pair<std::string, std::string>>& items,
                       std::string_view resolution = "cloud_wins") {
  std::string body = R"({"items":[)";
  for (const auto& [id, etag] : items) {
    if (body.back() == '}') body += ',';
    body += R"({"id":")" + id + R"(","etag":)" + json_string_of(etag) + "}";
  }
  return body + R"(],"resolution":")" + std::string(resolution) + "\"}";
}

// Sources that were set to 3840 and, unseen, to 2560.
struct Inbox {
  explicit Inbox(int count) {
    for (int n = 11; n < 11 + count; ++n) open(n);
  }
  void open(int n) {
    std::string source =
        at("sources", node.make_source(production, n, R"(,"h_res":1920,"v_res":1080)"));
    std::string seen = node.get(source).etag();
    node.put(source, R"({"h_res":3840})");
    Answer kept = node.put(source, R"({"h_res":2560})",
                           {{"Base-Version", seen}, {"Prefer", "conflict=record"}});
    INFO(kept.body);
    REQUIRE(kept.status == 202);
    Answer conflict = node.get(kept.header("Location"));
    items.emplace_back(conflict.id(), conflict.etag());
  }
  std::size_t pending() {
    return node.get("/api/sync/conflicts?resolution=eq.pending&limit=1000").count();
  }

  ApiNode node;
  std::string production = node.make_production();
  std::vector<std::pair<std::string, std::string>> items;
};

// A truck that locked a show, and a cloud that went on writing without knowing of it.
struct HeldOff {
  ApiNode truck, cloud{{.role = Role::cloud, .number = 2}};
  std::string production = truck.make_production();
  std::vector<std::string> sources;
  std::string lock;

  HeldOff() {
    for (int n : {11, 12, 13}) sources.push_back(at("sources", truck.make_source(production, n)));
    truck.ship_to(cloud, production);
    truck.post(at("productions", production) + "/lock", R"({"reason":"show day"})");
    lock = truck.get(at("productions", production) + "/history?op=eq.lock")["/0/event"];
    for (const std::string& source : sources) cloud.put(source, R"({"h_res":3840,"v_res":2160})");
    cloud.ship_to(truck, production);
  }
  std::string body(std::string_view resolution) const {
    return R"({"lock":")" + lock + R"(","resolution":")" + std::string(resolution) + "\"}";
  }
};

TEST_CASE("many conflicts are resolved with one request, each as an event", "[http][api]") {
  Inbox inbox(3);
  Answer done = inbox.node.post(path, items_body(inbox.items), {{"Genlock-User", "Cleo"}});
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(done.count("/results") == 3);
  for (int n : {0, 1, 2}) {
    std::string at = "/results/" + std::to_string(n);
    REQUIRE(done[at + "/id"] == inbox.items[static_cast<std::size_t>(n)].first);
    REQUIRE(done[at + "/status"] == "200");
    REQUIRE(done[at + "/problem"] == "null");
  }
  REQUIRE(inbox.pending() == 0);
  REQUIRE(inbox.node.get("/api/sync/conflicts?resolution=eq.cloud_wins").count() == 3);
  REQUIRE(
      inbox.node.get(at("productions", inbox.production) + "/history?op=eq.resolve&user=eq.Cleo")
          .count() == 3);
}

TEST_CASE("a stale etag stops its item only, and shows the sides there are", "[http][api]") {
  Inbox inbox(3);
  std::string seen = inbox.items[1].second;
  inbox.items[1].second = "\"0123456789abcdef\"";
  inbox.items.emplace_back(id_of(99), "\"0123456789abcdef\"");
  Answer done = inbox.node.post(path, items_body(inbox.items));
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(done["/results/0/status"] == "200");
  REQUIRE(done["/results/1/status"] == "412");
  REQUIRE(done["/results/1/problem/type"] == "/problems/precondition-failed");
  REQUIRE(done["/results/1/problem/instance"] == "/api/sync/conflicts/" + inbox.items[1].first);
  REQUIRE(done["/results/1/problem/current/_meta/etag"] == seen);
  REQUIRE(done["/results/2/status"] == "200");
  REQUIRE(done["/results/3/problem/type"] == "/problems/not-found");
  REQUIRE(inbox.pending() == 1);
  Answer again = inbox.node.post(path, items_body({inbox.items[0]}));
  REQUIRE(again["/results/0/status"] == "409");
  REQUIRE(again["/results/0/problem/type"] == "/problems/already-resolved");
  REQUIRE(again["/results/0/problem/conflict/resolution"] == "cloud_wins");
}

TEST_CASE("more conflicts than one job of the writer takes", "[http][api]") {
  Inbox inbox(120);
  Answer done = inbox.node.post(path, items_body(inbox.items, "local_wins"));
  REQUIRE(done.count("/results") == 120);
  REQUIRE(done["/results/119/status"] == "200");
  REQUIRE(inbox.pending() == 0);
  REQUIRE(inbox.node.bugs().empty());
}

TEST_CASE("all that a lock held off is accepted at once", "[http][api]") {
  HeldOff show;
  Answer inbox = show.truck.get("/api/sync/conflicts?kind=eq.lock&resolution=eq.pending");
  INFO(inbox.body);
  REQUIRE(inbox.count() == 3);
  REQUIRE(show.truck.get(show.sources[0])["/h_res"] != "3840");
  Answer done = show.truck.post(path, show.body("cloud_wins"), key);
  INFO(done.body);
  REQUIRE(done.count("/results") == 3);
  REQUIRE(done["/results/2/status"] == "200");
  for (const std::string& source : show.sources)
    REQUIRE(show.truck.get(source)["/h_res"] == "3840");
  REQUIRE(show.truck.get("/api/sync/conflicts?resolution=eq.pending").count() == 0);

  auto before = show.truck.dump();
  Answer again = show.truck.post(path, show.body("cloud_wins"), key);
  REQUIRE(again.count("/results") == 3);
  REQUIRE(again.header("Idempotency-Replayed") == "true");
  REQUIRE(show.truck.dump() == before);
  REQUIRE(show.truck.post(path, show.body("local_wins"), key).problem() ==
          "422 idempotency-mismatch");
  REQUIRE(show.truck.post(path, show.body("cloud_wins")).body == R"({"results":[]})");
}

TEST_CASE("under another node's lock items are 423, in their problem", "[http][api]") {
  HeldOff show;
  show.truck.ship_to(show.cloud, show.production);
  auto before = show.cloud.dump();
  Answer refused = show.cloud.post(path, show.body("cloud_wins"));
  INFO(refused.body);
  REQUIRE(refused.status == 200);
  REQUIRE(refused.count("/results") == 3);
  REQUIRE(refused["/results/0/status"] == "423");
  REQUIRE(refused["/results/0/problem/type"] == "/problems/production-locked");
  REQUIRE(refused["/results/0/problem/lock/reason"] == "show day");
  REQUIRE(show.cloud.dump() == before);
}

TEST_CASE("many resolutions sent again answer the same and write nothing", "[http][api]") {
  Inbox inbox(2);
  std::string seen = std::exchange(inbox.items[1].second, "\"0123456789abcdef\"");
  Answer first = inbox.node.post(path, items_body(inbox.items), key);
  REQUIRE(first["/results/0/status"] == "200");
  REQUIRE(first["/results/1/status"] == "412");
  auto before = inbox.node.dump();
  Answer again = inbox.node.post(path, items_body(inbox.items), key);
  REQUIRE(again["/results/0/status"] == "200");
  REQUIRE(again["/results/1/status"] == "412");
  REQUIRE(again.header("Idempotency-Replayed").empty());  // one is tried anew each time
  REQUIRE(inbox.node.dump() == before);
  REQUIRE(inbox.node.post(path, items_body({inbox.items[0]}), key).problem() ==
          "422 idempotency-mismatch");
  Answer rest = inbox.node.post(path, items_body({{inbox.items[1].first, seen}}), key);
  REQUIRE(rest["/results/0/status"] == "200");
}

TEST_CASE("what resolves many is checked as a whole", "[http][api]") {
  Inbox inbox(1);
  auto before = inbox.node.dump();
  std::string id = R"("id":")" + inbox.items[0].first + '"';
  std::string item = "{" + id + R"(,"etag":"\"x\""})";
  std::string event = inbox.node.get(at("productions", inbox.production) + "/history")["/0/event"];
  std::string many = item;
  for (int n = 0; n < 500; ++n) many += "," + item;
  const std::pair<std::string, const char*> cases[] = {
      {"[]", ""},
      {"{}", "/items"},
      {R"({"resolution":"cloud_wins"})", "/items"},
      {R"({"items":[],"resolution":"cloud_wins"})", "/items"},
      {R"({"items":7,"resolution":"cloud_wins"})", "/items"},
      {R"({"items":[)" + many + R"(],"resolution":"cloud_wins"})", "/items"},
      {R"({"items":[7],"resolution":"cloud_wins"})", "/items/0"},
      {R"({"items":[{"etag":"x"}],"resolution":"cloud_wins"})", "/items/0/id"},
      {R"({"items":[{"id":"A","etag":"x"}],"resolution":"cloud_wins"})", "/items/0/id"},
      {R"({"items":[{)" + id + R"(}],"resolution":"cloud_wins"})", "/items/0/etag"},
      {R"({"items":[{)" + id + R"(,"etag":7}],"resolution":"cloud_wins"})", "/items/0/etag"},
      {R"({"items":[{)" + id + R"(,"etag":"x","a/b":1}],"resolution":"cloud_wins"})",
       "/items/0/a~1b"},
      {R"({"items":[)" + item + "," + item + R"(],"resolution":"cloud_wins"})", "/items/1/id"},
      {R"({"items":[)" + item + "]}", "/resolution"},
      {R"({"items":[)" + item + R"(],"resolution":"manual"})", "/resolution"},
      {R"({"items":[)" + item + R"(],"resolution":7})", "/resolution"},
      {R"({"items":[)" + item + R"(],"resolution":"cloud_wins","pick":"a"})", "/pick"},
      {R"({"items":[)" + item + R"(],"resolution":"cloud_wins","comment":7})", "/comment"},
      {R"({"items":[)" + item + R"(],"resolution":"cloud_wins","lock":")" + event + "\"}", "/lock"},
      {R"({"lock":"x","resolution":"cloud_wins"})", "/lock"},
      {R"({"lock":7,"resolution":"cloud_wins"})", "/lock"},
      {R"({"lock":")" + event + R"(","resolution":"cloud_wins"})", "/lock"},
      {R"({"lock":")" + event + R"(9","resolution":"cloud_wins"})", "/lock"},
  };
  for (const auto& [body, pointer] : cases) {
    INFO(body.substr(0, 200));
    Answer bad = inbox.node.post(path, body);
    INFO(bad.body);
    REQUIRE(bad.problem() == "422 validation");
    REQUIRE(bad["/errors/0/pointer"] == pointer);
  }
  REQUIRE(inbox.node.post(path, "{").problem() == "400 bad-request");
  Answer header = inbox.node.post(path, items_body(inbox.items), {{"If-Match", "\"x\""}});
  REQUIRE(header.problem() == "400 bad-request");
  REQUIRE(header["/errors/0/parameter"] == "If-Match");
  REQUIRE(inbox.node.get(path).problem() == "405 method-not-allowed");
  REQUIRE(inbox.node.dump() == before);
  REQUIRE(inbox.node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
