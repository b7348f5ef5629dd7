// Clients, crashes, partitions and clocks of the simulation.
#include "simulation/simulator.h"

namespace genlock::simulation {

void Simulator::plan_commands() {
  for (std::uint64_t i = 0; i < swarm_.commands; ++i)
    at(static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.chaos_ms))),
       [this] { give_command(); });
}

void Simulator::give_command() {
  std::size_t n = below(nodes_.size());
  SimNode& node = *nodes_[n];
  if (!node.up()) return;
  Command command = workload_.next(node);
  if (!node.subscriptions().wants(command.stream, node.index()) &&
      node.head(command.stream).origins.empty())
    return;
  if (trouble_ && swarm_.disk_errors && chance(4))
    node.store.fail_next_commit(chance(50) ? MemoryStore::Fault::fail_before_applying
                                           : MemoryStore::Fault::fail_after_applying);
  ++outcome_.commands;
  auto done = node.execute(command);
  std::string what = "command at " + std::to_string(n) + " kind " +
                     std::to_string(static_cast<int>(command.kind)) + " on " +
                     std::string(find_table(command.table)->name) + " " +
                     command.record.to_string();
  if (node.store.refuses_writes()) {
    trace(what + ": the disk failed");
    return crash(n);
  }
  if (done.ok()) {
    ++outcome_.accepted;
    trace(what + ": " + (done->event ? done->event->to_string() : "nothing to write"));
    if (done->event) acknowledged_.insert(*done->event);
  } else {
    ++outcome_.refused;
    trace(what + ": refused, " + done.error().message);
    if (done.error().code == ErrorCode::corruption || done.error().code == ErrorCode::unavailable)
      fail("a command failed: " + done.error().message);
    return;
  }
  wrote(n);
  drive_all();
}

void Simulator::crash(std::size_t n) {
  trace("crash of " + std::to_string(n));
  ++outcome_.crashes;
  ++lives_[n];
  parked_[n].clear();
  for (auto& link : links_)
    if (link->from == n) link = make_link(link->from, link->to);
  nodes_[n]->crash();
  at(now_ms_ + 1 + static_cast<std::int64_t>(below(trouble_ ? 5'000 : 100)),
     [this, n] { restart(n); });
}

void Simulator::restart(std::size_t n) {
  if (nodes_[n]->up()) return;
  trace("start of " + std::to_string(n));
  nodes_[n]->start();
  drive_all();
}

void Simulator::plan_faults() {
  auto sometime = [&] {
    return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.chaos_ms)));
  };
  auto some_node = [&] { return static_cast<std::size_t>(below(nodes_.size())); };
  if (swarm_.restarts) {
    for (int i = 0; i < 5; ++i)
      at(sometime(), [this, n = some_node()] {
        if (nodes_[n]->up()) crash(n);
      });
  }
  if (swarm_.partitions) {
    for (int i = 0; i < 6; ++i) {
      std::size_t a = some_node(), b = some_node();
      bool both_ways = chance(70);
      std::int64_t begin = sometime(), length = 500 + static_cast<std::int64_t>(below(20'000));
      auto set = [this, a, b, both_ways](bool cut) {
        cut_[a][b] = cut;
        if (both_ways) cut_[b][a] = cut;
        trace(std::string(cut ? "cut " : "mend ") + std::to_string(a) + " " + std::to_string(b));
      };
      at(begin, [set] { set(true); });
      at(begin + length, [set] { set(false); });
    }
  }
  if (swarm_.clock_skew)
    for (auto& node : nodes_) {
      node->clock.skew_ms = static_cast<std::int64_t>(below(600'000)) - 300'000;
      node->clock.suspect_now = chance(30);
    }
  if (swarm_.clock_jumps) {
    for (int i = 0; i < 4; ++i)
      at(sometime(), [this, n = some_node()] {
        nodes_[n]->clock.skew_ms = static_cast<std::int64_t>(below(7'200'000)) - 3'600'000;
        nodes_[n]->clock.suspect_now = chance(30);
        trace("clock of " + std::to_string(n) + " jumps");
      });
  }
}

void Simulator::heal() {
  trace("heal");
  trouble_ = false;
  for (auto& row : cut_) row.assign(row.size(), false);
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    nodes_[n]->store.fail_next_commit(MemoryStore::Fault::none);
    restart(n);
  }
  for (auto& link : links_) {
    if (link->peer != NodeId{}) nodes_[link->from]->peers().retry_blocked(link->peer);
    link->last_in_sync = false;
    link->scheduler.sync_now();
  }
  drive_all();
}

}  // namespace genlock::simulation
