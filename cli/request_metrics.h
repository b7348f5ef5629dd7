// Counts answers: by kind and status, by route, by problem. Internal to cli/metrics.cpp.
// Thread-safe.
#pragma once

#include "cli/metric_page.h"
#include "http/route_class.h"
#include "http/server/counters.h"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace genlock::cli {

// Seconds. From what a fast disk takes to what a client gives up at.
inline const prometheus::Histogram::BucketBoundaries answer_buckets = {
    .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60};

class RequestMetrics {
 public:
  void note(const http::AnswerReport& report);
  void put(MetricPage& page, const http::Counters& counters, unsigned worker_count) const;

 private:
  static constexpr int first_status = 100, end_status = 600;
  using Count = std::atomic<std::uint64_t>;

  // Labels of a histogram. The routes are those of the table, so there are few of them.
  struct Timed {
    std::string route;   // its name; without one "web" or "none"
    const char* method;  // of the API's
    char hundreds;       // of the status
    auto operator<=>(const Timed& other) const = default;
  };
  static Timed timed(const http::AnswerReport& report, http::RouteClass kind);
  prometheus::Histogram& histogram(const Timed& labels);

  std::array<std::array<Count, end_status - first_status>, http::route_class_count> by_status_{};
  mutable std::mutex mutex_;  // guards the two below; histograms have their own
  std::map<Timed, prometheus::Histogram> took_;
  std::map<std::string, std::uint64_t> rejected_;  // writes, by problem
};

}  // namespace genlock::cli
