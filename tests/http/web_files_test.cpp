// The list of the web app's files: what is in it, large files and ranges, and what is refused at
// the start.
#include "api_node.h"
#include "http/server/file_names.h"
#include "http/server/file_request.h"
#include "http/server/static_files.h"
#include "raw_client.h"
#include "web_app.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace genlock::http {
namespace {

// Bytes that differ from place to place.
std::string large(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += std::to_string(bytes.size()) + ",";
  bytes.resize(size);
  return bytes;
}

const std::string film = large(3 * 1024 * 1024 + 17);  // beyond what is kept in memory

TEST_CASE("one range of a file", "[http][web]") {
  WebApp app;
  app.write("digits.txt", "0123456789");
  app.write("film.mp4", film);
  ApiNode node({.web = app.web()});
  struct Case {
    const char* range;
    std::size_t first, last;
  };
  for (const Case& one : {Case{"bytes=0-3", 0, 3},
                          {"bytes=8-", 8, 9},
                          {"bytes=-2", 8, 9},
                          {"bytes=5-5", 5, 5},
                          {"bytes=7-99999999999999999999999", 7, 9},
                          {"Bytes=-20", 0, 9},
                          {"bytes=0-", 0, 9}}) {
    INFO(one.range);
    Answer answer = node.get("/digits.txt", {{"Range", one.range}});
    REQUIRE(answer.status == 206);
    REQUIRE(answer.body == std::string("0123456789").substr(one.first, one.last - one.first + 1));
    REQUIRE(answer.header("Content-Range") ==
            "bytes " + std::to_string(one.first) + "-" + std::to_string(one.last) + "/10");
    REQUIRE(answer.header("Accept-Ranges") == "bytes");
  }
  Answer part = node.get("/film.mp4", {{"Range", "bytes=262100-1400000"}});
  REQUIRE(part.status == 206);
  REQUIRE(part.header("Content-Length") == std::to_string(1400000 - 262100 + 1));
  REQUIRE(part.body == film.substr(262100, 1400000 - 262100 + 1));
  REQUIRE(node.get("/film.mp4", {{"Range", "bytes=-17"}}).body == film.substr(film.size() - 17));
}

TEST_CASE("what is no single range gives the file whole, what lies outside 416", "[http][web]") {
  WebApp app;
  app.write("digits.txt", "0123456789");
  app.write("empty.txt", "");
  ApiNode node({.web = app.web()});
  for (const char* range : {"bytes=0-1,3-4", "bytes=3-1", "bytes=", "bytes=-", "bytes=a-b",
                            "rows=0-1", "bytes=1", "bytes 0-1", "bytes=0x1-2", "bytes=--1"}) {
    INFO(range);
    Answer answer = node.get("/digits.txt", {{"Range", range}});
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body == "0123456789");
  }
  for (const char* range :
       {"bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999999-"}) {
    INFO(range);
    Answer answer = node.get("/digits.txt", {{"Range", range}});
    REQUIRE(answer.problem() == "416 bad-request");
    REQUIRE(answer.header("Content-Range") == "bytes */10");
    REQUIRE(answer.etag().empty());
  }
  REQUIRE(node.get("/empty.txt", {{"Range", "bytes=0-1"}}).status == 200);
  REQUIRE(node.ask("HEAD", "/digits.txt", "", {{"Range", "bytes=0-1"}}).status == 200);
}

TEST_CASE("a range is of the version that If-Range names", "[http][web]") {
  WebApp app;
  ApiNode node({.web = app.web()});
  const std::string etag = node.get("/sw.js").etag();
  const auto asks = [&](const std::string& version) {
    return node.get("/sw.js", {{"Range", "bytes=0-1"}, {"If-Range", version}}).status;
  };
  REQUIRE(asks(etag) == 206);
  for (const std::string& other :
       {"W/" + etag, std::string("\"other\""), std::string("Sun, 22 Nov 2026 18:42:03 GMT")})
    REQUIRE(asks(other) == 200);
  Answer packed =
      node.get("/assets/index-Bx3kQ9aZ.js", {{"Range", "bytes=1-2"}, {"Accept-Encoding", "br"}});
  REQUIRE(packed.status == 206);
  REQUIRE(packed.body == "br");
  REQUIRE(packed.header("Content-Encoding") == "br");
  REQUIRE(packed.header("Content-Range") == "bytes 1-2/4");
}

