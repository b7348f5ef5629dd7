#include "http/server/router.h"

#include "catch.h"

#include <stdexcept>

namespace genlock::http {
namespace {

// Answers with its name and the path parameters: "history(collection=sources,id=7)".
Handler named(std::string name) {
  return [name](const HttpRequest& request) {
    HttpResponse response;
    std::string list;
    for (const auto& [parameter, value] : request.path_parameters.all())
      list += (list.empty() ? "" : ",") + parameter + "=" + value;
    response.body = name + "(" + list + ")";
    return response;
  };
}

struct Routes {
  Router router;

  Routes() {
    for (const auto& [method, pattern] :
         std::vector<NameValue>{{"GET", "/api/productions"},
                                {"POST", "/api/productions"},
                                {"GET", "/api/productions/{id}"},
                                {"PUT", "/api/productions/{id}"},
                                {"GET", "/api/productions/{id}/sources"},
                                {"GET", "/api/{collection}/{id}/history"},
                                {"GET", "/api/sync/conflicts/{id}"},
                                {"POST", "/api/sync/conflicts/resolve"},
                                {"GET", "/"}})
      router.add(method, pattern, method + " " + pattern, named(pattern));
  }
  HttpResponse ask(std::string method, std::string path, std::string query = "") {
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.query = std::move(query);
    return router.answer(request);
  }
  std::string body(std::string method, std::string path) {
    return ask(std::move(method), std::move(path)).body;
  }
  int status(std::string method, std::string path) {
    return ask(std::move(method), std::move(path)).status;
  }
};

std::string allow_of(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers)
    if (name == "Allow") return value;
  return "";
}

TEST_CASE("segments match whole, and decoded", "[http][router]") {
  Routes routes;
  REQUIRE(routes.body("GET", "/api/productions") == "/api/productions()");
  REQUIRE(routes.body("GET", "/api/productions/a%2Fb%20c") == "/api/productions/{id}(id=a/b c)");
  REQUIRE(routes.body("GET", "/") == "/()");
  for (const char* unknown :
       {"/api/production", "/api/productionsx", "/api/productions/", "/api/productions/1/x",
        "//api/productions", "/API/productions", "/api", "/api/productions//sources"}) {
    INFO(unknown);
    REQUIRE(routes.status("GET", unknown) == 404);
  }
}

TEST_CASE("literals go before parameters, and a dead end goes back", "[http][router]") {
  Routes routes;
  REQUIRE(routes.body("GET", "/api/productions/7/sources") ==
          "/api/productions/{id}/sources(id=7)");
  REQUIRE(routes.body("GET", "/api/productions/7/history") ==
          "/api/{collection}/{id}/history(collection=productions,id=7)");
  REQUIRE(routes.body("GET", "/api/sources/7/history") ==
          "/api/{collection}/{id}/history(collection=sources,id=7)");
}

TEST_CASE("the path decides, then the method", "[http][router]") {
  Routes routes;
  const HttpResponse wrong = routes.ask("DELETE", "/api/productions");
  REQUIRE(wrong.status == 405);
  REQUIRE(allow_of(wrong) == "GET, HEAD, POST, OPTIONS");
  REQUIRE(wrong.body.find("/problems/method-not-allowed") != std::string::npos);
  REQUIRE(routes.status("GET", "/api/sync/conflicts/resolve") == 405);
}

TEST_CASE("HEAD goes to GET, OPTIONS lists the methods", "[http][router]") {
  Routes routes;
  REQUIRE(routes.body("HEAD", "/api/productions") == "/api/productions()");
  const HttpResponse options = routes.ask("OPTIONS", "/api/productions/7");
  REQUIRE(options.status == 204);
  REQUIRE(allow_of(options) == "GET, HEAD, PUT, OPTIONS");
  REQUIRE(routes.status("OPTIONS", "/nowhere") == 404);
}

TEST_CASE("broken percent-encoding is 400", "[http][router]") {
  Routes routes;
  REQUIRE(routes.status("GET", "/api/productions/%zz") == 400);
  REQUIRE(routes.status("GET", "/api/productions/%00") == 400);
  REQUIRE(routes.ask("GET", "/api/productions", "a=%").status == 400);
}

TEST_CASE("what no pattern knows goes to the fallback, for reading", "[http][router]") {
  Routes routes;
  routes.router.set_fallback(named("file"));
  REQUIRE(routes.body("GET", "/assets/app.js") == "file()");
  REQUIRE(routes.status("POST", "/assets/app.js") == 404);
  REQUIRE(routes.status("DELETE", "/api/productions") == 405);
}

TEST_CASE("what the fallback knows takes reading alone, and says so", "[http][router]") {
  Routes routes;
  routes.router.set_fallback(named("file"), [](std::string_view path) { return path == "/a.js"; });
  REQUIRE(routes.body("GET", "/b.js") == "file()");
  REQUIRE(routes.status("POST", "/a.js") == 405);
  REQUIRE(routes.status("OPTIONS", "/a.js") == 204);
  REQUIRE(routes.router.allow("/a.js") == "GET, HEAD, OPTIONS");
  REQUIRE(routes.status("POST", "/b.js") == 404);
  REQUIRE(routes.status("OPTIONS", "/b.js") == 404);
  REQUIRE(routes.router.allow("/b.js").empty());
}

TEST_CASE("the wrapper sees every answer and its route", "[http][router]") {
  Routes routes;
  std::vector<std::string> seen;
  routes.router.set_around([&](const HttpRequest& request, const Handler& next) {
    HttpResponse response = next(request);
    seen.push_back(request.route + " " + std::to_string(response.status));
    return response;
  });
  routes.status("GET", "/api/productions");
  routes.status("GET", "/nowhere");
  REQUIRE(seen == std::vector<std::string>{"GET /api/productions 200", " 404"});
}

TEST_CASE("routes are listed, and can't be added twice", "[http][router]") {
  Routes routes;
  REQUIRE(routes.router.routes().size() == 9);
  REQUIRE(routes.router.routes()[2].pattern == "/api/productions/{id}");
  REQUIRE(routes.router.allow("/api/productions/7") == "GET, HEAD, PUT, OPTIONS");
  REQUIRE(routes.router.allow("/nowhere").empty());
  REQUIRE_THROWS_AS(routes.router.add("GET", "/api/productions/{other}", "x", named("x")),
                    std::logic_error);
}

}  // namespace
}  // namespace genlock::http
