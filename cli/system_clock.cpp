#include "cli/system_clock.h"

#include "engine/check.h"

#include <sys/random.h>

#include <chrono>

namespace genlock::cli {

UnixMs SystemClock::now() {
  using namespace std::chrono;
  auto wall = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return wall + offset_ms_;
}

void SystemClock::measured(std::int64_t offset_ms) {
  offset_ms_ += offset_ms;
  suspect_ = false;
}

std::uint64_t SystemRandom::next_u64() {
  std::lock_guard hold(mutex_);
  if (left_ == 0) {
    auto got = getrandom(drawn_.data(), sizeof drawn_, 0);
    // Requests of at most 512 bytes can't be interrupted half way, but they can before the kernel
    // has gathered entropy at boot.
    while (got < 0) got = getrandom(drawn_.data(), sizeof drawn_, 0);
    CHECK(got == static_cast<ssize_t>(sizeof drawn_), got);
    left_ = drawn_.size();
  }
  return drawn_[--left_];
}

}  // namespace genlock::cli
