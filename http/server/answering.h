// Turns requests into the bytes of answers: on workers, with the router and the library; what comes
// out is posted to the hub. Here, and only here, exceptions of handlers end.
#pragma once

#include "http/server/counters.h"
#include "http/server/guarded_server.h"
#include "http/server/library.h"
#include "http/server/mailbox.h"
#include "http/server/request_head.h"
#include "http/server/router.h"
#include "http/server/worker_pool.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace genlock::http {

// What a later answer must still know of its request.
struct Exchange {
  std::string method;
  std::string path;
  std::string request_id;
  bool close = false;
  bool http_1_0 = false;
  std::chrono::steady_clock::time_point began{};  // when the request was complete
};

class Answering {
 public:
  // All references outlive this; none of the callbacks of `settings` may be called after it is
  // gone.
  Answering(const Router& router, const Settings& settings, Counters& counters, WakeBoard& wakes,
            Mailbox& mailbox);

  // Runs the handler. False: the queue is full.
  bool answer(SessionId session, HttpRequest request, Exchange exchange);
  // Lets a parked request look. The outcome has no bytes while it waits on.
  void look(SessionId session, std::shared_ptr<LongPoll> poll, Wake wake, Exchange exchange);
  void look(SessionId session, std::shared_ptr<Feed> feed, Wake wake, Exchange exchange);

  // The guard's own answer to a bad head, with "Connection: close". Where the body is at fault, an
  // unknown path or a wrong method goes first. Hub thread only.
  std::string refusal(const RequestHead& head, const Refusal& refusal);
  // 503 for a request that found the queue full. Hub thread only.
  std::string overloaded(const Exchange& exchange);
  // The client's Request-Id if it is good, else a new one. Any thread.
  std::string request_id(const Headers& headers);

  bool wait_idle(std::chrono::steady_clock::time_point until) { return pool_.wait_idle(until); }

 private:
  // What an answer is told as; status 0: there is none yet.
  struct Told {
    int status = 0;
    std::string problem = {};
  };
  Told run_handler(unsigned worker, HttpRequest& request, const Exchange& exchange,
                   Outcome& outcome);
  HttpResponse handled(HttpRequest& request, const Exchange& exchange, Outcome& outcome);
  HttpResponse guarded(const std::function<HttpResponse()>& produce, const Exchange& exchange);
  Told look_for_answer(unsigned worker, const LongPoll& poll, Wake wake, const Exchange& exchange,
                       Outcome& outcome);
  void look_for_bytes(const Feed& feed, Wake wake, const Exchange& exchange, Outcome& outcome);
  std::string refuse(const std::string& method, const std::string& path,
                     const std::string& request_id, const Refusal& refusal);
  Refusal routed_first(const RequestHead& head, const Refusal& refusal) const;
  void report(const Exchange& exchange, const char* what);
  void tell(const Exchange& exchange, std::string_view route, const Told& told) const;

  const Router& router_;
  const Settings& settings_;
  Counters& counters_;
  WakeBoard& wakes_;
  Mailbox& mailbox_;
  std::atomic<std::uint64_t> next_id_{1};
  Library hub_library_;
  std::vector<std::unique_ptr<Library>> libraries_;  // one for each worker
  WorkerPool pool_;                                  // last: its threads use all of the above
};

// A piece of an answer with "Transfer-Encoding: chunked"; "" for no bytes, which would be the end.
std::string chunk(std::string_view bytes);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace genlock::http
