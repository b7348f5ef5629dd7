// How long to wait after the n-th failure in a row: doubling from 250 ms to 60 s, each time by
// chance between half of it and all of it, so that many nodes that lost one peer do not come back
// in step.
#pragma once

#include "engine/clock.h"

#include <algorithm>

namespace genlock::replication {

inline constexpr std::int64_t min_backoff_ms = 250;
inline constexpr std::int64_t max_backoff_ms = 60'000;

inline std::int64_t backoff_ms(int failures, Random& random) {
  std::int64_t full = std::min(max_backoff_ms, min_backoff_ms << std::clamp(failures - 1, 0, 20));
  return full / 2 +
         static_cast<std::int64_t>(random.next_u64() % static_cast<std::uint64_t>(full / 2 + 1));
}

}  // namespace genlock::replication
