// Finds the handler of a request, by exact comparison of path segments; no regular expressions.
//   /api/productions               literal segments
//   /api/productions/{id}/sources  {id} takes one segment that is not empty
// A literal goes before a parameter, so the outcome does not depend on the order of registration.
// The path decides first, then the method: a known path with another method is 405 with Allow,
// OPTIONS is 204 with Allow, HEAD goes to GET.
#pragma once

#include "http/server/message.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::http {

// Of a 404 for a path that no pattern knows.
inline constexpr const char* no_such_route =
    "no route has this path; docs/api.md lists them, and so does the page / of a node without "
    "--web";

struct Route {
  std::string method;
  std::string pattern;
  std::string name;  // for docs, logs and metrics
};

class Router {
 public:
  // Runs around everything the router answers, 404 and 405 too: authentication, common headers. It
  // sees the route's name and the parameters, and calls `next` or answers by itself.
  using Around = std::function<HttpResponse(const HttpRequest&, const Handler& next)>;

  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // REQUIRES: before the server starts; no two routes of one method with the same shape; else
  // std::logic_error.
  void add(std::string method, std::string pattern, std::string name, Handler handler);
  // GET and HEAD of every path that no pattern knows (files of the web app). Without one: 404.
  // Where `knows` says that something is there, another method is 405 and OPTIONS 204 as on routes,
  // else 404. Any thread.
  void set_fallback(Handler handler, std::function<bool(std::string_view path)> knows = {});
  void set_around(Around around);

  // Fills route, path_parameters and query_parameters and runs the handler, whose exceptions pass
  // through. Broken percent-encoding is 400. Thread-safe once all routes are there.
  HttpResponse answer(HttpRequest& request) const;

  // The methods of a path, "GET, HEAD, OPTIONS"; "" where neither a pattern nor the fallback knows
  // it.
  std::string allow(std::string_view path) const;
  // All routes, in the order of registration.
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Node;
  struct Found;

  Found find(const std::vector<std::string>& segments) const;
  Handler choose(HttpRequest& request) const;
  Handler unrouted(const HttpRequest& request) const;

  std::unique_ptr<Node> root_;
  std::vector<Route> routes_;
  Handler fallback_;
  std::function<bool(std::string_view)> fallback_knows_;
  Around around_;
};

}  // namespace genlock::http
