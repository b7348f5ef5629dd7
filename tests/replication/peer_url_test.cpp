#include "replication/peer_url.h"

#include "catch.h"

namespace genlock::replication {
namespace {

TEST_CASE("addresses of peers", "[peer_url]") {
  REQUIRE(*parse_peer_url("http://truck-2") == PeerUrl{false, "truck-2", 80, ""});
  REQUIRE(*parse_peer_url("https://cloud.example.com/") ==
          PeerUrl{true, "cloud.example.com", 443, ""});
  REQUIRE(*parse_peer_url("http://10.0.0.7:8080/a/b/") == PeerUrl{false, "10.0.0.7", 8080, "/a/b"});
  REQUIRE(*parse_peer_url("http://[fe80::1]:8080") == PeerUrl{false, "fe80::1", 8080, ""});
  for (const char* url :
       {"http://truck-2", "https://cloud.example.com:8443/a", "http://[::1]:8080"})
    REQUIRE(parse_peer_url(url)->to_string() == url);
}

TEST_CASE("what is no address says what is wrong", "[peer_url]") {
  for (const char* url : {"", "truck-2", "ftp://x", "http://", "http://:80", "http://a:0",
                          "http://a:99999", "http://a:b", "http://a b", "http://u:p@a",
                          "http://a/?q", "http://[::1", "http://a/\r\nX: y"}) {
    INFO(url);
    REQUIRE(!parse_peer_url(url).ok());
    REQUIRE(parse_peer_url(url).error().code == ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace genlock::replication
