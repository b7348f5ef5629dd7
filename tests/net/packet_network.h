// A network between processes of this machine, and nothing else: each place is a network namespace
// with one address, and what leaves it is an IP packet that a thread of ours carries to another
// place, late, twice or not at all. So it is the kernel's own TCP that meets silence, loss and
// disorder: retransmissions, half-open connections, time-outs.
//   10.77.0.1   place 0: this process
//   10.77.0.2   place 1, ..
// Everything is gone with the object and the processes in it.
#pragma once

#include "engine/result.h"
#include "support/seeded_random.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace genlock::net {

// What becomes of packets from one place to another; the other direction has its own.
struct Path {
  bool cut = false;
  unsigned loss_percent = 0;
  unsigned twice_percent = 0;
  std::int64_t delay_ms = 0;
  std::int64_t jitter_ms =
      0;  // up to so much more, each packet by itself: they overtake each other
};

class PacketNetwork {
 public:
  static constexpr std::size_t max_waiting = 20'000;  // packets on their way; more are lost

  // REQUIRES: enter_namespaces() before, one of these at a time. ERRORS: unsupported.
  static Result<std::unique_ptr<PacketNetwork>> make(std::size_t places, std::uint64_t seed);
  ~PacketNetwork();
  PacketNetwork(const PacketNetwork&) = delete;
  PacketNetwork& operator=(const PacketNetwork&) = delete;

  static std::string address_of(std::size_t place);
  // While it lives, sockets and processes that this thread makes are at `place`.
  class Visit {
   public:
    Visit(const PacketNetwork& network, std::size_t place);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    const int home_;
  };

  void set(std::size_t from, std::size_t to, const Path& path);
  void set_both(std::size_t a, std::size_t b, const Path& path);
  // All paths are good again; packets on their way arrive.
  void heal();

  struct Counts {
    std::uint64_t carried = 0, lost = 0, doubled = 0;
  };
  Counts counts() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Place {
    int space = -1, tun = -1;
  };
  struct Packet {
    std::size_t to = 0;
    std::string bytes;
  };

  explicit PacketNetwork(std::uint64_t seed) : random_(seed) {}
  Result<void> add_place(std::size_t number);
  void run();
  void take(std::size_t from);
  void route(std::size_t from, std::string bytes);
  void deliver_due();
  bool chance(unsigned percent) { return random_.next_u64() % 100 < percent; }

  std::vector<Place> places_;
  mutable std::mutex mutex_;  // guards what follows but the thread
  SeededRandom random_;
  std::map<std::pair<std::size_t, std::size_t>, Path> paths_;
  std::multimap<Steady::time_point, Packet> waiting_;
  Counts counts_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace genlock::net