TEST_CASE("a large file comes from the disk in pieces, one answer after the other", "[http][web]") {
  WebApp app;
  app.write("film.mp4", film);
  ApiNode node({.web = app.web()});
  for (int i = 0; i < 2; ++i) {
    Answer whole = node.get("/film.mp4");
    REQUIRE(whole.status == 200);
    REQUIRE(whole.header("Content-Length") == std::to_string(film.size()));
    REQUIRE(whole.headers.count("Content-Length") == 1);
    REQUIRE(whole.headers.count("Transfer-Encoding") == 0);
    REQUIRE(whole.header("Content-Type") == "video/mp4");
    REQUIRE(whole.body == film);
  }
  Answer head = node.ask("HEAD", "/film.mp4");
  REQUIRE(head.header("Content-Length") == std::to_string(film.size()));
  REQUIRE(node.get("/healthz").status == 200);
  RawClient half(node.port());
  half.send("GET /film.mp4 HTTP/1.0\r\n\r\n");
  half.finish_sending();
  REQUIRE(half.read_answer().body == film);
  REQUIRE(half.closed_within(RawClient::patience));
}

TEST_CASE("a large file that changed since the start is not mixed with its old self",
          "[http][web]") {
  WebApp app;
  app.write("film.mp4", film);
  app.write("other.mp4", film);
  ApiNode node({.web = app.web()});
  SECTION("written to") { app.write("film.mp4", film + "more"); }
  SECTION("gone") { std::filesystem::remove(app.web() / "film.mp4"); }
  SECTION("another one in its place") {
    std::filesystem::rename(app.web() / "other.mp4", app.web() / "film.mp4");
  }
  SECTION("a link in its place") {
    std::filesystem::rename(app.web() / "film.mp4", app.dir.path() / "film.mp4");
    std::filesystem::create_symlink(app.dir.path() / "film.mp4", app.web() / "film.mp4");
  }
  SECTION("a pipe in its place") {
    std::filesystem::remove(app.web() / "film.mp4");
    REQUIRE(mkfifo((app.web() / "film.mp4").c_str(), 0600) == 0);
  }
  Answer answer = node.get("/film.mp4");
  REQUIRE(answer.problem() == "503 not-ready");
  REQUIRE(!answer.header("Retry-After").empty());
  app.write("index.html", "new");
  REQUIRE(node.get("/").body == "<h1>app</h1>");  // small ones are as they were
  REQUIRE(node.bugs().empty());
}

TEST_CASE("a file that changes while it is sent ends short, and the operator hears",
          "[http][web]") {
  WebApp app;
  const std::string long_film = large(24 * 1024 * 1024);
  app.write("film.mp4", long_film);
  ApiNode node({.web = app.web()});
  RawClient slow(node.port(), 4096);
  slow.send("GET /film.mp4 HTTP/1.1\r\nHost: n\r\n\r\n");
  REQUIRE(slow.read_head().status == 200);
  app.write("film.mp4", "short");
  REQUIRE(slow.read_rest().size() < long_film.size());
  REQUIRE(node.bugs().size() == 1);
}

TEST_CASE("only plain files are listed", "[http][web]") {
  WebApp app;
  app.write("back\\slash.txt", "x");
  app.write("line\nbreak.txt", "x");
  REQUIRE(mkfifo((app.web() / "pipe").c_str(), 0600) == 0);
  auto files = StaticFiles::read(app.web());
  REQUIRE(files.ok());
  REQUIRE(files->count() == 6);
  for (const char* path :
       {"/pipe.x", "/link.txt", "/.secret", "/back%5cslash.txt", "/up/web/sw.js"})
    REQUIRE(!files->knows(path));
  for (const char* path : {"/", "/sw.js", "/shows/1", "/assets/index-Bx3kQ9aZ.js.br"})
    REQUIRE(files->knows(path));
}

