// A request's kind, for logs and metrics: few, whatever clients ask for.
//   read    GET and HEAD of the API          peer     other nodes, below /sync/
//   write   everything else of the API       health   probes and /metrics
//   poll    the change feed, in both forms   web      files and pages
//   none    refused or without a route
#pragma once

#include "http/server/guarded_server.h"

#include <array>
#include <cstddef>

namespace genlock::http {

enum class RouteClass { read, write, poll, peer, health, web, none };
inline constexpr std::size_t route_class_count = 7;

// By path and method. O(1).
RouteClass route_class(const AnswerReport& report);
const char* to_string(RouteClass kind);

}  // namespace genlock::http
