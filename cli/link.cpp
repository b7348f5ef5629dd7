#include "cli/link.h"

#include "cli/loopback_socket.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace genlock::cli {
namespace {

constexpr int look_ms = 20;

// One direction: bytes read from `from` that wait to be written to `to`.
struct Flow {
  int from, to;
  std::string waiting;
  bool ended = false;  // `from` said its last byte

  short wants_of_from() const {
    return static_cast<short>(!ended && waiting.size() < Link::max_buffered ? POLLIN : 0);
  }
  short wants_of_to() const { return static_cast<short>(waiting.empty() ? 0 : POLLOUT); }
  // False: the connection broke.
  bool read_some() {
    std::array<char, 16384> buffer;
    auto got = recv(from, buffer.data(), buffer.size(), 0);
    if (got > 0) waiting.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0) ended = true;
    return got >= 0 || again();
  }
  bool write_some() {
    auto sent = send(to, waiting.data(), waiting.size(), MSG_NOSIGNAL);
    if (sent > 0) waiting.erase(0, static_cast<std::size_t>(sent));
    return sent >= 0 || again();
  }
  bool done() const { return ended && waiting.empty(); }
};

}  // namespace

// One relayed connection. Over as soon as one side has said all and it was passed on.
struct Link::Pair {
  Pair(int near, int far)
      : forth{.from = near, .to = far, .waiting = {}},
        back{.from = far, .to = near, .waiting = {}} {}
  ~Pair() {
    close(forth.from);
    close(forth.to);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  std::array<pollfd, 2> wants() const {
    auto merged = [](short a, short b) { return static_cast<short>(a | b); };
    return {pollfd{forth.from, merged(forth.wants_of_from(), back.wants_of_to()), 0},
            pollfd{forth.to, merged(back.wants_of_from(), forth.wants_of_to()), 0}};
  }
  // False: it is over.
  bool step(short near, short far) {
    constexpr short broken = POLLERR | POLLNVAL, readable = POLLIN | POLLHUP;
    if ((near | far) & broken) return false;
    if ((near & readable) && !forth.ended && !forth.read_some()) return false;
    if ((far & readable) && !back.ended && !back.read_some()) return false;
    if (!forth.waiting.empty() && !forth.write_some()) return false;
    if (!back.waiting.empty() && !back.write_some()) return false;
    return !forth.done() && !back.done();
  }

  Flow forth, back;
};

Result<std::unique_ptr<Link>> Link::open(std::uint16_t target_port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || bind(listener, raw, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, raw, &size) != 0) {
    Error error{ErrorCode::unavailable, std::string("can't listen: ") + std::strerror(errno)};
    if (listener >= 0) close(listener);
    return error;
  }
  return std::unique_ptr<Link>(new Link(listener, ntohs(address.sin_port), target_port));
}

Link::Link(int listener, std::uint16_t port, std::uint16_t target_port)
    : listener_(listener), port_(port), target_port_(target_port), thread_([this] { run(); }) {}

Link::~Link() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

void Link::run() {
  while (!stopping_) {
    if (!up_) pairs_.clear();
    relay();
  }
  pairs_.clear();
}

void Link::accept_one() {
  int near = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (near < 0) return;
  int far = -1;
  sockaddr_in target = loopback(target_port_);
  if (up_ && pairs_.size() < max_connections) far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (far < 0 || connect(far, reinterpret_cast<sockaddr*>(&target), sizeof target) != 0) {
    close(near);
    if (far >= 0) close(far);
    return;
  }
  set_up(near);
  set_up(far);
  pairs_.push_back(std::make_unique<Pair>(near, far));
}

// Waits for a moment and passes on what came.
void Link::relay() {
  std::vector<pollfd> polled = {{.fd = listener_, .events = POLLIN, .revents = 0}};
  for (const auto& pair : pairs_)
    for (const pollfd& wanted : pair->wants()) polled.push_back(wanted);
  if (poll(polled.data(), polled.size(), look_ms) <= 0) return;
  std::size_t next = 1;
  std::erase_if(pairs_, [&](const std::unique_ptr<Pair>& pair) {
    short near = polled[next].revents, far = polled[next + 1].revents;
    next += 2;
    return !pair->step(near, far);
  });
  if (polled[0].revents) accept_one();
}

}  // namespace genlock::cli
