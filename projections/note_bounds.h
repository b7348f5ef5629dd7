// How long notes on what changed are kept (projections/change_note.h).
#pragma once

#include <cstdint>

namespace genlock {

// Beyond either, the oldest go.
struct NoteBounds {
  std::uint64_t events = 200'000;     // behind the newest one of the log: weeks of a busy crew
  std::uint64_t bytes = 64ULL << 20;  // of all notes; an ordinary one has some 40
};

}  // namespace genlock
