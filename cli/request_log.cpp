#include "cli/request_log.h"

#include "http/route_class.h"

namespace genlock::cli {
namespace {

constexpr std::size_t max_path_bytes = 160;  // three ids and their words

// Asked for all the time, and no news while they work.
bool is_chatter(const http::AnswerReport& report) {
  using enum http::RouteClass;
  const http::RouteClass kind = http::route_class(report);
  return kind == health || kind == poll || kind == peer;
}

}  // namespace

void RequestLog::note(const http::AnswerReport& report) {
  const LogLevel level = report.status >= 500 ? LogLevel::warning : LogLevel::info;
  if (!wants(report) || !log_.writes(level)) return;
  // A path without a route is any text.
  const std::string_view path = report.route.empty() ? "" : report.path.substr(0, max_path_bytes);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(report.took);
  log_.write(level, "request",
             {{"method", std::string(report.method)},
              {"route", std::string(report.route)},
              {"path", std::string(path)},
              {"status", std::int64_t{report.status}},
              {"ms", std::int64_t{took.count()}},
              {"request_id", std::string(report.request_id)}});
}

bool RequestLog::wants(const http::AnswerReport& report) const {
  if (report.by_guard || which_ == LogRequests::none) return false;
  return report.status >= 400 || (which_ == LogRequests::all && !is_chatter(report));
}

}  // namespace genlock::cli
