// Everything that can go wrong in a simulated world, and the rare branches that must be met now and
// then. A seed draws which faults are on (swarm.h); a Tally counts what really happened, so that a
// run of enough seeds can tell a fault that never fired.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::simulation {

enum class Fault : std::uint8_t {
  // messages between nodes
  loss,
  duplicate,
  replay,    // an old message again, up to hours later
  flip,      // one bit
  truncate,  // the end cut off
  slow,      // one link carries a few bytes a millisecond
  // which messages are lost
  full_partition,     // a node hears nobody and is heard by nobody
  one_way_partition,  // it speaks, and is not heard
  partial_partition,  // two nodes do not reach each other, but both reach a third
  flapping,           // a link is cut and mended many times
  swizzle_clog,       // nodes are cut off one after the other, and mended in another order
  away,               // a node is offline for half of the time or more
  // processes and disks
  restart,  // killed between two steps; what the operating system has is kept
  power_cut,
  cut_before_write,
  torn_write,       // power goes while a batch is written
  cut_before_sync,  // the batch is written, nobody knows how much of it lasts
  cut_after_sync,   // it lasts, and nobody was told
  disk_error,       // EIO; the batch is there or not
  disk_full,
  pause,  // the process stands still, its memory stays
  // clocks
  skew,  // minutes
  hour_jump,
  year_jump,
  frozen_clock,
  backward_clock,
  suspect_clock,
  // data directories
  copied_directory,  // copied to another machine, and goes on only there
  clone,             // a copy runs beside the first one
  unnoticed_clone,   // the same of a whole machine: nothing tells the copy that it is one
  rollback,          // a machine comes back as it was some time ago, with all its files
  old_database,      // only the database is of before, or another one
  restored_backup,   // the directory is made anew from a backup that was taken while it worked
  // who belongs here, and how much of the past is kept
  compaction,  // nodes acknowledge, and make their logs smaller at their stable cuts
  retirement,  // a person retires a node while it is away, and it comes back
  newcomer,    // a node joins late
  // clients and versions
  lost_request,
  lost_response,   // after the commit; the client sends it again, also at another node
  partition_lock,  // somebody locks a show on one side of a cut
  newer_schema,    // a node writes tables and columns that the others do not know
  other_protocol,  // a node runs a version that the others cannot talk to, until it is updated
  other_rules,     // it has other tables: digests of rows say nothing between it and others
  count
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::count);
// What makes an origin go on twice, or nearly.
inline constexpr std::array directory_faults = {Fault::copied_directory, Fault::clone,
                                                Fault::unnoticed_clone,  Fault::rollback,
                                                Fault::old_database,     Fault::restored_backup};
const char* to_string(Fault fault);
std::optional<Fault> fault_named(std::string_view name);

enum class Branch : std::uint8_t {
  session_timed_out,
  wait_timed_out,
  damage_noticed,   // bytes of a message that did not check out
  chunk_refused,    // a gap: asked for again
  download,         // more pages than one in a session
  replayed_answer,  // an Idempotency-Key sent again
  refused_locked,
  refused_stale,     // 412
  refused_conflict,  // 409
  lost_unsynced,     // a power cut took a written batch
  kept_unsynced,     // or did not
  field_conflict,
  life_conflict,
  slot_conflict,
  lock_conflict,
  decided_conflict,
  overruled_write,  // a resolved row in sync_conflicts
  merged_text,      // siblings that show together (rule 8)
  void_lock,
  two_parents,   // one id created under two
  core_went_on,  // a connected core came to agree while all other faults stayed
  week_passed,   // while a node was away
  batch,         // several writes as one event
  // lineages: why a new origin began, and what was found out
  renewed_copied,
  renewed_replaced,
  renewed_lost_tail,
  renewed_rolled_back,
  renewed_met_copy,
  fork,            // one origin went on twice, and both branches are in the log
  lost_with_disk,  // an acknowledged write that only the directory had that was set back
  refused_protocol,
  // stability and compaction
  acknowledged,          // a node said how far it is
  compacted,             // a log lost events
  compaction_cut,        // a node ended, or something else came, between two steps of it
  snapshot_for_nothing,  // who had nothing of a stream took a snapshot of it
  snapshot_in_place,     // who had something of it did
  said_again,            // edits of a node that was away were written again
  found_again,           // an acknowledged write is held only as it was written again
  came_back,             // a retired node goes on under a new origin
  calm,                  // everybody came to one cut, and all logs were made smaller there
  count
};
inline constexpr std::size_t branch_count = static_cast<std::size_t>(Branch::count);
const char* to_string(Branch branch);

struct Tally {
  std::array<std::uint64_t, fault_count> faults{};
  std::array<std::uint64_t, branch_count> branches{};

  void note(Fault fault) { ++faults[static_cast<std::size_t>(fault)]; }
  void note(Branch branch) { ++branches[static_cast<std::size_t>(branch)]; }
  void add(const Tally& other);
  // For people, one line each.
  std::string table() const;
  // The names of those that never happened, separated by commas.
  std::string missing() const;
};

}  // namespace genlock::simulation
