// What one seed does: each kind of fault is on in about half of the seeds (swarm testing, Groce et
// al. 2012), because faults that are always on hide each other.
#pragma once

#include "replication/limits.h"
#include "support/seeded_random.h"

#include <cstdint>
#include <string>

namespace genlock::simulation {

struct Swarm {
  std::uint64_t seed = 0;
  std::uint64_t commands = 60;     // of all clients together
  std::int64_t chaos_ms = 60'000;  // how long commands and faults go on
  std::uint64_t loss_percent = 0;  // of messages
  std::uint64_t duplicate_percent = 0;
  std::uint64_t corrupt_percent = 0;  // one bit flipped, or the end cut off
  std::uint64_t replay_percent = 0;  // an old message again, from anybody to anybody it was sent to
  std::int64_t delay_ms = 20;  // greatest; each message draws its own, so they overtake each other
  std::size_t page_bytes = replication::limits::max_page_bytes;  // few: a download is many pages
  bool partitions = false;  // one way or both ways, between any two
  bool restarts = false;
  bool disk_errors = false;  // a commit fails, with its batch lost or applied; then a restart
  bool clock_skew = false;   // minutes
  bool clock_jumps = false;
  bool lan_link = false;  // the two LAN nodes sync with each other too
  bool live = true;       // long polls
  bool partial = false;   // the second LAN node subscribes to some productions only

  static Swarm draw(std::uint64_t seed);
  std::string to_string() const;
};

}  // namespace genlock::simulation
