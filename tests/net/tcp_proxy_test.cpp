// The bad line itself: what it does it does to exactly the bytes it was told.
#include "net/tcp_proxy.h"

#include "catch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

using namespace genlock;
using namespace genlock::net;

namespace {

constexpr int patience_ms = 20'000;
using Steady = std::chrono::steady_clock;

class Socket {
 public:
  Socket() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) { REQUIRE(socket_ >= 0); }
  explicit Socket(int socket) : socket_(socket) { REQUIRE(socket_ >= 0); }
  ~Socket() { ::close(socket_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return socket_; }

  void say(const std::string& bytes) const {
    REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  // Exactly so many bytes, or what came before the end.
  std::string hear(std::size_t size) {
    std::string heard;
    while (heard.size() < size) {
      pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
      REQUIRE(::poll(&wanted, 1, patience_ms) == 1);
      char buffer[4096];
      const auto got = ::recv(socket_, buffer, std::min(sizeof buffer, size - heard.size()), 0);
      error_ = got < 0 ? errno : 0;
      if (got <= 0) break;
      heard.append(buffer, static_cast<std::size_t>(got));
    }
    return heard;
  }
  bool is_silent() const {
    pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&wanted, 1, 50) == 0;
  }
  int error() const { return error_; }  // of the last hear()

 private:
  const int socket_;
  int error_ = 0;
};

// Somebody who listens, and a proxy to it.
class Line {
 public:
  Line() {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), raw, size) == 0);
    REQUIRE(::listen(listener_.get(), 8) == 0);
    REQUIRE(::getsockname(listener_.get(), raw, &size) == 0);
    proxy_ = TcpProxy::open(ntohs(address.sin_port)).value();
  }
  TcpProxy& proxy() { return *proxy_; }
  void connect(const Socket& caller) {
    const sockaddr_in address = loopback(proxy_->port());
    REQUIRE(::connect(caller.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
  }
  int answer() { return ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC); }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  Socket listener_;
  std::unique_ptr<TcpProxy> proxy_;
};

}  // namespace

TEST_CASE("a line without trouble carries what it is given, both ways", "[net][proxy]") {
  Line line;
  Socket near;
  line.connect(near);
  Socket far(line.answer());
  std::string much(300'000, 'a');
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>(i * 7 % 251);
  near.say(much);
  REQUIRE(far.hear(much.size()) == much);
  far.say("pong");
  REQUIRE(near.hear(4) == "pong");
  REQUIRE(line.proxy().passed(Direction::forth) == much.size());
  REQUIRE(line.proxy().passed(Direction::back) == 4);
  ::shutdown(near.get(), SHUT_WR);
  REQUIRE(far.hear(1).empty());  // an end is passed on
}

TEST_CASE("a line is cut at exactly the byte that was named, with and without a reset",
          "[net][proxy]") {
  for (const bool resets : {false, true}) {
    Line line;
    Socket near;
    line.connect(near);
    Socket far(line.answer());
    line.proxy().set(Direction::forth, {.cut_at = 4, .cut_resets = resets});
    near.say("abcdefgh");
    const std::string heard = far.hear(8);
    if (resets) REQUIRE(far.error() == ECONNRESET);
    if (!resets) REQUIRE(heard == "abc");
    REQUIRE(line.proxy().cut_count() == 1);
    Socket again;  // one byte ends one connection
    line.connect(again);
    Socket whole(line.answer());
    again.say("abcdefgh");
    REQUIRE(whole.hear(8) == "abcdefgh");
  }
}

TEST_CASE("a line flips a bit of exactly the bytes that were named", "[net][proxy]") {
  Line line;
  Socket near;
  line.connect(near);
  Socket far(line.answer());
  line.proxy().set(Direction::back, {.flip_at = 3});
  far.say("aaaaaa");
  const std::string once = near.hear(6);
  REQUIRE(once.substr(0, 2) == "aa");
  REQUIRE(once[2] != 'a');
  REQUIRE(once.substr(3) == "aaa");
  line.proxy().set(Direction::back, {.flip_every = 2});
  far.say("aaaaaa");
  const std::string often = near.hear(6);
  for (std::size_t i = 0; i < often.size(); ++i) REQUIRE((often[i] == 'a') == (i % 2 == 0));
  REQUIRE(line.proxy().flip_count() == 4);
  near.say("bb");
  REQUIRE(far.hear(2) == "bb");
}

TEST_CASE("a line is late, slow, or silent in one direction", "[net][proxy]") {
  Line line;
  Socket near;
  line.connect(near);
  Socket far(line.answer());
  line.proxy().set(Direction::forth, {.delay_ms = 100});
  const auto began = Steady::now();
  near.say("x");
  REQUIRE(far.hear(1) == "x");
  REQUIRE(Steady::now() - began >= std::chrono::milliseconds(100));

  line.proxy().set(Direction::forth, {.bytes_per_s = 10'000});
  const auto slow = Steady::now();
  near.say(std::string(2'000, 'y'));
  REQUIRE(far.hear(2'000) == std::string(2'000, 'y'));
  REQUIRE(Steady::now() - slow >= std::chrono::milliseconds(150));

  line.proxy().set(Direction::forth, {.stalled = true});
  near.say("kept");
  REQUIRE(far.is_silent());
  far.say("other way");
  REQUIRE(near.hear(9) == "other way");
  line.proxy().set(Direction::forth, {});
  REQUIRE(far.hear(4) == "kept");
}

TEST_CASE("a line resets what runs, and turns away what comes", "[net][proxy]") {
  Line line;
  Socket near;
  line.connect(near);
  Socket far(line.answer());
  line.proxy().reset_all();
  REQUIRE(far.hear(1).empty());
  REQUIRE(far.error() == ECONNRESET);
  line.proxy().refuse(true);
  Socket refused;
  line.connect(refused);  // the kernel takes it, the proxy lets it fall
  REQUIRE(refused.hear(1).empty());
  line.proxy().refuse(false);
  Socket taken;
  line.connect(taken);
  Socket met(line.answer());
  taken.say("hello");
  REQUIRE(met.hear(5) == "hello");
  REQUIRE(line.proxy().connection_count() == 2);
}
