// Time and chance enter through these ports; the engine reads neither by itself.
#pragma once

#include <cstdint>

namespace genlock {

// Milliseconds since 1970-01-01T00:00:00Z.
using UnixMs = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  // The wall clock, corrected by what the node measured against its peers.
  virtual UnixMs now() = 0;
  // True until this node has compared its clock with a trusted one: events are then marked
  // (docs/merging.md, rule 9).
  virtual bool suspect() const = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next_u64() = 0;
};

}  // namespace genlock
