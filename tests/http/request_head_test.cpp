#include "http/server/request_head.h"

#include "catch.h"

namespace genlock::http {
namespace {

struct Read {
  int status = 0;  // 0: good
  RequestHead head;
};

// A head of these lines, the empty line added.
Read read(std::string_view lines, const Limits& limits = {}) {
  Read result;
  const auto refusal = parse_head(std::string(lines) + "\r\n", limits, result.head);
  result.status = refusal ? refusal->status : 0;
  return result;
}

int status_of(std::string_view request_line, std::string_view fields = "") {
  return read(std::string(request_line) + "\r\nHost: n\r\n" + std::string(fields)).status;
}

TEST_CASE("a good head is taken apart", "[http][head]") {
  const Read result =
      read("POST /api/x%20y?a=1&b HTTP/1.1\r\nhost: n\r\nContent-Length: 12\r\nX-A:  v \t\r\n");
  REQUIRE(result.status == 0);
  REQUIRE(result.head.method == "POST");
  REQUIRE(result.head.path == "/api/x%20y");
  REQUIRE(result.head.query == "a=1&b");
  REQUIRE(result.head.body_bytes == 12);
  REQUIRE(result.head.headers.get("x-a") == "v");
  REQUIRE_FALSE(result.head.close);
}

TEST_CASE("header values stay raw", "[http][head]") {
  REQUIRE(read("GET / HTTP/1.1\r\nHost: n\r\nX-A: %0d%0aEvil: 1\r\n").head.headers.get("X-A") ==
          "%0d%0aEvil: 1");
}

TEST_CASE("malformed request lines are refused", "[http][head]") {
  REQUIRE(status_of("GET / HTTP/1.1") == 0);
  REQUIRE(status_of("GET  / HTTP/1.1") == 400);
  REQUIRE(status_of("GET /") == 400);
  REQUIRE(status_of("GET") == 400);
  REQUIRE(status_of("G@T / HTTP/1.1") == 400);
  REQUIRE(status_of("GET x HTTP/1.1") == 400);
  REQUIRE(status_of("GET http://n/ HTTP/1.1") == 400);
  REQUIRE(status_of("GET * HTTP/1.1") == 400);
  REQUIRE(status_of("GET /a b HTTP/1.1") == 400);
  REQUIRE(status_of("GET /\xc3\xa4 HTTP/1.1") == 400);
  REQUIRE(status_of("GET /#x HTTP/1.1") == 400);
  REQUIRE(status_of("GET / http/1.1") == 400);
  REQUIRE(status_of("GET / HTTP/2.0") == 505);
  REQUIRE(status_of("BREW / HTTP/1.1") == 405);
  REQUIRE(status_of("CONNECT / HTTP/1.1") == 405);
}

TEST_CASE("malformed header lines are refused", "[http][head]") {
  REQUIRE(status_of("GET / HTTP/1.1", "no colon\r\n") == 400);
  REQUIRE(status_of("GET / HTTP/1.1", ": v\r\n") == 400);
  REQUIRE(status_of("GET / HTTP/1.1", "Name : v\r\n") == 400);
  REQUIRE(status_of("GET / HTTP/1.1", "A: b\r\n folded\r\n") == 400);
  REQUIRE(status_of("GET / HTTP/1.1", "A: b\x01\r\n") == 400);
  REQUIRE(status_of("GET / HTTP/1.1", std::string_view("A: b\0c\r\n", 8)) == 400);
  REQUIRE(status_of("GET / HTTP/1.1", "A: b\rc\r\n") == 400);
}

TEST_CASE("there is exactly one host", "[http][head]") {
  REQUIRE(read("GET / HTTP/1.1\r\n").status == 400);
  REQUIRE(status_of("GET / HTTP/1.1", "Host: other\r\n") == 400);
  REQUIRE(read("GET / HTTP/1.0\r\n").status == 0);
}

TEST_CASE("a body has one length that every reader reads alike", "[http][head]") {
  for (const char* bad :
       {"5x", "-1", "+5", "0x5", "5 5", "5, 5", "", "1e3", "99999999999999999999"}) {
    INFO(bad);
    REQUIRE(status_of("POST / HTTP/1.1", "Content-Length: " + std::string(bad) + "\r\n") == 400);
  }
  REQUIRE(status_of("POST / HTTP/1.1", "Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
  REQUIRE(status_of("POST / HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") ==
          411);
  REQUIRE(status_of("POST / HTTP/1.1", "Transfer-Encoding: identity\r\n") == 411);
  REQUIRE(status_of("POST / HTTP/1.1", "Content-Encoding: gzip\r\n") == 415);
  REQUIRE(status_of("POST / HTTP/1.1", "Content-Encoding: Identity\r\n") == 0);
  REQUIRE(status_of("GET / HTTP/1.1", "Content-Length: 5\r\n") == 400);
  REQUIRE(status_of("GET / HTTP/1.1", "Content-Length: 0\r\n") == 0);
}

TEST_CASE("the body limit depends on the path", "[http][head]") {
  const std::string two_mib = "Content-Length: 2097152\r\n";
  REQUIRE(status_of("POST /api/sources HTTP/1.1", two_mib) == 413);
  REQUIRE(status_of("POST /sync/v1/chunks HTTP/1.1", two_mib) == 0);
  REQUIRE(status_of("POST /sync/v1/chunks HTTP/1.1", "Content-Length: 4194305\r\n") == 413);
  REQUIRE(status_of("POST /api/../sync/v1/ HTTP/1.1", two_mib) == 413);
}

TEST_CASE("targets and header counts are bounded", "[http][head]") {
  REQUIRE(status_of("GET /" + std::string(4095, 'a') + " HTTP/1.1") == 0);
  REQUIRE(status_of("GET /" + std::string(4096, 'a') + " HTTP/1.1") == 414);
  std::string fields;
  for (int i = 0; i < 95; ++i) fields += "A: b\r\n";
  REQUIRE(status_of("GET / HTTP/1.1", fields) == 0);
  REQUIRE(status_of("GET / HTTP/1.1", fields + "A: b\r\n") == 431);
}

TEST_CASE("what ends the connection", "[http][head]") {
  const auto close = [](std::string_view line, std::string_view fields) {
    return read(std::string(line) + "\r\nHost: n\r\n" + std::string(fields)).head.close;
  };
  REQUIRE_FALSE(close("GET / HTTP/1.1", "Connection: keep-alive\r\n"));
  REQUIRE(close("GET / HTTP/1.1", "Connection: Close\r\n"));
  REQUIRE(close("GET / HTTP/1.1", "Connection: upgrade, close\r\n"));
  REQUIRE(close("GET / HTTP/1.0", ""));
  REQUIRE(close("POST / HTTP/1.1", ""));  // a body without a length might follow
  REQUIRE_FALSE(close("POST / HTTP/1.1", "Content-Length: 0\r\n"));
}

TEST_CASE("the end of a head is found however it arrives", "[http][head]") {
  using State = HeadScan::State;
  const std::string head = "GET / HTTP/1.1\r\nHost: n\r\n\r\n";
  std::size_t scanned = 0;
  for (std::size_t arrived = 1; arrived < head.size(); ++arrived) {
    const HeadScan scan = scan_head(head.substr(0, arrived), scanned);
    REQUIRE(scan.state == State::incomplete);
    scanned = scan.bytes;
  }
  const HeadScan scan = scan_head(head + "rest", scanned);
  REQUIRE(scan.state == State::complete);
  REQUIRE(scan.bytes == head.size());
}

TEST_CASE("what can't become a head is known at once", "[http][head]") {
  using State = HeadScan::State;
  REQUIRE(scan_head("GET / HTTP/1.1\nHost: n\n\n", 0).state == State::malformed);
  REQUIRE(scan_head("\x16\x03\x01", 0).state == State::malformed);  // TLS on the plain port
  REQUIRE(scan_head(" GET /", 0).state == State::malformed);
}

}  // namespace
}  // namespace genlock::http
