#include "net/tcp_proxy.h"

#include "cli/loopback_socket.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>

namespace genlock::net {

namespace {

using cli::again;
using cli::loopback;
using cli::set_up;

constexpr int look_ms = 2;
constexpr std::size_t piece_bytes = 16 << 10;
constexpr double credit_s = 0.02;  // of the rate: how uneven a slow line may be

}  // namespace

// Bytes from `from` that wait until they may arrive at `to`.
struct TcpProxy::Flow {
  struct Piece {
    Steady::time_point due;
    std::string bytes;
  };
  int from, to;
  Direction direction;
  std::deque<Piece> waiting = {};
  std::size_t buffered = 0;
  bool ended = false;   // `from` said its last byte
  bool closed = false;  // and `to` was told
};

struct TcpProxy::Connection {
  Connection(int near, int far)
      : flows{Flow{.from = near, .to = far, .direction = Direction::forth},
              Flow{.from = far, .to = near, .direction = Direction::back}} {}
  ~Connection() {
    for (const Flow& flow : flows) ::close(flow.from);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // What was not sent yet is lost, and both hear of it.
  void will_reset() const {
    const linger at_once{1, 0};
    for (const Flow& flow : flows)
      ::setsockopt(flow.from, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

  std::array<Flow, 2> flows;
};

Result<std::unique_ptr<TcpProxy>> TcpProxy::open(std::uint16_t target_port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (listener >= 0 && ::bind(listener, raw, size) == 0 && ::listen(listener, 64) == 0 &&
      ::getsockname(listener, raw, &size) == 0)
    return std::unique_ptr<TcpProxy>(new TcpProxy(listener, ntohs(address.sin_port), target_port));
  Error error{ErrorCode::unavailable, std::string("can't listen: ") + std::strerror(errno), {}};
  if (listener >= 0) ::close(listener);
  return error;
}

TcpProxy::TcpProxy(int listener, std::uint16_t port, std::uint16_t target_port)
    : listener_(listener), port_(port), target_port_(target_port), thread_([this] { run(); }) {}

TcpProxy::~TcpProxy() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  thread_.join();
  ::close(listener_);
}

void TcpProxy::set(Direction direction, Trouble trouble) {
  const std::lock_guard lock(mutex_);
  lane(direction) = Lane{.trouble = trouble};
}

void TcpProxy::set_both(const Trouble& trouble) {
  set(Direction::forth, trouble);
  set(Direction::back, trouble);
}

void TcpProxy::reset_all() {
  const std::lock_guard lock(mutex_);
  reset_wanted_ = true;
}

void TcpProxy::refuse(bool refuses) {
  const std::lock_guard lock(mutex_);
  refuses_ = refuses;
}

std::uint64_t TcpProxy::passed(Direction direction) const {
  const std::lock_guard lock(mutex_);
  return lane(direction).passed;
}

std::uint64_t TcpProxy::connection_count() const {
  const std::lock_guard lock(mutex_);
  return connections_made_;
}

std::uint64_t TcpProxy::cut_count() const {
  const std::lock_guard lock(mutex_);
  return cuts_;
}

std::uint64_t TcpProxy::flip_count() const {
  const std::lock_guard lock(mutex_);
  return flips_;
}

// --- the thread ---------------------------------------------------------------------------------

void TcpProxy::run() {
  while (true) {
    poll_and_read();
    const std::lock_guard lock(mutex_);
    if (stopping_) break;
    if (reset_wanted_ || refuses_) {
      for (const auto& connection : connections_) connection->will_reset();
      connections_.clear();
      reset_wanted_ = false;
    }
    fill_credit(Steady::now());
    std::erase_if(connections_, [&](const std::unique_ptr<Connection>& one) {
      for (Flow& flow : one->flows)
        if (!pass_on(flow, lane(flow.direction))) {
          if (lane(flow.direction).trouble.cut_resets) one->will_reset();
          return true;
        }
      return one->flows[0].closed && one->flows[1].closed;
    });
  }
  connections_.clear();
}

// Waits for a moment and takes what came.
void TcpProxy::poll_and_read() {
  std::vector<pollfd> polled = {{.fd = listener_, .events = POLLIN, .revents = 0}};
  for (const auto& connection : connections_)
    for (const Flow& flow : connection->flows) {
      const bool wants = !flow.ended && flow.buffered < max_buffered;
      polled.push_back(
          {.fd = wants ? flow.from : -1, .events = static_cast<short>(POLLIN), .revents = 0});
    }
  if (::poll(polled.data(), polled.size(), look_ms) <= 0) return;
  std::size_t next = 1;
  const std::lock_guard lock(mutex_);
  std::erase_if(connections_, [&](const std::unique_ptr<Connection>& one) {
    bool broke = false;
    for (Flow& flow : one->flows)
      if (polled[next++].revents && !read_some(flow)) broke = true;
    if (broke) one->will_reset();
    return broke;
  });
  if (polled[0].revents) accept_one();
}

void TcpProxy::accept_one() {
  const int near = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (near < 0) return;
  int far = -1;
  const sockaddr_in target = loopback(target_port_);
  if (!refuses_ && connections_.size() < max_connections)
    far = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (far < 0 || ::connect(far, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    ::close(near);
    if (far >= 0) ::close(far);
    return;
  }
  set_up(near);
  set_up(far);
  ++connections_made_;
  connections_.push_back(std::make_unique<Connection>(near, far));
}

// False: the connection broke.
bool TcpProxy::read_some(Flow& flow) {
  std::array<char, piece_bytes> buffer;
  const auto got = ::recv(flow.from, buffer.data(), buffer.size(), 0);
  if (got < 0) return again();
  if (got == 0) flow.ended = true;
  if (got == 0) return true;
  const auto late = std::chrono::milliseconds(lane(flow.direction).trouble.delay_ms);
  flow.waiting.push_back(
      {Steady::now() + late, std::string(buffer.data(), static_cast<std::size_t>(got))});
  flow.buffered += static_cast<std::size_t>(got);
  return true;
}

void TcpProxy::fill_credit(Steady::time_point now) {
  const std::chrono::duration<double> since = now - credited_;
  credited_ = now;
  for (Lane& lane : lanes_) {
    const auto rate = static_cast<double>(lane.trouble.bytes_per_s);
    lane.credit = std::min(lane.credit + rate * since.count(), std::max(1.0, rate * credit_s));
  }
}

// False: the connection is over.
bool TcpProxy::pass_on(Flow& flow, Lane& lane) {
  const Trouble& trouble = lane.trouble;
  while (!flow.waiting.empty() && !trouble.stalled && flow.waiting.front().due <= Steady::now()) {
    std::size_t size = flow.waiting.front().bytes.size();
    if (trouble.bytes_per_s > 0) size = std::min(size, static_cast<std::size_t>(lane.credit));
    if (size == 0) return true;
    if (trouble.cut_at > lane.passed) {
      const std::uint64_t left = trouble.cut_at - lane.passed - 1;
      size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
      if (size == 0) {
        ++cuts_;
        ++lane.passed;  // the next connection is not cut by the same byte
        return false;
      }
    }
    const std::size_t before = flow.buffered;
    if (!send_some(flow, lane, size)) return false;
    if (flow.buffered == before) return true;
  }
  if (!flow.ended || !flow.waiting.empty() || flow.closed) return true;
  flow.closed = true;
  ::shutdown(flow.to, SHUT_WR);
  return true;
}

bool TcpProxy::send_some(Flow& flow, Lane& lane, std::size_t size) {
  std::string& bytes = flow.waiting.front().bytes;
  const std::string sent_as = damaged(bytes.substr(0, size), lane);
  const auto sent = ::send(flow.to, sent_as.data(), sent_as.size(), MSG_NOSIGNAL);
  if (sent < 0) return again();
  const auto count = static_cast<std::size_t>(sent);
  for (std::size_t i = 0; i < count; ++i) flips_ += sent_as[i] != bytes[i];
  bytes.erase(0, count);
  flow.buffered -= count;
  lane.passed += count;
  lane.credit -= static_cast<double>(count);
  if (bytes.empty()) flow.waiting.pop_front();
  return true;
}

// The bytes that come after lane.passed, as they arrive.
std::string TcpProxy::damaged(std::string bytes, const Lane& lane) {
  const auto [at, every] = std::pair{lane.trouble.flip_at, lane.trouble.flip_every};
  if (at == 0 && every == 0) return bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint64_t place = lane.passed + i + 1;
    if (place == at || (every > 0 && place % every == 0))
      bytes[i] = static_cast<char>(bytes[i] ^ 1 << place % 7);
  }
  return bytes;
}

}  // namespace genlock::net
