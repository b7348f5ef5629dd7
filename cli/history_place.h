// The history files that belong to a data directory, for commands that look at one.
#pragma once

#include "cli/compactor.h"
#include "cli/options.h"
#include "eventlog/history_files.h"

namespace genlock::cli {

// More than a node takes for a request: a command has the machine to itself.
inline constexpr std::size_t audit_history_bytes = std::size_t{4} << 30;

inline HistoryFiles history_of(const Target& target, const HistoryPlace& place) {
  return HistoryFiles(place.directory.empty() ? default_history_directory(target.data)
                                              : std::filesystem::path(place.directory),
                      audit_history_bytes);
}

}  // namespace genlock::cli
