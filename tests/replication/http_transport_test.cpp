// A peer that takes requests and never answers: who cancels does not wait for it.
#include "replication/http_transport.h"

#include "catch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace genlock::replication {
namespace {

class SilentPeer {
 public:
  SilentPeer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, raw, size) == 0);
    REQUIRE(listen(listener_, 16) == 0);
    REQUIRE(getsockname(listener_, raw, &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentPeer() { close(listener_); }
  SilentPeer(const SilentPeer&) = delete;
  SilentPeer& operator=(const SilentPeer&) = delete;

  PeerUrl url() const { return *parse_peer_url("http://127.0.0.1:" + std::to_string(port_)); }
  // Makes room for the next ones.
  void drop_connections() const {
    for (int one; (one = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) close(one);
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("a request is cut at whatever moment it is cancelled", "[transport]") {
  constexpr std::chrono::seconds answer_timeout{25};
  const SilentPeer peer;
  for (int delay_us = 0; delay_us < 1'000; delay_us += 2) {
    HttpTransport transport(peer.url(), {});
    Result<Message> answer = Error{ErrorCode::gone, "nothing asked"};
    const auto start = std::chrono::steady_clock::now();
    std::thread asks([&] {
      Message request;
      request.body = Wait{};
      answer = transport.ask(request, std::chrono::milliseconds(answer_timeout).count());
    });
    std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
    transport.cancel();
    asks.join();
    REQUIRE(std::chrono::steady_clock::now() - start < answer_timeout);
    REQUIRE(answer.error().code == ErrorCode::unavailable);
    peer.drop_connections();
  }
}

}  // namespace genlock::replication
