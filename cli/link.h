// A link between two nodes that can be cut: a relay for TCP on loopback, in a thread of its own.
// One node is told the relay's port in place of the other's; cut() closes what runs through it and
// refuses what comes, as a dead router would, and heal() lets it through again.
#pragma once

#include "engine/result.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace genlock::cli {

class Link {
 public:
  static constexpr std::size_t max_connections = 64;      // more are refused
  static constexpr std::size_t max_buffered = 256 << 10;  // bytes on their way, each direction

  // Relays to 127.0.0.1:`target_port`. ERRORS: unavailable.
  static Result<std::unique_ptr<Link>> open(std::uint16_t target_port);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  std::uint16_t port() const { return port_; }
  // Both return at once; the thread acts within 20 ms.
  void cut() { up_ = false; }
  void heal() { up_ = true; }
  bool is_up() const { return up_; }

 private:
  struct Pair;

  Link(int listener, std::uint16_t port, std::uint16_t target_port);
  void run();
  void accept_one();
  void relay();

  int listener_;
  std::uint16_t port_, target_port_;
  std::atomic<bool> up_{true}, stopping_{false};
  std::vector<std::unique_ptr<Pair>> pairs_;  // the thread's own
  std::thread thread_;
};

}  // namespace genlock::cli
