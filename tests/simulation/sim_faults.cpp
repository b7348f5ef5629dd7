// Crashes, disks and clocks of the simulation, and how all of it heals.
#include "simulation/simulator.h"

namespace genlock::simulation {

void Simulator::plan_faults() {
  plan_partitions();
  plan_node_faults();
  plan_clock_faults();
  plan_versions();
  plan_directory_faults();
  plan_stability();
}

void Simulator::plan_node_faults() {
  for (Fault kind : {Fault::restart, Fault::power_cut, Fault::pause, Fault::newer_schema}) {
    if (!swarm_.has(kind)) continue;
    for (int i = 0; i < 3; ++i) {
      std::int64_t length = static_cast<std::int64_t>(below(20'000));
      at(sometime(), [this, kind, n = some_node(), length] {
        if (!nodes_[n]->up() || !troubled(n)) return;
        note(kind);
        if (kind == Fault::pause) return pause(n, length);
        if (kind == Fault::newer_schema) return write_newer_schema(n);
        crash(n, kind == Fault::power_cut);
      });
    }
  }
  for (int i = 0; i < 8; ++i) at(sometime(), [this, n = some_node()] { arm_disk(n); });
}

// The next commit of this node, be it a client's or of a session, meets one of the faults that are
// on.
void Simulator::arm_disk(std::size_t n) {
  std::vector<Fault> on;
  for (Fault kind : {Fault::cut_before_write, Fault::torn_write, Fault::cut_before_sync,
                     Fault::cut_after_sync, Fault::disk_error, Fault::disk_full})
    if (swarm_.has(kind)) on.push_back(kind);
  if (on.empty() || !troubled(n)) return;
  nodes_[n]->store.arm(on[below(on.size())], chance_);
}

void Simulator::plan_clock_faults() {
  const std::int64_t minute = 60'000, hour = 60 * minute, year = 365 * 24 * hour;
  auto around = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(2 * bound))) - bound;
  };
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    if (swarm_.has(Fault::skew)) {
      note(Fault::skew);
      nodes_[n]->clock.jump(around(5 * minute));
    }
    if (swarm_.has(Fault::suspect_clock) && chance(30)) {
      note(Fault::suspect_clock);
      nodes_[n]->clock.suspect_now = true;
      at(sometime(), [this, n] { nodes_[n]->clock.suspect_now = false; });
    }
  }
  for (Fault kind :
       {Fault::hour_jump, Fault::year_jump, Fault::frozen_clock, Fault::backward_clock}) {
    if (!swarm_.has(kind)) continue;
    for (int i = 0; i < 2; ++i) {
      std::int64_t by = kind == Fault::hour_jump ? around(hour) : around(10 * year);
      at(sometime(), [this, kind, by, n = some_node()] {
        note(kind);
        trace("clock of " + name(n) + ": " + to_string(kind));
        SimClock& clock = nodes_[n]->clock;
        if (kind == Fault::frozen_clock) return clock.run_at(0);
        if (kind == Fault::backward_clock) return clock.run_at(-1);
        clock.jump(by);
      });
    }
  }
}

// A node is updated or set back to another version of the program, and later to that of the others.
void Simulator::plan_versions() {
  for (Fault kind : {Fault::other_protocol, Fault::other_rules}) {
    if (!swarm_.has(kind)) continue;
    const std::size_t n = some_node();
    bool Version::*is_other =
        kind == Fault::other_protocol ? &Version::other_protocol : &Version::other_rules;
    const std::int64_t first = sometime(), second = sometime();
    at(std::min(first, second), [this, kind, n, is_other] {
      if (!troubled(n)) return;
      note(kind);
      trace(name(n) + " gets another version: " + to_string(kind));
      versions_[n].*is_other = true;
      crash(n, false);
    });
    at(std::max(first, second), [this, n, is_other] {
      if (!(versions_[n].*is_other)) return;
      trace(name(n) + " gets the version of the others");
      versions_[n].*is_other = false;
      crash(n, false);
    });
  }
}

// Looks whether a commit of this node has just met a fault that ends the process. True: it did.
bool Simulator::stopped(std::size_t n) {
  SimDisk& disk = nodes_[n]->store;
  if (disk.is_full() &&
      !room_is_planned_[n]) {  // until then it reads and serves, and writes nothing
    note(Fault::disk_full);
    trace("disk of " + name(n) + " is full");
    room_is_planned_[n] = true;
    at(now_ms_ + static_cast<std::int64_t>(below(20'000)), [this, n] { make_room(n); });
  }
  if (!disk.broken()) return false;
  note(disk.met());
  trace("disk of " + name(n) + ": " + to_string(disk.met()));
  crash(n, disk.met() != Fault::disk_error);
  return true;
}

void Simulator::crash(std::size_t n, bool power) {
  trace((power ? "power cut at " : "end of the process at ") + name(n));
  ++outcome_.crashes;
  ++lives_[n];
  parked_[n].clear();
  paused_until_[n] = 0;
  shrinking_[n].is_unsure = true;
  if (shrinking_[n].under_way) note(Branch::compaction_cut);
  shrinking_[n].under_way.reset();
  chronicle_.forget(*nodes_[n]);
  for (auto& link : links_)
    if (link->from == n) link = make_link(link->from, link->to);
  nodes_[n]->stop();
  if (power) {
    SimDisk::Recovery recovery = nodes_[n]->store.cut_power(chance_);
    if (recovery.lost_batches > 0) note(Branch::lost_unsynced);
    if (recovery.kept_batches > 0) note(Branch::kept_unsynced);
  } else {
    nodes_[n]->store.reopen();
  }
  at(now_ms_ + 1 + static_cast<std::int64_t>(below(trouble_ ? 5'000 : 100)),
     [this, n] { restart(n); });
}

void Simulator::restart(std::size_t n) {
  if (nodes_[n]->up()) return;
  trace("start of " + name(n));
  Result<void> started = nodes_[n]->start();
  if (stopped(n)) return;
  if (!started.ok()) {
    if (started.error().code != ErrorCode::unavailable)
      fail(name(n) + " does not start: " + started.error().message);
    return crash(n, false);
  }
  look_at_renewal(n);
  wrote(n);
  drive_all();
}

void Simulator::make_room(std::size_t n) {
  room_is_planned_[n] = false;
  if (!nodes_[n]->up() || !nodes_[n]->store.is_full()) return;
  trace("room again on the disk of " + name(n));
  nodes_[n]->make_room();
  drive_all();
}

void Simulator::pause(std::size_t n, std::int64_t length_ms) {
  trace(name(n) + " stands still for " + std::to_string(length_ms) + " ms");
  paused_until_[n] = now_ms_ + length_ms;
  at(paused_until_[n], [this] { drive_all(); });
}

void Simulator::heal_node(std::size_t n) {
  SimNode& node = *nodes_[n];
  paused_until_[n] = 0;
  node.clock.run_at(1);
  node.store.disarm();
  versions_[n] = {};
  restart(n);
  make_room(n);
  for (auto& link : links_) {
    if (link->from != n) continue;
    if (link->peer != NodeId{}) node.peers().retry_blocked(link->peer);
    link->last_in_sync = false;
    link->scheduler.sync_now();
  }
}

void Simulator::heal() {
  trace("all heals");
  trouble_ = false;
  core_.clear();
  for (auto& row : cuts_) row.assign(row.size(), 0);
  for (std::size_t n = 0; n < nodes_.size(); ++n) heal_node(n);
  drive_all();
}

}  // namespace genlock::simulation
