// A bad line between two programs: a relay for TCP on loopback, in a thread of its own, whose
// trouble a test sets while it runs, for each direction apart. Of each direction bytes are counted
// over all connections from set() on, so one number says where something happens, whatever the
// programs do: the 500th byte of what comes back is damaged, the line dies at the 70,000th.
//   test --"http://127.0.0.1:<port()>"--> proxy --> 127.0.0.1:target
// Thread-safe. Acts within 2 ms of a call.
#pragma once

#include "engine/result.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace genlock::net {

// forth: from the one who connects; back: what it is answered.
enum class Direction { forth, back };

struct Trouble {
  std::int64_t delay_ms = 0;      // each byte arrives so much later
  std::uint64_t bytes_per_s = 0;  // 0: as fast as it goes
  bool stalled = false;           // nothing arrives; what comes is kept, until max_buffered
  std::uint64_t cut_at = 0;       // that byte ends its connection and does not arrive; 0: none
  bool cut_resets = false;        // .. with a reset, both ways, instead of an orderly end
  std::uint64_t flip_at = 0;      // of that byte a bit is flipped; 0: none
  std::uint64_t flip_every = 0;   // and of each so-manieth; 0: none
};

class TcpProxy {
 public:
  static constexpr std::size_t max_connections = 64;      // more are refused
  static constexpr std::size_t max_buffered = 256 << 10;  // bytes on their way, each direction

  // Relays to 127.0.0.1:`target_port`. ERRORS: unavailable.
  static Result<std::unique_ptr<TcpProxy>> open(std::uint16_t target_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const { return port_; }
  // From now on, and its bytes are counted from 1 again.
  void set(Direction direction, Trouble trouble);
  void set_both(const Trouble& trouble);
  // Every connection ends now, with a reset.
  void reset_all();
  // True: who connects is turned away, and what runs ends. As a router without power.
  void refuse(bool refuses);

  // Bytes that arrived since set().
  std::uint64_t passed(Direction direction) const;
  // Since the start.
  std::uint64_t connection_count() const;
  std::uint64_t cut_count() const;
  std::uint64_t flip_count() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Flow;
  struct Connection;
  // One direction of all connections.
  struct Lane {
    Trouble trouble;
    std::uint64_t passed = 0;
    double credit = 0;  // bytes that the rate lets through now
  };

  TcpProxy(int listener, std::uint16_t port, std::uint16_t target_port);
  void run();
  void accept_one();
  void poll_and_read();
  bool read_some(Flow& flow);
  bool pass_on(Flow& flow, Lane& lane);
  bool send_some(Flow& flow, Lane& lane, std::size_t size);
  std::string damaged(std::string bytes, const Lane& lane);
  void fill_credit(Steady::time_point now);
  Lane& lane(Direction direction) { return lanes_[static_cast<std::size_t>(direction)]; }
  const Lane& lane(Direction direction) const {
    return lanes_[static_cast<std::size_t>(direction)];
  }

  const int listener_;
  const std::uint16_t port_, target_port_;
  mutable std::mutex mutex_;  // guards all below but the thread
  std::array<Lane, 2> lanes_;
  bool refuses_ = false, reset_wanted_ = false, stopping_ = false;
  std::uint64_t connections_made_ = 0, cuts_ = 0, flips_ = 0;
  Steady::time_point credited_ = Steady::now();
  std::vector<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace genlock::net