TEST_CASE("a directory without an app is refused, with the way out", "[http][web]") {
  TempDir dir;
  const auto refused = [](const std::filesystem::path& path) {
    auto files = StaticFiles::read(path);
    REQUIRE(!files.ok());
    REQUIRE(files.error().code == ErrorCode::not_found);
    REQUIRE(files.error().message.find("--web " + path.string()) == 0);
    REQUIRE(files.error().message.find("name the directory") != std::string::npos);
    return files.error().message;
  };
  REQUIRE(refused(dir.path() / "none").find("no such directory") != std::string::npos);
  REQUIRE(refused(dir.path()).find("no index.html") != std::string::npos);
  std::ofstream(dir.path() / "page.html") << "x";
  REQUIRE(refused(dir.path() / "page.html").find("no such directory") != std::string::npos);
  std::filesystem::create_symlink("page.html", dir.path() / "index.html");
  REQUIRE(refused(dir.path()).find("symbolic link") != std::string::npos);
}

TEST_CASE("what is too large for a web app is the wrong directory", "[http][web]") {
  WebApp app;
  const auto code = [&](const WebLimits& limits) {
    auto files = StaticFiles::read(app.web(), limits);
    return files.ok() ? std::string("ok") : std::string(to_string(files.error().code));
  };
  REQUIRE(code({}) == "ok");
  REQUIRE(code({.entry_count = 5}) == to_string(ErrorCode::too_large));
  REQUIRE(code({.total_bytes = 20}) == to_string(ErrorCode::too_large));
  REQUIRE(code({.kept_file_bytes = 0, .kept_bytes = 0}) == "ok");
}

TEST_CASE("names with a hash are told from names without", "[http][web]") {
  for (const char* name :
       {"assets/index-Bx3kQ9aZ.js", "assets/a-b-C_-9aZxQ.css", "assets/main.8f3a9c1b2d.js",
        "assets/index-5FYRTN2P.js.map", "assets/index-Bx3kQ9aZ.js.br", "x/assets/i-AbCdEfGh.png"}) {
    INFO(name);
    REQUIRE(is_hashed_name(name));
  }
  for (const char* name :
       {"index.html", "index-Bx3kQ9aZ.js", "assets/service-worker.js", "assets/index.js",
        "assets/some-component.js", "assets/day-20261122.jpg", "assets/-a1.js", "assets/Bx3kQ9aZ",
        "assets/Bx3kQ9aZ.js", "assets/a-Bx3kQ9a.js", "myassets/index-Bx3kQ9aZ.js"}) {
    INFO(name);
    REQUIRE(!is_hashed_name(name));
  }
}

TEST_CASE("types go by the ending", "[http][web]") {
  REQUIRE(content_type_of("a/index.html") == "text/html; charset=utf-8");
  REQUIRE(content_type_of("LOGO.PNG") == "image/png");
  REQUIRE(content_type_of("app.webmanifest") == "application/manifest+json");
  REQUIRE(content_type_of("a.d/none") == "application/octet-stream");
  REQUIRE(content_type_of("x.unknown") == "application/octet-stream");
}

TEST_CASE("several lines of a list header are one list", "[http][web]") {
  Headers headers;
  headers.add("accept-encoding", "gzip;q=0.25");
  headers.add("Accept-Encoding", "br ; q=0.5");
  REQUIRE(coding_weight(headers, "gzip") == 250);
  REQUIRE(coding_weight(headers, "br") == 500);
  REQUIRE(coding_weight(headers, "identity") == 1);
  REQUIRE(accepts_html(headers));
}

}  // namespace
}  // namespace genlock::http
