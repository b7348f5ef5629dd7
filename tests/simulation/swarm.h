// What one seed does: how large its world is, who is linked with whom, and which faults are on.
// Each kind of fault is on in about a third of the seeds (swarm testing, Groce et al. 2012),
// because faults that are always on hide each other. A shrunk failure is a Swarm with less of
// everything (shrink.h).
#pragma once

#include "replication/limits.h"
#include "simulation/fault.h"
#include "support/seeded_random.h"

#include <bitset>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace genlock::simulation {

// Node 0 is the cloud, the others are LAN nodes.
enum class Topology : std::uint8_t {
  star,   // every LAN node with the cloud
  mesh,   // and some LAN nodes with each other
  spare,  // the last LAN node is the hot spare of another and reaches only that one
  chain,  // each node with the one before it
};
const char* to_string(Topology topology);

// How large the worlds of the seeds are. Rare bugs are found as often in an hour of the one as of
// the other (README.md says what was measured); more seeds see more mixes of faults.
enum class WorldSize : std::uint8_t { common, large };

struct Swarm {
  std::uint64_t seed = 0;
  WorldSize size = WorldSize::common;
  std::size_t nodes = 3;           // 2 to 7
  std::size_t clients = 6;         // 1 to 20
  std::uint64_t commands = 60;     // of all clients together
  std::int64_t chaos_ms = 60'000;  // how long commands and faults go on
  Topology topology = Topology::star;
  std::bitset<fault_count> faults;
  std::uint64_t loss_percent = 0;  // of messages; likewise the next ones, where they are on
  std::uint64_t duplicate_percent = 0;
  std::uint64_t damage_percent = 0;
  std::uint64_t replay_percent = 0;
  std::int64_t delay_ms = 20;  // greatest; each message draws its own, so they overtake each other
  std::size_t page_bytes = replication::limits::max_page_bytes;  // few: a download is many pages
  bool live = true;                                              // long polls
  bool partial = false;                  // the last LAN node subscribes to one production only
  std::int64_t stable_after_ms = 1'000;  // what a node has held for so long it acknowledges
  bool liveness = false;  // before all heals, a connected core must come to agree without the rest
  bool calm = false;      // after it, everybody comes to one cut, and goes on from there
  // Numbers of commands that are left out: a shrunk failure.
  std::set<std::uint64_t> skipped;

  bool has(Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
  // Nodes acknowledge and compact.
  bool compacts() const { return has(Fault::compaction); }
  void turn_off(Fault fault) { faults.reset(static_cast<std::size_t>(fault)); }
  // Who calls whom.
  std::vector<std::pair<std::size_t, std::size_t>> links() const;
  // Commands are numbered from 0: those of the time of trouble, those of a liveness check, and
  // those at nodes that were just copied or rolled back, are away, or have not joined yet.
  std::uint64_t command_numbers() const { return commands + core_commands + alone_commands; }
  static constexpr std::uint64_t core_commands = 6, alone_commands = 24;
  std::int64_t interval_ms() const;  // between sessions where there is no live mode

  static Swarm draw(std::uint64_t seed, WorldSize size = WorldSize::common);
  std::string to_string() const;
};

}  // namespace genlock::simulation
