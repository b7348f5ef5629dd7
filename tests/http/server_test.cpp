// What an honest client may rely on, through a real socket.
#include "catch.h"
#include "test_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <future>

namespace genlock::http {
namespace {

TEST_CASE("a connection serves one request after the other", "[http][server]") {
  TestServer node;
  RawClient client = node.client();
  for (int i = 0; i < 100; ++i) REQUIRE(client.get("/ok").body == "ok");
  REQUIRE(node.server.counters().connections == 1);
  REQUIRE(node.server.counters().requests == 100);
}

TEST_CASE("pipelined requests are answered in their order", "[http][server]") {
  TestServer node;
  RawClient client = node.client();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    const std::string body = std::to_string(i);
    requests += "POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body;
  }
  client.send(requests);
  for (int i = 0; i < 50; ++i) REQUIRE(client.read_answer().body == std::to_string(i));
}

TEST_CASE("requests in small pieces are put together", "[http][server]") {
  TestServer node;
  RawClient client = node.client();
  for (const char byte :
       std::string("POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 3\r\n\r\nabc"))
    client.send(std::string(1, byte));
  REQUIRE(client.read_answer().body == "abc");
}

TEST_CASE("the connection ends where the client asks, and for HTTP/1.0", "[http][server]") {
  TestServer node;
  RawClient asked = node.client();
  REQUIRE(
      asked.ask("GET /ok HTTP/1.1\r\nHost: n\r\nConnection: close\r\n\r\n").header("Connection") ==
      "close");
  REQUIRE(asked.closed_within(20s));
  RawClient old = node.client();
  REQUIRE(old.ask("GET /ok HTTP/1.0\r\n\r\n").body == "ok");
  REQUIRE(old.closed_within(20s));
  RawClient half = node.client();
  half.send("GET /ok HTTP/1.1\r\nHost: n\r\n\r\n");
  half.finish_sending();
  REQUIRE(half.read_answer().body == "ok");
  REQUIRE(half.closed_within(20s));
}

TEST_CASE("a connection has a bounded life", "[http][server]") {
  TestServer node([](Limits& limits) { limits.requests_per_connection = 2; });
  RawClient client = node.client();
  REQUIRE(client.get("/ok").header("Connection").empty());
  REQUIRE(client.get("/ok").header("Connection") == "close");
  REQUIRE(client.closed_within(20s));
}

TEST_CASE("HEAD, OPTIONS, 404, 405", "[http][server]") {
  TestServer node;
  RawClient client = node.client();
  client.send("HEAD /ok HTTP/1.1\r\nHost: n\r\n\r\n");
  const RawAnswer head = client.read_answer(true);
  REQUIRE(head.status == 200);
  REQUIRE(head.header("Content-Length") == "2");
  REQUIRE(head.header("Accept-Ranges").empty());
  const RawAnswer options = client.ask("OPTIONS /ok HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(options.status == 204);
  REQUIRE(options.header("Allow") == "GET, HEAD, OPTIONS");
  REQUIRE(options.header("Content-Length").empty());
  REQUIRE(client.get("/nowhere").status == 404);
  client.send("HEAD /nowhere HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(client.read_answer(true).status == 404);
  const RawAnswer wrong =
      client.ask("DELETE /ok HTTP/1.1\r\nHost: n\r\n\r\n");  // no length: closes
  REQUIRE(wrong.status == 405);
  REQUIRE(wrong.header("Allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("100-continue is answered before the body, and not for a body that is refused",
          "[http][server]") {
  TestServer node;
  RawClient client = node.client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(client.read_head().status == 100);
  REQUIRE(client.ask("hi").body == "hi");
  REQUIRE(client
              .ask("POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 9999999\r\nExpect: "
                   "100-continue\r\n\r\n")
              .status == 413);
  REQUIRE(
      node.client()
          .ask("POST /echo HTTP/1.1\r\nHost: n\r\nContent-Length: 2\r\nExpect: miracles\r\n\r\n")
          .status == 417);
}

TEST_CASE("exceptions of handlers are 500 and stay inside", "[http][server]") {
  TestServer node([](Limits&) {},
                  [](TestServer& made) {
                    made.router.add("GET", "/throw", "throw",
                                    [](const HttpRequest&) -> HttpResponse {
                                      throw std::runtime_error("secret /var/lib");
                                    });
                    made.router.add("GET", "/throw-int", "throw-int",
                                    [](const HttpRequest&) -> HttpResponse { throw 7; });
                    made.router.add("GET", "/inject", "inject", [](const HttpRequest&) {
                      HttpResponse response = text("x");
                      response.headers.emplace_back("Location", "/a\r\nEvil: 1");
                      return response;
                    });
                  });
  RawClient client = node.client();
  for (const char* target : {"/throw", "/throw-int", "/inject"}) {
    const RawAnswer answer = client.get(target);
    REQUIRE(answer.status == 500);
    REQUIRE(answer.body.find("/problems/internal") != std::string::npos);
    REQUIRE(answer.body.find("secret") == std::string::npos);
    REQUIRE(answer.header("Evil").empty());
    REQUIRE(answer.header("EXCEPTION_WHAT").empty());
  }
  REQUIRE(node.bugs() == std::vector<std::string>{"GET /throw: secret /var/lib",
                                                  "GET /throw-int: not a std::exception",
                                                  "GET /inject: bad header Location"});
  REQUIRE(node.server.counters().bugs == 3);
}

TEST_CASE("long headers and answers arrive whole", "[http][server]") {
  TestServer node([](Limits&) {},
                  [](TestServer& made) {
                    made.router.add("GET", "/long", "long", [](const HttpRequest&) {
                      HttpResponse response = text(std::string(5 << 20, 'x'), 207);
                      response.headers.emplace_back("Link", std::string(6000, 'l'));
                      response.headers.emplace_back("Link", "second");
                      return response;
                    });
                  });
  const RawAnswer answer = node.client().get("/long");
  REQUIRE(answer.status == 207);
  REQUIRE(answer.body.size() == 5u << 20);
  REQUIRE(answer.headers.count("Link") == 2);
  REQUIRE(answer.header("Link").size() == 6000);
}

TEST_CASE("a full queue sheds with 503 and recovers", "[http][server]") {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::atomic<int> begun{0};
  TestServer node(
      [](Limits& limits) {
        limits.worker_count = 1;
        limits.queue_count = 2;
      },
      [&](TestServer& made) {
        made.router.add("GET", "/wait", "wait", [&begun, released](const HttpRequest&) {
          ++begun;
          released.wait_for(10s);
          return text("waited");
        });
      });
  std::vector<RawClient> waiting;
  for (unsigned i = 0; i < 3; ++i) {
    waiting.push_back(node.client());
    waiting.back().send("GET /wait HTTP/1.1\r\nHost: n\r\n\r\n");
    REQUIRE(soon([&] { return node.server.counters().requests == i + 1 && begun == 1; }));
  }
  const RawAnswer shed = node.client().get("/ok");
  REQUIRE(shed.status == 503);
  REQUIRE(shed.header("Retry-After") == "2");
  REQUIRE(shed.body.find("/problems/overloaded") != std::string::npos);
  REQUIRE(shed.body.find("\"instance\":\"/ok\"") != std::string::npos);
  REQUIRE(node.server.counters().shed == 1);
  release.set_value();
  for (RawClient& client : waiting) REQUIRE(client.read_answer().body == "waited");
  REQUIRE(node.client().get("/ok").status == 200);
}

void allow_descriptors(rlim_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(count, limit.rlim_max));
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST_CASE("more connections than FD_SETSIZE are served", "[http][server]") {
  allow_descriptors(2048);
  TestServer node([](Limits& limits) { limits.connections_per_ip = 2000; });
  std::vector<RawClient> clients;
  for (int i = 0; i < 600; ++i)
    clients.push_back(node.client());  // two descriptors each, in this process
  REQUIRE(soon([&] { return node.server.counters().connections == 600; }));
  REQUIRE(clients.front().get("/ok").status == 200);
  REQUIRE(clients.back().get("/ok").status == 200);
}

TEST_CASE("hosts: addresses, localhost, and errors", "[http][server]") {
  Router router;
  router.add("GET", "/ip", "ip",
             [](const HttpRequest& request) { return text(request.remote_ip); });
  SECTION("localhost is reached by IPv4") {
    GuardedServer server(router, {});
    const auto port = server.bind("localhost", 0);
    REQUIRE(port.ok());
    REQUIRE(server.start().ok());
    REQUIRE(RawClient(*port).get("/ip").body == "127.0.0.1");
  }
  SECTION("an IPv6 wildcard serves IPv4 as itself") {
    GuardedServer server(router, {});
    const auto port = server.bind("::", 0);
    if (!port.ok()) return;  // no IPv6 on this machine
    REQUIRE(server.start().ok());
    REQUIRE(RawClient(*port).get("/ip").body == "127.0.0.1");
  }
  SECTION("a port has one server") {
    GuardedServer first(router, {});
    GuardedServer second(router, {});
    const auto port = first.bind("127.0.0.1", 0);
    const auto again = second.bind("127.0.0.1", *port);
    REQUIRE_FALSE(again.ok());
    REQUIRE(again.error().code == ErrorCode::unavailable);
    REQUIRE(again.error().message.find("in use") != std::string::npos);
  }
  SECTION("what can't be bound") {
    GuardedServer server(router, {});
    REQUIRE(server.bind("192.0.2.1", 0).error().code == ErrorCode::invalid_argument);
    REQUIRE(server.bind("no such host", 0).error().code == ErrorCode::invalid_argument);
    REQUIRE_FALSE(server.start().ok());
  }
}

TEST_CASE("stop is quick with idle connections, and finishes what runs", "[http][server]") {
  TestServer node([](Limits&) {},
                  [](TestServer& made) {
                    made.router.add("GET", "/slow", "slow", [](const HttpRequest&) {
                      std::this_thread::sleep_for(150ms);
                      return text("finished");
                    });
                  });
  RawClient idle = node.client();
  REQUIRE(idle.get("/ok").status == 200);
  RawClient half_sent = node.client();
  half_sent.send("GET /ok HT");
  RawClient running = node.client();
  running.send("GET /slow HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(soon([&] { return node.server.counters().requests == 2; }));

  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(node.server.stop(5s));
  REQUIRE(std::chrono::steady_clock::now() - begin < 3s);
  REQUIRE(running.read_answer().body == "finished");
  REQUIRE(idle.closed_within(20s));
  REQUIRE(half_sent.closed_within(20s));
  REQUIRE_THROWS(node.client());
  REQUIRE(node.server.stop(5s));
}

TEST_CASE("stop gives up on a handler that does not end, and says so", "[http][server]") {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  TestServer node([](Limits&) {},
                  [&](TestServer& made) {
                    made.router.add("GET", "/hang", "hang", [released](const HttpRequest&) {
                      released.wait();
                      return text("late");
                    });
                  });
  RawClient client = node.client();
  client.send("GET /hang HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(soon([&] { return node.server.counters().requests == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE_FALSE(node.server.stop(100ms));
  REQUIRE(std::chrono::steady_clock::now() - begin < 3s);
  REQUIRE(client.closed_within(20s));
  release.set_value();
}

TEST_CASE("a server that was never started stops", "[http][server]") {
  Router router;
  GuardedServer server(router, {});
  REQUIRE(server.bind("127.0.0.1", 0).ok());
  REQUIRE(server.stop(1s));
  REQUIRE_FALSE(server.start().ok());
}

}  // namespace
}  // namespace genlock::http
