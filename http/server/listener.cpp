#include "http/server/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace genlock::http {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// "localhost" means both loopbacks, whatever /etc/hosts says of it.
std::vector<std::string> spelled_out(const std::string& host) {
  if (host == "localhost") return {"127.0.0.1", "::1"};
  return {host};
}

Result<Addresses> resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failure != 0)
    return Error{ErrorCode::invalid_argument, "host " + host + ": " + gai_strerror(failure)};
  return Addresses(found, &freeaddrinfo);
}

void set_port(sockaddr_storage& address, std::uint16_t port) {
  if (address.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  }
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
}

void enable(int fd, int level, int option) {
  const int yes = 1;
  setsockopt(fd, level, option, &yes, sizeof yes);
}

// An address that this machine does not have is the caller's error; a port in use may be free
// later.
Error system_error(const std::string& what) {
  const bool no_such_address = errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT;
  const auto code = no_such_address ? ErrorCode::invalid_argument : ErrorCode::unavailable;
  return {code, what + ": " + std::strerror(errno)};
}

Result<Descriptor> listen_on(const addrinfo& info, std::uint16_t port, int backlog) {
  Descriptor socket_fd(::socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_fd.valid()) return system_error("socket");
  const int fd = socket_fd.get();
  enable(fd, SOL_SOCKET, SO_REUSEADDR);
  enable(fd, IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it
  sockaddr_storage address{};
  std::memcpy(&address, info.ai_addr, info.ai_addrlen);
  set_port(address, port);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), info.ai_addrlen) != 0)
    return system_error("bind to port " + std::to_string(port));
  if (::listen(fd, backlog) != 0) return system_error("listen on port " + std::to_string(port));
  return socket_fd;
}

// Adds the first usable address of `host` to `listeners`; the first one of all decides the port.
Result<void> add_host(const std::string& host, int backlog, Listeners& listeners) {
  TRY_ASSIGN(const Addresses addresses, resolve(host));
  TRY_ASSIGN(Descriptor socket_fd, listen_on(*addresses, listeners.port, backlog));
  listeners.port = bound_port(socket_fd.get());
  listeners.sockets.push_back(std::move(socket_fd));
  return {};
}

Result<Listeners> open_once(const std::string& host, std::uint16_t port, int backlog) {
  Listeners listeners;
  listeners.port = port;
  for (const std::string& name : spelled_out(host)) {
    Result<void> added = add_host(name, backlog, listeners);
    if (added.ok()) continue;
    const bool have_another = !listeners.sockets.empty();
    if (!have_another || added.error().code != ErrorCode::invalid_argument)
      return std::move(added).error();
  }
  return listeners;
}

}  // namespace

Descriptor::~Descriptor() {
  if (valid()) ::close(fd_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (valid()) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

int Descriptor::release() { return std::exchange(fd_, -1); }

// A free port of one loopback may be taken on the other: then another one is tried.
Result<Listeners> open_listeners(const std::string& host, std::uint16_t port, int backlog) {
  constexpr int attempts = 8;
  Result<Listeners> opened = open_once(host, port, backlog);
  for (int attempt = 1; attempt < attempts && !opened.ok() && port == 0; ++attempt)
    opened = open_once(host, port, backlog);
  if (!opened.ok()) return std::move(opened).error().in("cannot listen on " + host);
  return opened;
}

}  // namespace genlock::http
