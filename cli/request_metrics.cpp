#include "cli/request_metrics.h"

#include "http/server/problem_types.h"

#include <algorithm>

namespace genlock::cli {
namespace {

constexpr std::array methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

const char* method_of(std::string_view method) {
  const auto known = std::ranges::find(methods, method);
  return known == methods.end() ? "other" : *known;
}

// A problem of the table, so that the label takes few values.
const char* problem_label(std::string_view problem) {
  const http::ProblemType* type = http::find_problem_type(problem);
  return type ? type->name.data() : "other";
}

}  // namespace

RequestMetrics::Timed RequestMetrics::timed(const http::AnswerReport& report,
                                            http::RouteClass kind) {
  const bool has_route = !report.route.empty();
  return {has_route ? std::string(report.route) : to_string(kind),
          has_route ? method_of(report.method) : "other",
          static_cast<char>('0' + report.status / 100)};
}

prometheus::Histogram& RequestMetrics::histogram(const Timed& labels) {
  const std::lock_guard lock(mutex_);
  return took_.try_emplace(labels, answer_buckets).first->second;
}

void RequestMetrics::note(const http::AnswerReport& report) {
  const http::RouteClass kind = http::route_class(report);
  if (report.status < first_status || report.status >= end_status) return;
  ++by_status_[static_cast<std::size_t>(kind)]
              [static_cast<std::size_t>(report.status - first_status)];
  if (!report.by_guard) {
    const std::chrono::duration<double> took = report.took;
    histogram(timed(report, kind)).Observe(took.count());
  }
  if (kind != http::RouteClass::write || report.status < 400) return;
  const std::lock_guard lock(mutex_);
  ++rejected_[problem_label(report.problem)];
}

void RequestMetrics::put(MetricPage& page, const http::Counters& counters,
                         unsigned worker_count) const {
  page.counter("genlock_http_requests_total", "Answers, by kind of route and status");
  for (std::size_t kind = 0; kind < by_status_.size(); ++kind)
    for (int status = first_status; status < end_status; ++status)
      if (const auto count =
              by_status_[kind][static_cast<std::size_t>(status - first_status)].load())
        page.add(count, {{"class", to_string(static_cast<http::RouteClass>(kind))},
                         {"status", std::to_string(status)}});
  {
    const std::lock_guard lock(mutex_);
    page.histogram("genlock_http_request_duration_seconds",
                   "From the whole request to its answer, by route; polls with their wait");
    for (const auto& [labels, took] : took_)
      page.add(took, {{"route", labels.route},
                      {"method", labels.method},
                      {"code", std::string(1, labels.hundreds) + "xx"}});
    page.counter("genlock_write_rejected_total", "Writes that were refused, by problem");
    for (const http::ProblemType& type : http::problem_types()) {
      const auto found = rejected_.find(std::string(type.name));
      page.add(found == rejected_.end() ? 0 : found->second, {{"problem", std::string(type.name)}});
    }
  }
  page.counter("genlock_http_refused_total", "Requests and connections that the guard turned down")
      .add(counters.refused.load());
  page.counter("genlock_http_shed_total", "Requests answered 503 because the queue was full")
      .add(counters.shed.load());
  page.counter("genlock_http_handler_failures_total", "Exceptions that left a handler: bugs")
      .add(counters.bugs.load());
  page.counter("genlock_http_dropped_feeds_total", "Readers of a feed that did not keep up")
      .add(counters.dropped_feeds.load());
  page.gauge("genlock_http_connections", "Clients that are connected")
      .add(counters.connections.load());
  page.gauge("genlock_http_parked", "Long polls that wait").add(counters.parked.load());
  page.gauge("genlock_http_feeds", "Feeds and large files on their way").add(counters.feeds.load());
  const std::uint64_t busy = std::min<std::uint64_t>(counters.busy_workers, worker_count);
  page.gauge("genlock_http_threads", "Workers, by what they do")
      .add(busy, {{"state", "busy"}})
      .add(worker_count - busy, {{"state", "idle"}});
}

}  // namespace genlock::cli
