#include "http/server/router.h"

#include "http/server/percent.h"
#include "http/server/problem.h"

#include <stdexcept>
#include <utility>

namespace genlock::http {

// One segment deep in the tree of patterns. Handlers stand where a pattern ends.
struct Router::Node {
  struct Target {
    std::string name;
    std::vector<std::string> parameters;  // names, in the order of their segments
    Handler handler;
  };
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::map<std::string, Target, std::less<>> targets;  // by method

  Node& child(std::string_view segment, bool is_parameter) {
    auto& slot = is_parameter ? parameter : literals[std::string(segment)];
    if (!slot) slot = std::make_unique<Node>();
    return *slot;
  }
};

struct Router::Found {
  const Node* node = nullptr;
  std::vector<std::string> values;  // of the parameters
};

namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// Fills `values` on the way and returns the node whose pattern is the whole path. Literals are
// tried first; a dead end there falls back to the parameter. Patterns are few and short, so this
// ends after a handful of steps.
template <class Node>
const Node* descend(const Node& node, const std::vector<std::string>& segments, std::size_t depth,
                    std::vector<std::string>& values) {
  if (depth == segments.size()) return node.targets.empty() ? nullptr : &node;
  const std::string& segment = segments[depth];
  if (const auto literal = node.literals.find(segment); literal != node.literals.end())
    if (const Node* found = descend(*literal->second, segments, depth + 1, values)) return found;
  if (!node.parameter || segment.empty()) return nullptr;
  values.push_back(segment);
  if (const Node* found = descend(*node.parameter, segments, depth + 1, values)) return found;
  values.pop_back();
  return nullptr;
}

// What a target map answers to: its methods, HEAD wherever there is GET, and OPTIONS.
template <class Targets>
std::string allowed_methods(const Targets& targets) {
  std::string list;
  for (const auto& [method, target] : targets)
    list += method == "GET" ? "GET, HEAD, " : method + ", ";
  return list + "OPTIONS";
}

constexpr const char* fallback_methods = "GET, HEAD, OPTIONS";

std::string_view effective_method(std::string_view method) {
  return method == "HEAD" ? "GET" : method;
}

Handler problem_handler(int status, std::string detail, std::string allow = "") {
  return [=](const HttpRequest& request) {
    HttpResponse response =
        problem_response(standard_problem(status, detail), request.path, request.request_id);
    if (!allow.empty()) response.headers.emplace_back("Allow", allow);
    return response;
  };
}

Handler options_handler(std::string allow) {
  return [allow = std::move(allow)](const HttpRequest&) {
    HttpResponse response;
    response.status = 204;
    response.headers.emplace_back("Allow", allow);
    return response;
  };
}

// For a method that a known path has no handler for.
Handler other_method(std::string_view method, std::string allow) {
  if (method == "OPTIONS") return options_handler(std::move(allow));
  return problem_handler(405, "this path takes " + allow, allow);
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(std::string method, std::string pattern, std::string name, Handler handler) {
  const auto segments = decode_path(pattern);
  if (!segments) throw std::logic_error("bad pattern " + pattern);
  Node* node = root_.get();
  std::vector<std::string> parameters;
  for (const std::string& segment : *segments) {
    if (is_parameter(segment)) parameters.push_back(segment.substr(1, segment.size() - 2));
    node = &node->child(segment, is_parameter(segment));
  }
  Node::Target target{name, parameters, std::move(handler)};
  const bool added = node->targets.try_emplace(method, std::move(target)).second;
  if (!added) throw std::logic_error("two routes for " + method + " " + pattern);
  routes_.push_back({std::move(method), std::move(pattern), std::move(name)});
}

void Router::set_fallback(Handler handler, std::function<bool(std::string_view)> knows) {
  fallback_ = std::move(handler);
  fallback_knows_ = std::move(knows);
}

void Router::set_around(Around around) { around_ = std::move(around); }

HttpResponse Router::answer(HttpRequest& request) const {
  const Handler handler = choose(request);
  return around_ ? around_(request, handler) : handler(request);
}

std::string Router::allow(std::string_view path) const {
  const auto segments = decode_path(path);
  const Node* node = segments ? find(*segments).node : nullptr;
  if (node) return allowed_methods(node->targets);
  return fallback_knows_ && fallback_knows_(path) ? fallback_methods : "";
}

Router::Found Router::find(const std::vector<std::string>& segments) const {
  Found found;
  found.node = descend(*root_, segments, 0, found.values);
  return found;
}

// The handler for a request, after filling in what the route says about it.
Handler Router::choose(HttpRequest& request) const {
  const auto segments = decode_path(request.path);
  auto query = decode_query(request.query);
  if (!segments || !query)
    return problem_handler(
        400, "the address holds a '%' that is not followed by two hex digits, or a %00");
  request.query_parameters = std::move(*query);

  Found found = find(*segments);
  const std::string_view method = effective_method(request.method);
  if (!found.node) return unrouted(request);
  const auto target = found.node->targets.find(method);
  if (target == found.node->targets.end())
    return other_method(method, allowed_methods(found.node->targets));
  request.route = target->second.name;
  for (std::size_t i = 0; i < found.values.size(); ++i)
    request.path_parameters.add(target->second.parameters[i], std::move(found.values[i]));
  return target->second.handler;
}

Handler Router::unrouted(const HttpRequest& request) const {
  const std::string_view method = effective_method(request.method);
  if (fallback_ && method == "GET") return fallback_;
  if (!fallback_knows_ || !fallback_knows_(request.path))
    return problem_handler(404, no_such_route);
  return other_method(method, fallback_methods);
}

}  // namespace genlock::http
