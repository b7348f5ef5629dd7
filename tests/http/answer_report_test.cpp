// What the server tells of its answers, for logs and metrics.
#include "catch.h"
#include "http/route_class.h"
#include "test_server.h"

#include <map>

namespace genlock::http {
namespace {

struct Told {
  std::string method, path, route, request_id;
  int status = 0;
  std::chrono::nanoseconds took{};
  bool by_guard = false;
  RouteClass kind{};
};

// A server that notes what it tells, by request id.
class TellingServer {
  std::mutex mutex_;  // guards told_; both outlive the server
  std::multimap<std::string, Told> told_;

 public:
  TellingServer() : server(router, settings()) {
    router.add("GET", "/api/rows/{id}", "row", [](const HttpRequest&) { return text("row"); });
    router.add("PUT", "/api/rows/{id}", "put_row",
               [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("a bug"); });
    router.add("GET", "/api/changes", "changes", [](const HttpRequest&) {
      LongPoll poll;
      poll.wait = 50ms;
      poll.next = [](Wake wake) -> std::optional<HttpResponse> {
        if (wake == Wake::event) return std::nullopt;
        return text("nothing new");
      };
      return HttpResponse::later(std::move(poll));
    });
    router.add("GET", "/healthz", "healthz", [](const HttpRequest&) { return text("ok"); });
    port = server.bind("127.0.0.1", 0).value();
    server.start().value();
  }

  Told ask(const std::string& line, const std::string& id, const std::string& more = "") {
    RawClient(port).ask(line + " HTTP/1.1\r\nHost: n\r\nRequest-Id: " + id + "\r\n" + more +
                        "\r\n");
    REQUIRE(soon([&] { return count(id) > 0; }));
    const std::lock_guard lock(mutex_);
    REQUIRE(told_.count(id) == 1);
    return told_.find(id)->second;
  }
  std::size_t count(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return told_.count(id);
  }

  Router router;
  GuardedServer server;
  std::uint16_t port = 0;

 private:
  Settings settings() {
    Settings made;
    made.limits.worker_count = 2;
    made.on_answer = [this](const AnswerReport& report) {
      const std::lock_guard lock(mutex_);
      const std::string id(report.request_id);
      told_.emplace(
          id, Told{std::string(report.method), std::string(report.path), std::string(report.route),
                   id, report.status, report.took, report.by_guard, route_class(report)});
    };
    return made;
  }
};

TEST_CASE("each answer is told once, with its route, status and time", "[http]") {
  TellingServer server;
  const Told row = server.ask("GET /api/rows/7?name=eq.secret", "a");
  REQUIRE(row.method == "GET");
  REQUIRE(row.path == "/api/rows/7");
  REQUIRE(row.route == "row");
  REQUIRE(row.status == 200);
  REQUIRE(row.took > 0ns);
  REQUIRE(!row.by_guard);
  REQUIRE(row.kind == RouteClass::read);
  const Told bug = server.ask("PUT /api/rows/7", "b", "Content-Length: 0\r\n");
  REQUIRE(bug.status == 500);
  REQUIRE(bug.kind == RouteClass::write);
  REQUIRE(server.ask("GET /healthz", "c").kind == RouteClass::health);
  const Told lost = server.ask("GET /api/nothing", "d");
  REQUIRE(lost.status == 404);
  REQUIRE(lost.route.empty());
  REQUIRE(lost.kind == RouteClass::none);
}

TEST_CASE("a long poll is told when it is answered, with its route and its wait", "[http]") {
  TellingServer server;
  const Told poll = server.ask("GET /api/changes", "a");
  REQUIRE(poll.route == "changes");
  REQUIRE(poll.status == 200);
  REQUIRE(poll.took >= 50ms);
  REQUIRE(poll.kind == RouteClass::poll);
}

TEST_CASE("what the guard refuses is told as that", "[http]") {
  TellingServer server;
  const Told refused = server.ask("POST /api/rows/7", "a", "Transfer-Encoding: chunked\r\n");
  REQUIRE(refused.by_guard);
  REQUIRE(refused.status >= 400);
  REQUIRE(refused.kind == RouteClass::none);
}

}  // namespace
}  // namespace genlock::http
