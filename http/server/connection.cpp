#include "http/server/connection.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace genlock::http {
namespace {

// What a failed call means.
Connection::Io after_error() {
  if (errno == EINTR) return Connection::Io::some;
  return errno == EAGAIN || errno == EWOULDBLOCK ? Connection::Io::would_block
                                                 : Connection::Io::closed;
}

}  // namespace

Connection::Io Connection::receive() {
  std::array<char, 64 * 1024> buffer;  // left uninitialised: this is the hot path
  const ssize_t count = ::recv(fd(), buffer.data(), buffer.size(), 0);
  if (count < 0) return after_error();
  if (count == 0) return Io::closed;
  input_.append(buffer.data(), static_cast<std::size_t>(count));
  return Io::some;
}

void Connection::queue(std::string bytes) {
  if (unsent_bytes() == 0) {
    output_ = std::move(bytes);
  } else {
    output_.erase(0, sent_);
    output_ += bytes;
  }
  sent_ = 0;
}

Connection::Io Connection::send() {
  while (unsent_bytes() > 0) {
    const ssize_t count = ::send(fd(), output_.data() + sent_, unsent_bytes(), MSG_NOSIGNAL);
    if (count < 0) {
      if (const Io io = after_error(); io != Io::some) return io;
      continue;
    }
    sent_ += static_cast<std::size_t>(count);
    taken_ += static_cast<std::size_t>(count);
  }
  output_.clear();
  sent_ = 0;
  return Io::some;
}

void Connection::finish_sending() { ::shutdown(fd(), SHUT_WR); }

}  // namespace genlock::http
