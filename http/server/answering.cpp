#include "http/server/answering.h"

#include "http/server/problem.h"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

namespace genlock::http {
namespace {

bool has_header(const HttpResponse& response, std::string_view name) {
  Headers headers;
  for (const auto& [field, value] : response.headers) headers.add(field, value);
  return headers.find(name) != nullptr;
}

void set_default(HttpResponse& response, std::string_view name, std::string_view value) {
  if (!has_header(response, name)) response.headers.emplace_back(name, value);
}

// A handler that echoes foreign text must not be able to write a header, or a second answer, of the
// client's making.
void require_well_formed(const HttpResponse& response) {
  if (response.status < 200 || response.status > 599)
    throw std::logic_error("no such status: " + std::to_string(response.status));
  if (!is_field_value(response.content_type)) throw std::logic_error("bad content type");
  for (const auto& [name, value] : response.headers)
    if (!is_token(name) || !is_field_value(value)) throw std::logic_error("bad header " + name);
}

HttpResponse internal_error(const Exchange& exchange) {
  const Problem problem = standard_problem(500, "please report this with the request_id");
  return problem_response(problem, exchange.path, exchange.request_id);
}

HttpResponse nothing_new() {
  HttpResponse response;
  response.status = 204;
  return response;
}

bool is_chunked(const Feed& feed, const Exchange& exchange) {
  return !feed.length && !exchange.http_1_0;
}

// X-Accel-Buffering: else nginx holds events back until it has a buffer full.
void make_stream_head(HttpResponse& response, const Exchange& exchange) {
  if (response.feed->length) return;
  if (response.content_type.empty()) response.content_type = "text/event-stream";
  set_default(response, "Cache-Control", "no-cache");
  set_default(response, "X-Accel-Buffering", "no");
  if (is_chunked(*response.feed, exchange)) set_default(response, "Transfer-Encoding", "chunked");
}

std::string framed(std::string_view bytes, const Feed& feed, const Exchange& exchange) {
  return is_chunked(feed, exchange) ? chunk(bytes) : std::string(bytes);
}

// Counts a worker while it works.
class Busy {
 public:
  explicit Busy(std::atomic<std::uint64_t>& count) : count_(count) { ++count_; }
  ~Busy() { --count_; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  std::atomic<std::uint64_t>& count_;
};

bool contains(const std::string& list, const std::string& method) {
  return (", " + list + ",").find(", " + method + ",") != std::string::npos;
}

}  // namespace

Answering::Answering(const Router& router, const Settings& settings, Counters& counters,
                     WakeBoard& wakes, Mailbox& mailbox)
    : router_(router),
      settings_(settings),
      counters_(counters),
      wakes_(wakes),
      mailbox_(mailbox),
      hub_library_(settings.limits),
      pool_(settings.limits.worker_count, settings.limits.queue_count) {
  for (unsigned worker = 0; worker < settings.limits.worker_count; ++worker)
    libraries_.push_back(std::make_unique<Library>(settings.limits));
}

bool Answering::answer(SessionId session, HttpRequest request, Exchange exchange) {
  return pool_.submit_request([this, session, request = std::move(request),
                               exchange = std::move(exchange)](unsigned worker) mutable {
    const Busy busy(counters_.busy_workers);
    Outcome outcome;
    outcome.session = session;
    outcome.close = exchange.close;
    outcome.seen = wakes_.now();
    const Told told = run_handler(worker, request, exchange, outcome);
    mailbox_.post(std::move(outcome));
    tell(exchange, request.route, told);
  });
}

void Answering::look(SessionId session, std::shared_ptr<LongPoll> poll, Wake wake,
                     Exchange exchange) {
  pool_.submit_look([=, this, exchange = std::move(exchange)](unsigned worker) {
    const Busy busy(counters_.busy_workers);
    Outcome outcome;
    outcome.session = session;
    outcome.close = exchange.close;
    outcome.seen = wakes_.now();
    const Told told = look_for_answer(worker, *poll, wake, exchange, outcome);
    mailbox_.post(std::move(outcome));
    tell(exchange, poll->route, told);
  });
}

void Answering::look(SessionId session, std::shared_ptr<Feed> feed, Wake wake, Exchange exchange) {
  pool_.submit_look([=, this, exchange = std::move(exchange)](unsigned) {
    const Busy busy(counters_.busy_workers);
    Outcome outcome;
    outcome.session = session;
    outcome.seen = wakes_.now();
    look_for_bytes(*feed, wake, exchange, outcome);
    mailbox_.post(std::move(outcome));
  });
}

std::string Answering::refusal(const RequestHead& head, const Refusal& refusal) {
  return refuse(head.method, head.path, request_id(head.headers), routed_first(head, refusal));
}

std::string Answering::overloaded(const Exchange& exchange) {
  return refuse(exchange.method, exchange.path, exchange.request_id,
                {503, "try again in a moment"});
}

std::string Answering::refuse(const std::string& method, const std::string& path,
                              const std::string& request_id, const Refusal& refusal) {
  const Problem problem = standard_problem(refusal.status, refusal.detail);
  HttpResponse response = problem_response(problem, path, request_id);
  response.headers.emplace_back("Request-Id", request_id);
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "2");
  if (refusal.status == 405) {
    const std::string allow = router_.allow(path);
    response.headers.emplace_back("Allow", allow.empty() ? "GET, HEAD, OPTIONS" : allow);
  }
  if (settings_.on_answer)
    settings_.on_answer({.method = method,
                         .path = path,
                         .request_id = request_id,
                         .status = refusal.status,
                         .problem = problem.name,
                         .by_guard = true});
  return hub_library_.exchange(method == "HEAD" ? "HEAD" : "GET", true,
                               [&] { return std::move(response); });
}

std::string Answering::request_id(const Headers& headers) {
  const std::string* given = headers.find("Request-Id");
  if (given && headers.count("Request-Id") == 1 && is_request_id(*given)) return *given;
  if (settings_.new_request_id) return settings_.new_request_id();
  return "r" + std::to_string(next_id_++);
}

Answering::Told Answering::run_handler(unsigned worker, HttpRequest& request,
                                       const Exchange& exchange, Outcome& outcome) {
  Told told;
  std::string bytes = libraries_[worker]->exchange(exchange.method, exchange.close, [&] {
    HttpResponse response = handled(request, exchange, outcome);
    told = {response.status, response.problem};
    return response;
  });
  if (outcome.long_poll) {
    outcome.long_poll->route = request.route;
    return {};
  }
  outcome.bytes = std::move(bytes) + outcome.bytes;
  return told;
}

// The response to be written now. What goes on later is left in `outcome`.
HttpResponse Answering::handled(HttpRequest& request, const Exchange& exchange, Outcome& outcome) {
  const bool head_only = exchange.method == "HEAD";
  HttpResponse response = guarded([&] { return router_.answer(request); }, exchange);
  if (response.long_poll && head_only) {
    const auto poll = response.long_poll;
    response =
        guarded([&] { return poll->next(Wake::deadline).value_or(nothing_new()); }, exchange);
  }
  outcome.long_poll = response.long_poll;
  if (response.feed) {
    make_stream_head(response, exchange);
    const std::string first = std::exchange(response.body, {});
    if (!head_only) {
      outcome.feed = response.feed;
      outcome.bytes = framed(first, *response.feed, exchange);
    }
  }
  return response;
}

// `produce` with its exceptions, and answers that must not be sent, turned into 500.
HttpResponse Answering::guarded(const std::function<HttpResponse()>& produce,
                                const Exchange& exchange) {
  HttpResponse response;
  try {
    response = produce();
    require_well_formed(response);
  } catch (const std::exception& bug) {
    report(exchange, bug.what());
    response = internal_error(exchange);
  } catch (...) {
    report(exchange, "not a std::exception");
    response = internal_error(exchange);
  }
  set_default(response, "Request-Id", exchange.request_id);
  return response;
}

Answering::Told Answering::look_for_answer(unsigned worker, const LongPoll& poll, Wake wake,
                                           const Exchange& exchange, Outcome& outcome) {
  bool waits_on = false;
  const auto look = [&] {
    auto response = poll.next(wake);
    waits_on = !response && wake == Wake::event;
    return response ? std::move(*response) : nothing_new();
  };
  HttpResponse response = guarded(look, exchange);
  if (waits_on) return {};
  Told told{response.status, response.problem};
  outcome.bytes = libraries_[worker]->exchange(exchange.method, exchange.close,
                                               [&] { return std::move(response); });
  return told;
}

void Answering::look_for_bytes(const Feed& feed, Wake wake, const Exchange& exchange,
                               Outcome& outcome) {
  try {
    FeedStep step = feed.next(wake);
    outcome.bytes = framed(step.bytes, feed, exchange);
    outcome.more = step.more;
    outcome.end = step.end || wake == Wake::stopping;
    outcome.close = exchange.close;
    if (outcome.end && is_chunked(feed, exchange)) outcome.bytes += last_chunk;
  } catch (const std::exception& bug) {
    report(exchange, bug.what());
    outcome.end = outcome.close = true;  // without a last chunk: the client sees that it was cut
  }
}

// The API's order of errors: an unknown path, then a wrong method, and only then what is wrong with
// the body.
Refusal Answering::routed_first(const RequestHead& head, const Refusal& refusal) const {
  const bool about_body = refusal.status == 411 || refusal.status == 413 || refusal.status == 415;
  if (!about_body) return refusal;
  const std::string allow = router_.allow(head.path);
  if (allow.empty()) return {404, no_such_route};
  if (!contains(allow, head.method)) return {405, "this path takes " + allow};
  return refusal;
}

void Answering::report(const Exchange& exchange, const char* what) {
  ++counters_.bugs;
  if (settings_.report_bug)
    settings_.report_bug(exchange.method + " " + exchange.path, exchange.request_id, what);
}

void Answering::tell(const Exchange& exchange, std::string_view route, const Told& told) const {
  if (told.status == 0 || !settings_.on_answer) return;
  settings_.on_answer({.method = exchange.method,
                       .path = exchange.path,
                       .route = route,
                       .request_id = exchange.request_id,
                       .status = told.status,
                       .problem = told.problem,
                       .took = std::chrono::steady_clock::now() - exchange.began});
}

std::string chunk(std::string_view bytes) {
  if (bytes.empty()) return "";
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return std::string(size).append(bytes).append("\r\n");
}

}  // namespace genlock::http
