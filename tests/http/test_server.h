// A server on a free port with a few routes, for tests that speak to it through a socket.
#pragma once

#include "http/server/guarded_server.h"
#include "raw_client.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace genlock::http {

using namespace std::chrono_literals;

inline HttpResponse text(std::string body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

// Runs `check` until it holds; false if it does not within `wait`.
template <class Check>
bool soon(Check check, std::chrono::milliseconds wait = 5s) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (std::chrono::steady_clock::now() < until) {
    if (check()) return true;
    std::this_thread::sleep_for(2ms);
  }
  return check();
}

class TestServer {
  mutable std::mutex mutex_;  // guards bugs_; these two outlive the server
  std::vector<std::string> bugs_;

 public:
  // `change` may lower limits; `more_routes` may add to the common ones.
  template <class Change, class Routes>
  TestServer(Change change, Routes more_routes) : server(router, settings(change)) {
    common_routes();
    more_routes(*this);
    port = server.bind("127.0.0.1", 0).value();
    server.start().value();
  }
  template <class Change>
  explicit TestServer(Change change) : TestServer(change, [](TestServer&) {}) {}
  TestServer() : TestServer([](Limits&) {}) {}

  RawClient client(int receive_buffer_bytes = 0) const {
    return RawClient(port, receive_buffer_bytes);
  }
  std::vector<std::string> bugs() const {
    const std::lock_guard lock(mutex_);
    return bugs_;
  }

  Router router;
  std::atomic<int> executed{0};  // times that POST /execute ran
  GuardedServer server;
  std::uint16_t port = 0;

 private:
  template <class Change>
  Settings settings(Change change) {
    Settings made;
    made.limits.worker_count = 4;
    change(made.limits);
    made.report_bug = [this](std::string_view request, std::string_view, std::string_view what) {
      const std::lock_guard lock(mutex_);
      bugs_.push_back(std::string(request) + ": " + std::string(what));
    };
    return made;
  }

  void common_routes() {
    router.add("GET", "/ok", "ok", [](const HttpRequest&) { return text("ok"); });
    router.add("POST", "/echo", "echo",
               [](const HttpRequest& request) { return text(request.body); });
    router.add("POST", "/sync/v1/chunk", "chunk", [](const HttpRequest& request) {
      return text(std::to_string(request.body.size()));
    });
    router.add("POST", "/denied", "denied",
               [](const HttpRequest&) { return text("who are you", 401); });
    router.add("POST", "/execute", "execute", [this](const HttpRequest&) {
      ++executed;
      return text("done");
    });
    router.add("GET", "/header", "header", [](const HttpRequest& request) {
      return text(std::string(request.header("X-Test")));
    });
    router.add("GET", "/ip", "ip",
               [](const HttpRequest& request) { return text(request.remote_ip); });
  }
};

}  // namespace genlock::http
