// Attacks and accidents, through a real socket: what a client may send, and that others do not
// notice.
#include "catch.h"
#include "test_server.h"

namespace genlock::http {
namespace {

std::string post(const std::string& target, const std::string& body,
                 const std::string& fields = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: n\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Sends `bytes` on a connection of its own; the answer must be a problem, and the end of the
// connection.
RawAnswer refused(const TestServer& node, const std::string& bytes) {
  RawClient client = node.client();
  const RawAnswer answer = client.ask(bytes);
  REQUIRE(answer.header("Content-Type") == "application/problem+json");
  REQUIRE(answer.header("Connection") == "close");
  REQUIRE_FALSE(answer.header("Request-Id").empty());
  REQUIRE(client.closed_within(20s));
  return answer;
}

int refused_status(const TestServer& node, const std::string& bytes) {
  return refused(node, bytes).status;
}

TEST_CASE("CVE-2025-46728, -53629: a body without a length is not read", "[http][guard]") {
  TestServer node;
  REQUIRE(refused_status(node,
                         "POST /echo HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n") == 411);
  REQUIRE(refused_status(
              node, "POST /echo HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n") ==
          411);
  RawClient client = node.client();
  REQUIRE(client.ask("POST /echo HTTP/1.1\r\nHost: n\r\n\r\n").body.empty());
  client.send("GET /ok HTTP/1.1\r\nHost: n\r\n\r\n");  // may be meant as the body
  REQUIRE(client.closed_within(20s));
}

TEST_CASE("CVE-2025-53628: an endless request line is cut off", "[http][guard]") {
  TestServer node;
  RawClient client = node.client();
  const std::string piece(64 * 1024, 'a');
  bool open = client.send("GET /");
  for (int i = 0; i < 1000 && open; ++i) open = client.send(piece);
  REQUIRE_FALSE(open);
  REQUIRE(node.client().get("/ok").body == "ok");
  REQUIRE(refused_status(node, "GET /" + std::string(17 * 1024, 'a')) == 431);
  REQUIRE(refused_status(node, "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: n\r\n\r\n") ==
          414);
}

TEST_CASE("CVE-2025-52887: headers are counted", "[http][guard]") {
  TestServer node;
  std::string fields;
  for (int i = 0; i < 2000; ++i) fields += "A:\r\n";
  REQUIRE(refused_status(node, "GET /ok HTTP/1.1\r\nHost: n\r\n" + fields + "\r\n") == 431);
}

TEST_CASE("CVE-2025-66570: a header can't change the address of the client", "[http][guard]") {
  TestServer node;
  REQUIRE(node.client()
              .ask("GET /ip HTTP/1.1\r\nHost: n\r\nREMOTE_ADDR: 10.9.8.7\r\nX-Forwarded-For: "
                   "10.9.8.7\r\n\r\n")
              .body == "127.0.0.1");
}

TEST_CASE("CVE-2026-45372: header values are not percent-decoded", "[http][guard]") {
  TestServer node;
  REQUIRE(node.client()
              .ask("GET /header HTTP/1.1\r\nHost: n\r\nX-Test: a%0d%0aEvil: 1%25\r\n\r\n")
              .body == "a%0d%0aEvil: 1%25");
}

TEST_CASE("CVE-2026-22776, -28435: compressed bodies are not unpacked", "[http][guard]") {
  TestServer node;
  REQUIRE(refused_status(node, post("/echo", "\x1f\x8b", "Content-Encoding: gzip\r\n")) == 415);
  REQUIRE(refused_status(node, post("/echo", "x", "Content-Encoding: br\r\n")) == 415);
}

TEST_CASE("smuggling: an unread body never becomes a request", "[http][guard]") {
  TestServer node;
  const std::string inner = "POST /execute HTTP/1.1\r\nHost: n\r\nContent-Length: 0\r\n\r\n";
  RawClient client = node.client();
  REQUIRE(client.ask(post("/denied", inner)).status == 401);
  REQUIRE(client.ask(post("/nowhere", inner)).status == 404);
  REQUIRE(client.get("/ok").body == "ok");
  REQUIRE(node.executed == 0);
}

TEST_CASE("smuggling: lengths that two readers read differently", "[http][guard]") {
  TestServer node;
  const std::string inner = "POST /execute HTTP/1.1\r\nHost: n\r\nContent-Length: 0\r\n\r\n";
  for (const char* lengths :
       {"Content-Length: 0\r\nContent-Length: 60\r\n", "Content-Length: 5x\r\n",
        "Content-Length: -1\r\n", "Content-Length : 60\r\n",
        "Content-Length: 0\r\n Content-Length: 60\r\n", "Content-Length: 0, 60\r\n"}) {
    INFO(lengths);
    REQUIRE(refused_status(node, "POST /echo HTTP/1.1\r\nHost: n\r\n" + std::string(lengths) +
                                     "\r\n" + inner) == 400);
  }
  REQUIRE(refused_status(node,
                         "POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: "
                         "60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                             inner) == 411);
  REQUIRE(refused_status(
              node, "GET /ok HTTP/1.1\r\nHost: n\r\nContent-Length: 60\r\n\r\n" + inner) == 400);
  REQUIRE(node.executed == 0);
}

TEST_CASE("overlapping ranges are not served", "[http][guard]") {
  TestServer node;
  std::string ranges = "0-0";
  for (int i = 0; i < 1000; ++i) ranges += ",0-1";
  const RawAnswer answer =
      node.client().ask("GET /ok HTTP/1.1\r\nHost: n\r\nRange: bytes=" + ranges + "\r\n\r\n");
  REQUIRE(answer.status == 200);
  REQUIRE(answer.body == "ok");
}

TEST_CASE("CVE-2026-29076: multipart bodies and regular expressions do not exist",
          "[http][guard]") {
  TestServer node;
  const std::string body = "--b\r\nContent-Disposition: form-data; filename*=UTF-8''" +
                           std::string(8000, 'x') + "\r\n\r\n--b--\r\n";
  REQUIRE(node.client()
              .ask(post("/echo", body, "Content-Type: multipart/form-data; boundary=b\r\n"))
              .body == body);
  REQUIRE(node.client().get("/" + std::string(4000, 'a')).status == 404);
}

TEST_CASE("forms above 8 KiB are bodies like others", "[http][guard]") {
  TestServer node;
  const std::string body(20'000, 'f');
  REQUIRE(node.client()
              .ask(post("/echo", body, "Content-Type: application/x-www-form-urlencoded\r\n"))
              .body == body);
}

TEST_CASE("bodies are bounded, by path", "[http][guard]") {
  TestServer node;
  const std::string one_mib(1024 * 1024, 'b');
  REQUIRE(node.client().ask(post("/echo", one_mib)).body == one_mib);
  REQUIRE(refused_status(
              node, "POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 1048577\r\n\r\n") == 413);
  REQUIRE(node.client().ask(post("/sync/v1/chunk", one_mib + one_mib)).body == "2097152");
  REQUIRE(refused_status(
              node, "POST /sync/v1/chunk HTTP/1.1\r\nHost: n\r\nContent-Length: 4194305\r\n\r\n") ==
          413);
}

TEST_CASE("a refusal is read although its body was sent", "[http][guard]") {
  TestServer node;
  REQUIRE(refused_status(node, post("/echo", std::string(3 * 1024 * 1024, 'b'))) == 413);
}

TEST_CASE("an unknown path or a wrong method goes before a bad body", "[http][guard]") {
  TestServer node;
  REQUIRE(refused_status(
              node, "POST /nowhere HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          404);
  const RawAnswer wrong_method =
      refused(node, "PUT /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 9999999\r\n\r\n");
  REQUIRE(wrong_method.status == 405);
  REQUIRE(wrong_method.header("Allow") == "POST, OPTIONS");
}

TEST_CASE("unknown methods and versions", "[http][guard]") {
  TestServer node;
  const RawAnswer brew = refused(node, "BREW /ok HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(brew.status == 405);
  REQUIRE(brew.header("Allow") == "GET, HEAD, OPTIONS");
  REQUIRE(refused_status(node, "GET /ok HTTP/3.0\r\nHost: n\r\n\r\n") == 505);
  REQUIRE(refused_status(node, "\x16\x03\x01\x02") == 400);
  REQUIRE(refused_status(node, "GET /ok HTTP/1.1\nHost: n\n\n") == 400);
}

TEST_CASE("problems name the path and the request", "[http][guard]") {
  TestServer node;
  const RawAnswer answer = refused(node,
                                   "POST /echo?x=1 HTTP/1.1\r\nHost: n\r\nRequest-Id: "
                                   "abc-1\r\nTransfer-Encoding: chunked\r\n\r\n");
  REQUIRE(answer.header("Request-Id") == "abc-1");
  REQUIRE(
      answer.body ==
      R"({"type":"/problems/length-required","title":"A body needs a Content-Length","status":411,)"
      R"("detail":"send the whole body with a Content-Length, not with Transfer-Encoding",)"
      R"("instance":"/echo","request_id":"abc-1"})");
}

TEST_CASE("a request id that is none is replaced", "[http][guard]") {
  TestServer node;
  const auto id_for = [&](const std::string& given) {
    return node.client()
        .ask("GET /ok HTTP/1.1\r\nHost: n\r\nRequest-Id: " + given + "\r\n\r\n")
        .header("Request-Id");
  };
  REQUIRE(id_for("ok_1-A") == "ok_1-A");
  REQUIRE(id_for(std::string(64, 'x')) == std::string(64, 'x'));
  REQUIRE(id_for(std::string(65, 'x')) != std::string(65, 'x'));
  REQUIRE(id_for("a b") != "a b");
  REQUIRE(id_for("\"<script>") != "\"<script>");
}

TEST_CASE("slowloris: dripping heads starve nobody and end", "[http][guard]") {
  TestServer node([](Limits& limits) {
    limits.worker_count = 2;
    limits.head_ms = 800ms;
    limits.linger_ms = 10s;  // a slow machine still reads every refusal
  });
  std::vector<RawClient> drips;
  for (int i = 0; i < 100; ++i) drips.push_back(node.client());
  const auto begin = std::chrono::steady_clock::now();
  for (const char drop : std::string("GET /ok HTTP/1.1")) {
    for (RawClient& drip : drips) drip.send(std::string(1, drop));
    const auto asked = std::chrono::steady_clock::now();
    REQUIRE(node.client().get("/ok").body == "ok");
    REQUIRE(std::chrono::steady_clock::now() - asked < 8s);
    std::this_thread::sleep_for(10ms);
  }
  for (RawClient& drip : drips) {
    REQUIRE(drip.read_answer().status == 408);
    REQUIRE(drip.closed_within(20s));
  }
  REQUIRE(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("slow bodies end too, and silent connections are closed", "[http][guard]") {
  TestServer node([](Limits& limits) {
    limits.body_ms = 100ms;
    limits.idle_ms = 500ms;
  });
  REQUIRE(refused_status(node, "POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 10\r\n\r\nabc") ==
          408);
  RawClient silent = node.client();
  RawClient idle = node.client();
  REQUIRE(idle.get("/ok").status == 200);
  REQUIRE(silent.closed_within(20s));
  REQUIRE(idle.closed_within(20s));
}

TEST_CASE("bodies in memory have a bound that small ones do not feel", "[http][guard]") {
  TestServer node([](Limits& limits) { limits.bodies_total_bytes = 512 * 1024; });
  RawClient first = node.client();
  first.send("POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 500000\r\n\r\n" +
             std::string(490'000, 'x'));
  std::this_thread::sleep_for(200ms);  // the node has read it
  RawClient second = node.client();
  second.send("POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 500000\r\n\r\n" +
              std::string(490'000, 'x'));
  const RawAnswer answer = second.read_answer();
  REQUIRE(answer.status == 503);
  REQUIRE(answer.header("Retry-After") == "2");
  REQUIRE(node.client().ask(post("/echo", "small")).body == "small");
  REQUIRE(first.ask(std::string(10'000, 'x')).body.size() == 500'000);
}

TEST_CASE("connections are counted, each address by itself", "[http][guard]") {
  TestServer node([](Limits& limits) { limits.connections_per_ip = 3; });
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(node.client());
    REQUIRE(clients.back().get("/ok").status == 200);
  }
  REQUIRE(node.client().read_answer().status == 503);
  clients.pop_back();
  REQUIRE(soon([&] { return node.server.counters().connections == 2; }));
  REQUIRE(node.client().get("/ok").status == 200);
}

TEST_CASE("an answer nobody reads holds no worker and ends", "[http][guard]") {
  TestServer node(
      [](Limits& limits) {
        limits.worker_count = 1;
        limits.write_ms = 300ms;
      },
      [](TestServer& made) {
        made.router.add("GET", "/big", "big",
                        [](const HttpRequest&) { return text(std::string(32 << 20, 'x')); });
      });
  RawClient reader = node.client(4096);
  reader.send("GET /big HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(node.client().get("/ok").body == "ok");
  REQUIRE(soon([&] { return node.server.counters().connections == 0; }));
}

}  // namespace
}  // namespace genlock::http
