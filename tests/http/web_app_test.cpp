// The files of the web app over a real socket (docs/api.md, section 11): what is found, how it is
// cached, and what can't be reached.
#include "web_app.h"

#include "api_node.h"
#include "http/server/static_files.h"

namespace genlock::http {
namespace {

constexpr const char* page = "<h1>app</h1>";
constexpr const char* script = "/assets/index-Bx3kQ9aZ.js";

TEST_CASE("files of the app are served with their type and how long they hold", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  Answer hashed = node.get(script);
  REQUIRE(hashed.status == 200);
  REQUIRE(hashed.body == "run()");
  REQUIRE(hashed.header("Content-Type") == "text/javascript; charset=utf-8");
  REQUIRE(hashed.header("Cache-Control") == "public, max-age=31536000, immutable");
  for (const char* path : {"/", "/index.html", "/sw.js", "/assets/logo.svg", "/shows/17"}) {
    INFO(path);
    REQUIRE(node.get(path).status == 200);
    REQUIRE(node.get(path).header("Cache-Control") == "no-cache");
  }
}

TEST_CASE("every file comes with what keeps a browser from being misled", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  for (const char* path : {"/", script, "/shows/17"}) {
    INFO(path);
    Answer answer = node.get(path);
    REQUIRE(answer.headers.count("X-Content-Type-Options") == 1);
    REQUIRE(answer.header("X-Content-Type-Options") == "nosniff");
    REQUIRE(answer.header("Content-Security-Policy").find("default-src 'self'") == 0);
    REQUIRE(answer.header("Referrer-Policy") == "same-origin");
    REQUIRE(answer.headers.count("Cache-Control") == 1);
  }
}

TEST_CASE("addresses of the app are its page, for who takes HTML", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  const std::string browser = "text/html,application/xhtml+xml,*/*;q=0.8";
  for (const char* path : {"/shows/17", "/shows/17/", "/healthy", "/events/a.b.1881", "/Caf%C3%A9",
                           "/shows/17?tab=a.js"}) {
    INFO(path);
    REQUIRE(node.get(path, {{"Accept", browser}}).body == page);
    REQUIRE(node.get(path).body == page);
    REQUIRE(node.get(path, {{"Accept", "application/json"}}).problem() == "404 not-found");
    REQUIRE(node.get(path, {{"Accept", "*/*, text/html;q=0"}}).problem() == "404 not-found");
  }
  for (const char* path : {"/assets/none.js", "/assets/index-Bx3kQ9aA.js", "/none.css", "/a.woff2",
                           "/index.html/", "/assets/INDEX-Bx3kQ9aZ.js"}) {
    INFO(path);
    REQUIRE(node.get(path, {{"Accept", browser}}).problem() == "404 not-found");
    REQUIRE(node.get(path).header("Cache-Control") == "no-store");
  }
}

TEST_CASE("below the node's own addresses there is never the app", "[http][web]") {
  WebApp app;
  app.write("api/none", "not me");
  app.write("sync/v1/file.js", "not me");
  ApiNode node({.web = app.web()});
  for (const char* path : {"/api", "/api/none", "/api/", "/%61pi/none", "/sync/v1/none", "/sync",
                           "/sync/v1/file.js", "/problems/none", "/healthz/x", "/readyz/"}) {
    INFO(path);
    REQUIRE(node.get(path).problem() == "404 not-found");
    REQUIRE(node.get(path).headers.count("Cache-Control") <= 1);
    REQUIRE(node.post(path, "{}").problem() == (std::string_view(path) == "/problems/none"
                                                    ? "405 method-not-allowed"  // a route
                                                    : "404 not-found"));
  }
  REQUIRE(node.get("/healthz").body == R"({"status":"ok"})");
}

TEST_CASE("files are for reading alone", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  for (const char* path : {"/", "/index.html", script, "/shows/17"}) {
    INFO(path);
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
      Answer answer = node.ask(method, path, "{}");
      REQUIRE(answer.problem() == "405 method-not-allowed");
      REQUIRE(answer.header("Allow") == "GET, HEAD, OPTIONS");
    }
    Answer options = node.ask("OPTIONS", path);
    REQUIRE(options.status == 204);
    REQUIRE(options.header("Allow") == "GET, HEAD, OPTIONS");
  }
  REQUIRE(node.post("/assets/none.js", "{}").problem() == "404 not-found");
  REQUIRE(node.raw("POST / HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n").problem() ==
          "405 method-not-allowed");
}

TEST_CASE("HEAD says what GET would", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  for (const char* path : {"/", script, "/shows/17", "/none.js"}) {
    INFO(path);
    Answer get = node.get(path), head = node.ask("HEAD", path);
    REQUIRE(head.status == get.status);
    REQUIRE(head.body.empty());
    for (const char* name : {"ETag", "Content-Type", "Cache-Control", "Accept-Ranges", "Vary"})
      REQUIRE(head.header(name) == get.header(name));
    if (get.status == 200)
      REQUIRE(head.header("Content-Length") == std::to_string(get.body.size()));
  }
}

TEST_CASE("a file that the client has is not sent again", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  const std::string etag = node.get(script).etag();
  REQUIRE(etag.size() == 34);
  REQUIRE(etag != node.get("/").etag());
  for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    INFO(known);
    Answer answer = node.get(script, {{"If-None-Match", known}, {"Range", "bytes=0-1"}});
    REQUIRE(answer.status == 304);
    REQUIRE(answer.body.empty());
    REQUIRE(answer.etag() == etag);
    REQUIRE(answer.header("Cache-Control") == "public, max-age=31536000, immutable");
    REQUIRE(answer.header("Vary") == "Accept-Encoding");
  }
  REQUIRE(node.get(script, {{"If-None-Match", "\"other\""}}).status == 200);
}

