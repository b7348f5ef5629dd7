// Health, the pages, and the files of the web app (docs/api.md, section 11).
#include "api_node.h"
#include "http/static_files.h"
#include "support/temp_dir.h"

#include <filesystem>
#include <fstream>

namespace genlock::http {
namespace {

TEST_CASE("a node is alive and ready", "[http][api]") {
  ApiNode node;
  REQUIRE(node.get("/healthz").body == R"({"status":"ok"})");
  REQUIRE(node.get("/readyz").body == R"({"ready":true,"components":{}})");
}

TEST_CASE("health has its checks, and says unknown where nothing is known", "[http][api]") {
  ApiNode node({.with_sync = true});
  node.sync().report.queue.events = 3;
  Answer health = node.get("/api/health");
  REQUIRE(health.status == 200);
  REQUIRE(health["/status"] == "ok");
  REQUIRE(health["/checks/database/status"] == "ok");
  REQUIRE(health["/checks/queue/events"] == "3");
  REQUIRE(health["/checks/last_sync"] == R"({"status":"unknown","at":null})");
  REQUIRE(health["/checks/conflicts/pending"] == "0");
  REQUIRE(health["/checks/disk"] == R"({"status":"unknown","free_bytes":null})");
  REQUIRE(health["/checks/clock"] == R"({"status":"unknown","offset_ms":null})");
  REQUIRE(health["/checks/backup"] == R"({"status":"unknown","at":null})");
  node.sync().report.state = SyncState::error;
  Answer degraded = node.get("/api/health");
  REQUIRE(degraded.status == 200);
  REQUIRE(degraded["/status"] == "degraded");
}

TEST_CASE("the root of a node without an app says what it is and links on", "[http][api]") {
  ApiNode node;
  Answer root = node.get("/");
  REQUIRE(root.status == 200);
  REQUIRE(root.header("Content-Type") == "text/html; charset=utf-8");
  for (const char* text :
       {"Truck 1", "lan", "Genlock", "href=\"/api/health\"", "href=\"/api/productions\"",
        "href=\"#api\"", "/api/sync/conflicts/{id}/resolve"}) {
    INFO(text);
    REQUIRE(root.body.find(text) != std::string::npos);
  }
  REQUIRE(node.get("/index.html").problem() == "404 not-found");
}

// --- the web app --------------------------------------------------------------------------------

struct WebApp {
  WebApp() {
    write("index.html", "<h1>app</h1>");
    write("assets/app.js", "run()");
    write(".secret", "hidden");
    write("../outside.txt", "outside");
    std::filesystem::create_symlink(dir.path().parent_path() / "outside.txt", web() / "link.txt");
    std::filesystem::create_directory_symlink("/", web() / "root");
  }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((web() / name).parent_path());
    std::ofstream(web() / name) << content;
  }
  std::filesystem::path web() const { return dir.path() / "web"; }

  TempDir dir;
};

TEST_CASE("files of the app are served, and its page for every other address", "[http][api]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  Answer script = node.get("/assets/app.js");
  REQUIRE(script.body == "run()");
  REQUIRE(script.header("Content-Type") == "text/javascript; charset=utf-8");
  REQUIRE(script.header("Cache-Control").find("immutable") != std::string::npos);
  for (const char* path : {"/", "/index.html", "/shows/17", "/assets/none.js", "/healthy"}) {
    INFO(path);
    REQUIRE(node.get(path).body == "<h1>app</h1>");
  }
  REQUIRE(node.get("/", {{"If-None-Match", node.get("/").etag()}}).status == 304);
  for (const char* path : {"/api", "/api/none", "/api/", "/sync/v1/none", "/problems/none"}) {
    INFO(path);
    REQUIRE(node.get(path).problem() == "404 not-found");
  }
  REQUIRE(node.post("/shows/17", "{}").problem() == "404 not-found");
}

TEST_CASE("nothing outside the app's directory can be reached", "[http][api]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  for (const char* path :
       {"/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/link.txt", "/.secret",
        "/root/etc/passwd", "//etc/passwd", "/assets/../../outside.txt", "/assets%2fapp.js"}) {
    INFO(path);
    REQUIRE(node.get(path).body == "<h1>app</h1>");
  }
}

TEST_CASE("a directory without an app is refused at the start", "[http]") {
  TempDir dir;
  REQUIRE(StaticFiles::read(dir.path() / "none").error().code == ErrorCode::not_found);
  REQUIRE(StaticFiles::read(dir.path()).error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace genlock::http
