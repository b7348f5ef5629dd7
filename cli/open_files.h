// How many descriptors this process may have open: a socket for each client, and the store's files.
#pragma once

#include <cstdint>

namespace genlock::cli {

inline constexpr std::uint64_t max_open_files = 65'536;

struct OpenFiles {
  std::uint64_t before = 0, now = 0;
};
// Raises the soft limit to the hard one, to max_open_files at most. Never lowers it; where the
// system refuses, all stays as it was.
OpenFiles raise_open_files();

}  // namespace genlock::cli