TEST_CASE("compressed siblings go to who takes them", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  struct Case {
    const char* accept;
    const char* coding;
    const char* body;
  };
  for (const Case& one : {Case{"gzip, deflate, br", "br", "(br)"},
                          {"gzip, deflate", "gzip", "(gzip)"},
                          {"br;q=0.5, gzip", "gzip", "(gzip)"},
                          {"*", "br", "(br)"},
                          {"BR;Q=0, *", "gzip", "(gzip)"},
                          {"deflate", "", "run()"},
                          {"br;q=0, gzip;q=0.0", "", "run()"},
                          {"identity, br;q=0.9", "", "run()"},
                          {"br;q=x", "", "run()"}}) {
    INFO(one.accept);
    Answer answer = node.get(script, {{"Accept-Encoding", one.accept}});
    REQUIRE(answer.body == one.body);
    REQUIRE(answer.header("Content-Encoding") == one.coding);
    REQUIRE(answer.header("Content-Type") == "text/javascript; charset=utf-8");
    REQUIRE(answer.header("Vary") == "Accept-Encoding");
    REQUIRE(answer.header("Cache-Control") == "public, max-age=31536000, immutable");
  }
}

TEST_CASE("a compressed sibling has a version of its own, and a file by its name", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  const std::string plain = node.get(script).etag();
  const std::string brotli = node.get(script, {{"Accept-Encoding", "br"}}).etag();
  REQUIRE(plain != brotli);
  const auto asks = [&](const std::string& known) {
    return node.get(script, {{"Accept-Encoding", "br"}, {"If-None-Match", known}}).status;
  };
  REQUIRE(asks(brotli) == 304);
  REQUIRE(asks(plain) == 200);
  Answer by_name = node.get(std::string(script) + ".gz", {{"Accept-Encoding", "gzip"}});
  REQUIRE(by_name.body == "(gzip)");
  REQUIRE(by_name.header("Content-Encoding").empty());
  REQUIRE(by_name.header("Content-Type") == "application/gzip");
  REQUIRE(node.get("/sw.js", {{"Accept-Encoding", "br"}}).header("Vary").empty());
}

TEST_CASE("nothing outside the app's directory can be reached", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  for (const char* path : {"/../outside.txt",
                           "/%2e%2e/outside.txt",
                           "/..%2foutside.txt",
                           "/%2e%2e%2foutside.txt",
                           "/%252e%252e/outside.txt",
                           "/..%252foutside.txt",
                           "/..%5coutside.txt",
                           "/..\\outside.txt",
                           "/assets/../../outside.txt",
                           "/assets/../index.html",
                           "/./index.html",
                           "//index.html",
                           "//outside.txt",
                           "/assets//logo.svg",
                           "/assets%2flogo.svg",
                           "/link.txt",
                           "/up/outside.txt",
                           "/up/web/index.html",
                           "/.secret",
                           "/.git/config",
                           "/.git",
                           "/..",
                           "/.",
                           "/%2e%2e",
                           "/%2e%2e/",
                           "/%c0%ae%c0%ae/outside.txt",
                           "/index.html%0a.js",
                           "/...."}) {
    INFO(path);
    Answer answer = node.get(path);
    REQUIRE(answer.problem() == "404 not-found");
    REQUIRE(answer.body.find("hidden") == std::string::npos);
  }
}

TEST_CASE("addresses that no client of ours sends are refused", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  for (const char* target :
       {"/index.html%00", "/index.html%00.js", "/%00", "/%", "/%zz", "http://n/index.html",
        "http://n/../outside.txt", "index.html", "../outside.txt", "*", "/a b"}) {
    INFO(target);
    REQUIRE(node.raw("GET " + std::string(target) + " HTTP/1.1\r\nHost: n\r\n\r\n").problem() ==
            "400 bad-request");
  }
  REQUIRE(node.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
