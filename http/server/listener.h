// Opens the sockets that a server listens on.
#pragma once

#include "engine/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace genlock::http {

// A file descriptor with one owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release();

 private:
  int fd_;
};

struct Listeners {
  std::vector<Descriptor> sockets;  // non-blocking, listening; all on one port
  std::uint16_t port = 0;
};

// Every address of `host` is bound; "localhost" has two, and one that this machine lacks (no IPv6)
// is left out.
Result<Listeners> open_listeners(const std::string& host, std::uint16_t port, int backlog);

}  // namespace genlock::http
