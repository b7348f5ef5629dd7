// Time and chance of a real node.
#pragma once

#include "engine/clock.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

namespace genlock::cli {

// The wall clock, corrected by the offset that was measured against a trusted peer. A suspect clock
// has never been compared with one: events written by it are marked (docs/merging.md, rule 9).
// Thread-safe.
class SystemClock : public Clock {
 public:
  SystemClock() = default;

  UnixMs now() override;
  bool suspect() const override { return suspect_; }

  void doubt() { suspect_ = true; }
  // The peer's clock minus ours, as this clock has it now. REQUIRES: the peer is not suspect
  // itself.
  void measured(std::int64_t offset_ms);
  std::int64_t offset_ms() const { return offset_ms_; }
  // An offset measured in an earlier run.
  void restore(std::int64_t offset_ms) { offset_ms_ = offset_ms; }

 private:
  std::atomic<std::int64_t> offset_ms_{0};
  std::atomic<bool> suspect_{false};
};

// The kernel's random numbers. Thread-safe.
class SystemRandom : public Random {
 public:
  std::uint64_t next_u64() override;

 private:
  std::mutex mutex_;  // guards the two below
  std::array<std::uint64_t, 64> drawn_{};
  std::size_t left_ = 0;
};

}  // namespace genlock::cli
