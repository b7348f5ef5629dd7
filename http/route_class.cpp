#include "http/route_class.h"

namespace genlock::http {

RouteClass route_class(const AnswerReport& report) {
  const std::string_view path = report.path;
  const bool is_api = path.starts_with("/api/");
  const bool is_read = report.method == "GET" || report.method == "HEAD";
  if (report.by_guard) return RouteClass::none;
  if (report.route.empty()) {
    const bool is_file = !is_api && is_read && report.status < 400;  // of the fallback
    return is_file ? RouteClass::web : RouteClass::none;
  }
  if (path.starts_with("/sync/")) return RouteClass::peer;
  if (path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/api/health")
    return RouteClass::health;
  if (path == "/api/changes") return RouteClass::poll;
  if (!is_api) return RouteClass::web;
  return is_read ? RouteClass::read : RouteClass::write;
}

const char* to_string(RouteClass kind) {
  static constexpr std::array<const char*, route_class_count> names = {
      "read", "write", "poll", "peer", "health", "web", "none"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace genlock::http
