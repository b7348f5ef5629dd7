// The HTTP server of a node: cpp-httplib, behind a guard that reads, bounds and checks every
// request before the library or a handler sees anything of it.
//
//   one hub thread      owns all sockets: accepts, collects heads and bodies, parks, writes;
//                       it never waits for a client
//   worker_count more   run handlers and the library's request processing;
//                       they never touch a socket
//
// So a slow, silent or hostile client costs memory within Limits, never a thread.
#pragma once

#include "engine/result.h"
#include "http/server/counters.h"
#include "http/server/limits.h"
#include "http/server/router.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace genlock::http {

// One answer, for logs and metrics.
struct AnswerReport {
  std::string_view method = {};
  std::string_view path = {};   // without the query: filters hold what is in rows
  std::string_view route = {};  // the name of the route, "" where none matched
  std::string_view request_id = {};
  int status = 0;
  std::string_view problem = {};  // "validation"; "" where the answer is none
  // From the whole request to its answer; of a long poll with the wait, of a feed to its head.
  std::chrono::nanoseconds took{};
  bool by_guard = false;  // no handler saw it
};

struct Settings {
  Limits limits;
  // Makes the Request-Id of a request that brought none: 1..64 of [A-Za-z0-9_-], from any thread.
  // Empty: r1, r2, ..
  std::function<std::string()> new_request_id;
  // Told about an exception that left a handler (the client only hears 500 "internal"); `request`
  // is "GET /api/..". From any thread.
  std::function<void(std::string_view request, std::string_view request_id, std::string_view what)>
      report_bug;
  // Told about each answer, on a worker and after the answer was handed over, so that no client
  // waits for it; with `by_guard` on the hub's thread, where it must not wait itself.
  std::function<void(const AnswerReport& report)> on_answer;
};

class GuardedServer {
 public:
  // `router` outlives the server and may still be filled until start().
  GuardedServer(const Router& router, Settings settings);
  ~GuardedServer();  // stops; waits for handlers that still run
  GuardedServer(const GuardedServer&) = delete;
  GuardedServer& operator=(const GuardedServer&) = delete;

  // Returns the port, which for 0 is a free one. `host` is an address (IPv4, IPv6) or a name;
  // "localhost" is bound on both loopbacks. No SO_REUSEPORT: a second node on the same port is an
  // error, not half of the requests.
  // ERRORS: invalid_argument (no such host, bound before), unavailable (port in use, not allowed).
  Result<std::uint16_t> bind(const std::string& host, std::uint16_t port);
  // Serves from now on. ERRORS: invalid_argument (not bound, started before, or stopped).
  Result<void> start();
  // Takes nothing new, closes idle connections, gives parked requests their last word, waits for
  // handlers and for answers on their way, then closes everything. True if all was finished by the
  // deadline. Any thread except a handler's; again is fine.
  bool stop(std::chrono::milliseconds deadline);

  // Requests parked on `topic` look again. Any thread; costs a short lock, and a system call if
  // none was pending.
  void wake(std::string_view topic);

  const Counters& counters() const;
  const Limits& limits() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genlock::http
