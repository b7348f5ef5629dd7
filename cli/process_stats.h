// What the kernel counts of this process.
#pragma once

#include <cstdint>

namespace genlock::cli {

// What can't be read stays 0.
struct ProcessStats {
  double cpu_seconds = 0;    // user and system
  double start_seconds = 0;  // since 1970
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  std::uint64_t thread_count = 0;
  std::uint64_t open_files = 0, max_open_files = 0;
};

ProcessStats process_stats();

}  // namespace genlock::cli
