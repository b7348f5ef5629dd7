#include "simulation/simulator.h"

#include "simulation/node_story.h"

#include <xxhash.h>

#include <cstdio>

namespace genlock::simulation {
namespace {

// Steps that wait: every link has a session and a poll under way, each with its time-out and a few
// copies of a message.
constexpr std::size_t max_waiting_steps = 20'000;

Uuid named(const std::string& name) { return Uuid::make_v5(directory_stream.uuid, name); }

}  // namespace

Simulator::Simulator(Swarm swarm, bool print_trace)
    : swarm_(std::move(swarm)),
      print_trace_(print_trace),
      chance_(swarm_.seed),
      workload_(swarm_.seed + 77) {
  for (std::size_t i = 0; i < swarm_.nodes; ++i) {
    SimNode& node = *nodes_[add_node(i == 0 ? "cloud" : "lan " + std::to_string(i))];
    const bool everything = !(swarm_.partial && i + 1 == swarm_.nodes);
    node.place = fresh_place();
    node.database = "database " + std::to_string(i);
    has_all_to_give_[i] = everything;
    node.enroll(
        {NodeId{named("node " + std::to_string(i))}, OriginId{named("origin " + std::to_string(i))},
         i == 0 ? Role::cloud : Role::lan, node.name},
        everything ? std::nullopt : std::optional(workload_.production(0)));
  }
  for (auto [from, to] : swarm_.links()) links_.push_back(make_link(from, to));
  slow_link_ = below(links_.size());
}

std::size_t Simulator::add_node(std::string its_name) {
  const std::size_t n = nodes_.size();
  nodes_.push_back(std::make_unique<SimNode>(std::move(its_name), now_ms_, swarm_.seed * 10 + n,
                                             swarm_.page_bytes));
  for (auto& row : cuts_) row.push_back(0);
  cuts_.emplace_back(nodes_.size(), 0);
  lives_.push_back(0);
  paused_until_.push_back(0);
  room_is_planned_.push_back(false);
  versions_.emplace_back();
  upkeep_is_planned_.push_back(false);
  must_leave_.emplace_back();
  shrinking_.emplace_back();
  has_all_to_give_.push_back(true);
  return n;
}

std::unique_ptr<SimLink> Simulator::make_link(std::size_t from, std::size_t to) {
  replication::Scheduler::Options options;
  options.live = swarm_.live;
  options.interval_ms = swarm_.interval_ms();
  options.resync_ms = 20'000;
  return std::make_unique<SimLink>(from, to, options, chance_);
}

Outcome Simulator::run() {
  if (swarm_.compacts()) introduce();
  plan_commands();
  plan_faults();
  drive_all();
  run_until(swarm_.chaos_ms, [] { return false; });
  if (swarm_.liveness && outcome_.failure.empty()) check_liveness();
  if (outcome_.failure.empty()) {
    heal();
    if (come_to_rest("after all had healed")) check_all();
    if (swarm_.calm && outcome_.failure.empty()) be_calm();
  }
  return outcome_;
}

void Simulator::at(std::int64_t at_ms, std::function<void()> action) {
  steps_.push({at_ms, ++step_count_, std::move(action)});
  if (steps_.size() > max_waiting_steps) fail("more waits than the world can have");
}

// False: `end_ms` came first.
bool Simulator::run_until(std::int64_t end_ms, const std::function<bool()>& done) {
  std::int64_t next_look = now_ms_;
  while (outcome_.failure.empty() && !steps_.empty() && steps_.top().at_ms <= end_ms) {
    // A queue shows its top as const, and would copy what the step holds.
    auto action = std::move(const_cast<Step&>(steps_.top()).action);
    now_ms_ = steps_.top().at_ms;
    steps_.pop();
    action();
    if (now_ms_ >= next_look) {
      if (done()) return true;
      next_look = now_ms_ + 500;
    }
  }
  bool finished = outcome_.failure.empty() && done();
  now_ms_ = std::max(now_ms_, std::min(end_ms, now_ms_ + 1));
  return finished;
}

bool Simulator::hits(Fault fault, std::uint64_t percent, std::size_t from, std::size_t to) {
  bool between_healed = core_.contains(from) && core_.contains(to);
  if (!trouble_ || between_healed || !swarm_.has(fault) || !chance(percent)) return false;
  note(fault);
  return true;
}

void Simulator::trace(const std::string& text) {
  if (print_trace_) std::printf("%9.3f s  %s\n", static_cast<double>(now_ms_) / 1000, text.c_str());
  trace_bytes(text);
}

void Simulator::trace_bytes(std::string_view bytes) {
  const std::uint64_t before = outcome_.trace ^ static_cast<std::uint64_t>(now_ms_);
  outcome_.trace = XXH3_64bits_withSeed(bytes.data(), bytes.size(), before);
}

void Simulator::fail(const std::string& text) {
  if (!outcome_.failure.empty()) return;
  outcome_.failure = text;
  trace("FAILED: " + text);
  if (!print_trace_) return;
  for (const auto& node : nodes_) std::printf("%s", tell(*node).c_str());
}

}  // namespace genlock::simulation
