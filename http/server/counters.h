// What the server counts. Read them at any time from any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace genlock::http {

struct Counters {
  std::atomic<std::uint64_t> requests{0};  // handed to a handler
  std::atomic<std::uint64_t> refused{
      0};  // turned down by the guard: malformed, too large, too slow, too many
  std::atomic<std::uint64_t> shed{0};           // answered 503 because the queue was full
  std::atomic<std::uint64_t> bugs{0};           // exceptions that left a handler
  std::atomic<std::uint64_t> dropped_feeds{0};  // readers that did not keep up
  // Now.
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> parked{0};  // long polls
  std::atomic<std::uint64_t> feeds{0};
  std::atomic<std::uint64_t> busy_workers{0};  // of Limits::worker_count
};

}  // namespace genlock::http
