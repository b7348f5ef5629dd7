// Hybrid logical clock (Kulkarni, Demirbas, Madappa, Avva, Leone 2014): 48 bits of milliseconds and
// a 16-bit counter. A reading is greater than everything its writer had seen, so (time, origin)
// extends causality; it ranks what is concurrent and identifies nothing.
#pragma once

#include "engine/clock.h"
#include "engine/ids.h"

#include <compare>
#include <cstdint>
#include <string>

namespace genlock {

enum class HybridTime : std::uint64_t { zero = 0 };

inline std::uint64_t number(HybridTime t) { return static_cast<std::uint64_t>(t); }
inline UnixMs milliseconds(HybridTime t) { return static_cast<UnixMs>(number(t) >> 16); }
inline HybridTime hybrid_time(UnixMs ms, std::uint16_t counter = 0) {
  return HybridTime{(static_cast<std::uint64_t>(ms < 0 ? 0 : ms) << 16) | counter};
}
// The next reading after everything in `seen`, given the wall clock: max(wall, seen + 1). Counter
// overflow carries into the milliseconds because the two are one number.
inline HybridTime tick(HybridTime seen, UnixMs wall) {
  HybridTime at_wall = hybrid_time(wall);
  return at_wall > seen ? at_wall : HybridTime{number(seen) + 1};
}

// Canonical order of events of a stream: hybrid time, then origin. Ranks concurrent writes.
struct Rank {
  HybridTime time = HybridTime::zero;
  OriginId origin;

  auto operator<=>(const Rank&) const = default;
};

}  // namespace genlock
