// Pages for people: the root of a node without a web app, one page for each kind of error, and the
// files of the web app for everything else.
#include "http/api_core.h"
#include "http/api_problem.h"

namespace genlock::http {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string link(std::string_view target, std::string_view text) {
  return "<a href=\"" + escaped(target) + "\">" + escaped(text) + "</a>";
}

HttpResponse page(std::string_view title, const std::string& content, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'");
  response.body =
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<title>" +
      escaped(title) +
      "</title>"
      "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44em;margin:2em auto;"
      "padding:0 1em}td{padding:0 1em 0 0}code{font-size:.9em}</style>\n"
      "<h1>" +
      escaped(title) + "</h1>\n" + content + "</html>\n";
  return response;
}

// --- / ------------------------------------------------------------------------------------------

std::string route_rows(const Router& router) {
  std::string rows;
  for (const Route& route : router.routes()) {
    bool is_link = route.method == "GET" && route.pattern.find('{') == std::string::npos;
    rows += "<tr><td><code>" + escaped(route.method) + "</code><td><code>" +
            (is_link ? link(route.pattern, route.pattern) : escaped(route.pattern)) + "</code>\n";
  }
  return rows;
}

HttpResponse root_page(const ApiCore& core, const Router& router) {
  const Identity& self = core.parts.engine.identity();
  std::string content =
      "<p>This is <b>" + escaped(self.name) + "</b>, a " + to_string(self.role) +
      " node of Genlock " + escaped(core.parts.version) +
      ". It keeps show data the same on every node of the crew: planned in the office, run at the "
      "venue without a network, brought together afterwards. It was started without "
      "<code>--web</code>, so there is no app here; the data is.</p>\n<ul>\n<li>" +
      link("/api/health", "Health") + "\n<li>" + link("/api/productions", "Shows") + "\n<li>" +
      link("/api/sync/status", "Sync") + "\n<li>" + link("#api", "API") + ", " +
      link("/api/docs", "in detail") + "\n<li>" + link("/problems", "What its errors mean") +
      "\n</ul>\n<h2 id=\"api\">API</h2>\n<table>\n" + route_rows(router) + "</table>\n";
  return page("Genlock", content);
}

// --- /problems ----------------------------------------------------------------------------------

HttpResponse problem_list() {
  std::string content = "<ul>\n";
  for (const ProblemType& type : problem_types())
    content += "<li>" + link("/problems/" + std::string(type.name), type.title) + " (" +
               std::to_string(type.status) + ")\n";
  return page("Errors", content + "</ul>\n");
}

Result<HttpResponse> problem_page(ApiCore&, const HttpRequest& request) {
  const ProblemType* type = find_problem_type(request.path_parameters.get("name"));
  if (!type) return Error{ErrorCode::not_found, "there is no error of that name"};
  std::string content = "<p>" + escaped(type->page) + "</p>\n<p>Status <code>" +
                        std::to_string(type->status) + "</code>, type <code>/problems/" +
                        escaped(type->name) + "</code>. " + link("/problems", "All errors") +
                        "</p>\n";
  return page(type->title, content);
}

// --- everything else ----------------------------------------------------------------------------

HttpResponse file_or_nothing(const ApiCore& core, const HttpRequest& request) {
  if (core.files) return core.files->answer(request);
  return problem_answer(request, make_problem("not-found", no_such_route));
}

}  // namespace

void add_page_routes(Router& router, ApiCore& core) {
  const auto add = [&](std::string pattern, std::string name, std::string summary,
                       ApiHandler handler) {
    add_route(router, core,
              {.method = "GET",
               .pattern = std::move(pattern),
               .name = std::move(name),
               .tag = "Documentation",
               .summary = std::move(summary),
               .gives = {{200, "", {}, "text/html"}},
               .handler = std::move(handler)});
  };
  if (!core.files) {
    add("/", "root", "What this node is, and its routes",
        [&router](ApiCore& c, const HttpRequest&) { return root_page(c, router); });
  }
  add("/problems", "list_problems", "All kinds of errors",
      [](ApiCore&, const HttpRequest&) { return problem_list(); });
  add("/problems/{name}", "problem", "What an error means and what to do", problem_page);
  router.set_fallback([&](const HttpRequest& request) { return file_or_nothing(core, request); },
                      [&](std::string_view path) { return core.files && core.files->knows(path); });
}

}  // namespace genlock::http
