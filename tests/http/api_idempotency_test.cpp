// Idempotency-Key (docs/api.md, section 3): a request sent again is carried out once.
#include "api_node.h"
#include "http/keys_in_flight.h"

#include <thread>

namespace genlock::http {
namespace {

const HeaderList key{{"Idempotency-Key", "018f6b1e-0000-7000-8000-00000000000a"}};
const HeaderList upper_key{{"Idempotency-Key", "018F6B1E-0000-7000-8000-00000000000A"}};

struct Show {
  ApiNode node;
  std::string production = node.make_production();
  std::string sources = at("productions", production) + "/sources";
};

TEST_CASE("a create sent again answers 201 and the present row, and makes no second one",
          "[http][api]") {
  Show show;
  const char* body = R"({"type":"camera","name":"CAM 1"})";
  Answer first = show.node.post(show.sources, body, key);
  REQUIRE(first.status == 201);
  REQUIRE(first.header("Idempotency-Replayed").empty());
  show.node.put(at("sources", first.id()), R"({"name":"CAM 2"})");
  auto before = show.node.dump();
  for (const HeaderList& headers : {key, upper_key}) {
    Answer again = show.node.post(show.sources, body, headers);
    REQUIRE(again.status == 201);
    REQUIRE(again.header("Idempotency-Replayed") == "true");
    REQUIRE(again.header("Location") == first.header("Location"));
    REQUIRE(again["/name"] == "CAM 2");
  }
  REQUIRE(show.node.dump() == before);
}

TEST_CASE("the same key on two nodes makes one row", "[http][api]") {
  ApiNode here, there({.number = 2});
  const char* body = R"({"client":"A","show_name":"B"})";
  REQUIRE(here.post("/api/productions", body, key).id() ==
          there.post("/api/productions", body, key).id());
}

TEST_CASE("updates, deletes, restores and locks are replayed too", "[http][api]") {
  Show show;
  std::string path = at("sources", show.node.make_source(show.production, 11));
  struct Case {
    const char* method;
    std::string target;
    const char* body;
    const char* key;
  };
  const Case cases[] = {
      {"PUT", path, R"({"outputs":[{"connector":"SDI"}]})", "00000000-0000-4000-8000-000000000001"},
      {"PATCH", path, R"({"name":"x"})", "00000000-0000-4000-8000-000000000002"},
      {"DELETE", path, "", "00000000-0000-4000-8000-000000000003"},
      {"POST", path + "/restore", "", "00000000-0000-4000-8000-000000000004"},
      {"POST", at("productions", show.production) + "/lock", "{}",
       "00000000-0000-4000-8000-000000000005"},
      {"DELETE", at("productions", show.production) + "/lock", "",
       "00000000-0000-4000-8000-000000000006"},
  };
  for (const Case& c : cases) {
    INFO(c.method << ' ' << c.target);
    Answer first = show.node.ask(c.method, c.target, c.body, {{"Idempotency-Key", c.key}});
    INFO(first.body);
    REQUIRE(first.status == 200);
    auto before = show.node.dump();
    Answer again = show.node.ask(c.method, c.target, c.body, {{"Idempotency-Key", c.key}});
    INFO(again.body);
    REQUIRE(again.status == 200);
    REQUIRE(again.header("Idempotency-Replayed") == "true");
    REQUIRE(again.id() == first.id());
    REQUIRE(again.body == first.body);
    REQUIRE(show.node.dump() == before);
  }
}

TEST_CASE("a recorded conflict is replayed as 202", "[http][api]") {
  Show show;
  std::string path = at("sources", show.node.make_source(show.production, 11, R"(,"h_res":1)"));
  std::string seen = show.node.get(path).etag();
  show.node.put(path, R"({"h_res":2})");
  HeaderList headers = key;
  headers.emplace_back("Base-Version", seen);
  headers.emplace_back("Prefer", "conflict=record");
  Answer first = show.node.put(path, R"({"h_res":3})", headers);
  Answer again = show.node.put(path, R"({"h_res":3})", headers);
  REQUIRE(first.status == 202);
  REQUIRE(again.status == 202);
  REQUIRE(again.header("Location") == first.header("Location"));
  REQUIRE(again.header("Idempotency-Replayed") == "true");
}

TEST_CASE("the same key for another request is 422 idempotency-mismatch", "[http][api]") {
  Show show;
  REQUIRE(show.node.post(show.sources, R"({"type":"camera","name":"1"})", key).status == 201);
  auto before = show.node.dump();
  const char* other = R"({"type":"camera","name":"2"})";
  REQUIRE(show.node.post(show.sources, other, key).problem() == "422 idempotency-mismatch");
  REQUIRE(show.node.post(at("productions", show.production) + "/sends", other, key).problem() ==
          "422 idempotency-mismatch");
  REQUIRE(show.node.del(at("productions", show.production), key).problem() ==
          "422 idempotency-mismatch");
  REQUIRE(show.node.dump() == before);
}

TEST_CASE("a refused or empty write leaves no memory of its key", "[http][api]") {
  Show show;
  std::string path = at("sources", show.node.make_source(show.production, 11));
  REQUIRE(show.node.put(path, R"({"h_res":0})", key).status == 422);
  REQUIRE(show.node.put(path, R"({"name":"CAM"})", key).status == 200);  // as it is already
  Answer used = show.node.put(path, R"({"name":"new"})", key);
  REQUIRE(used.status == 200);
  REQUIRE(used.header("Idempotency-Replayed").empty());
}

TEST_CASE("a key that is no UUID is 400, on every kind of write", "[http][api]") {
  Show show;
  std::string path = at("sources", show.node.make_source(show.production, 11));
  const std::pair<const char*, std::string> writes[] = {{"POST", show.sources},
                                                        {"PUT", path},
                                                        {"PATCH", path},
                                                        {"DELETE", path},
                                                        {"POST", "/api/sync/start"},
                                                        {"POST", path + "/restore"}};
  for (const auto& [method, target] : writes) {
    INFO(method << ' ' << target);
    std::string_view body = target.ends_with("restore") || target.ends_with("start") ? "" : "{}";
    Answer bad = show.node.ask(method, target, body, {{"Idempotency-Key", "retry-1"}});
    REQUIRE(bad.problem() == "400 bad-request");
    REQUIRE(bad["/errors/0/parameter"] == "Idempotency-Key");
  }
}

TEST_CASE("a key is held by one request at a time", "[http][api]") {
  KeysInFlight keys;
  Uuid one = *Uuid::parse(id_of(1));
  {
    auto held = keys.claim(one);
    REQUIRE(held);
    REQUIRE_FALSE(keys.claim(one));
    REQUIRE(keys.claim(*Uuid::parse(id_of(2))));
    REQUIRE(keys.claim(Uuid{}));
    REQUIRE(keys.claim(Uuid{}));  // no key at all
  }
  REQUIRE(keys.claim(one));
}

TEST_CASE("many at once with one key: one is carried out", "[http][api]") {
  Show show;
  std::vector<std::thread> clients;
  std::mutex mutex;
  std::vector<Answer> answers;
  std::string body = R"({"type":"a","name":"at once"})";
  std::string request = "POST " + show.sources +
                        " HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\n"
                        "Idempotency-Key: " +
                        key.front().second + "\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&] {
      Answer answer = ApiNode::ask_once(show.node.port(), request);
      const std::lock_guard lock(mutex);
      answers.push_back(std::move(answer));
    });
  for (std::thread& client : clients) client.join();
  for (const Answer& answer : answers) {
    INFO(answer.body);
    bool is_fine = answer.status == 201 ||
                   (answer.problem() == "409 busy" && !answer.header("Retry-After").empty());
    REQUIRE(is_fine);
  }
  REQUIRE(show.node.get(show.sources).count() == 1);
}

}  // namespace
}  // namespace genlock::http
