// `genlock repair`: a damaged data directory is made anew beside itself, from what it still gives
// (cli/salvage.h) and from a peer, and takes its place only when it is whole. The node keeps its
// id, name and settings and goes on under a new origin: nobody knows what the lost part of the old
// one said.
#pragma once

#include "engine/event.h"
#include "engine/result.h"
#include "projections/json.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace genlock::cli {

struct RepairOptions {
  std::filesystem::path data;
  std::string peer;          // http(s)://host:port
  std::optional<Role> role;  // where the directory does not tell any more
  std::string name;          // empty: as before
  std::string version;
};

// Events of one origin that neither the directory nor the peer has.
struct LostRange {
  StreamId stream;
  EventRange range;
};

struct RepairReport {
  std::optional<std::string> unopenable;  // why nothing could be read of the directory
  // Why it could be read only in part: the latest events, which were nowhere else in it, may be
  // lost, and nothing says how many.
  std::optional<std::string> damaged_log;
  std::filesystem::path kept;           // where the damaged one is now; empty: there was none
  std::uint64_t unreadable_events = 0;  // that the directory should have had
  std::uint64_t salvaged_events = 0, fetched_events = 0;
  std::vector<LostRange> lost;
  std::optional<OriginId> closed_origin;
  OriginId new_origin;
  // Nothing is lost, as far as anybody can tell.
  bool ok() const { return lost.empty() && !damaged_log; }

  bool took_everything = false;  // it was not known which shows the node had subscribed to
};

// ERRORS: unavailable (the directory is in use, the peer does not answer: nothing was changed),
// invalid_argument (the role must be given; no address), corruption (the new directory does not
// prove to be whole: the damaged one is where it was).
Result<RepairReport> repair(const RepairOptions& options);

Json to_json(const RepairReport& report);

}  // namespace genlock::cli
