#include "simulation/simulator.h"

#include "replication/hashing.h"

#include <cstdio>

namespace genlock::simulation {
namespace {

constexpr std::int64_t heal_bound_ms = 30 * 60'000;

Uuid named(const std::string& name) { return Uuid::make_v5(directory_stream.uuid, name); }

}  // namespace

Simulator::Simulator(Swarm swarm, bool print_trace)
    : swarm_(swarm), print_trace_(print_trace), chance_(swarm.seed), workload_(swarm.seed + 77) {
  for (std::size_t i = 0; i < 3; ++i) {
    Identity self{NodeId{named("node " + std::to_string(i))},
                  OriginId{named("origin " + std::to_string(i))}, i == 0 ? Role::cloud : Role::lan,
                  i == 0 ? "cloud" : "lan " + std::to_string(i)};
    bool everything = !(swarm.partial && i == 2);
    nodes_.push_back(std::make_unique<SimNode>(self, now_ms_, swarm.seed * 10 + i, everything,
                                               swarm.page_bytes));
  }
  if (swarm.partial) {
    auto& ports = nodes_[2]->ports();
    CHECK(nodes_[2]->subscriptions().set(ports.committer, workload_.production(0), true).ok());
  }
  cut_.assign(nodes_.size(), std::vector<bool>(nodes_.size(), false));
  lives_.assign(nodes_.size(), 0);
  links_.push_back(make_link(1, 0));
  links_.push_back(make_link(2, 0));
  if (swarm_.lan_link) links_.push_back(make_link(1, 2));
}

std::unique_ptr<SimLink> Simulator::make_link(std::size_t from, std::size_t to) {
  replication::Scheduler::Options options;
  options.live = swarm_.live;
  options.interval_ms = 2'000;
  options.resync_ms = 20'000;
  return std::make_unique<SimLink>(from, to, options, chance_);
}

Outcome Simulator::run() {
  plan_commands();
  plan_faults();
  drive_all();
  run_until(swarm_.chaos_ms, [] { return false; });
  if (outcome_.failure.empty()) {
    heal();
    if (!run_until(now_ms_ + heal_bound_ms, [&] { return quiet(); }))
      fail("the nodes did not come to rest");
    if (outcome_.failure.empty()) check_all();
  }
  return outcome_;
}

void Simulator::at(std::int64_t at_ms, std::function<void()> action) {
  steps_.push({at_ms, ++step_count_, std::move(action)});
}

// False: `end_ms` came first.
bool Simulator::run_until(std::int64_t end_ms, const std::function<bool()>& done) {
  std::int64_t next_look = now_ms_;
  while (outcome_.failure.empty() && !steps_.empty() && steps_.top().at_ms <= end_ms) {
    Step step = steps_.top();
    steps_.pop();
    now_ms_ = step.at_ms;
    step.action();
    if (now_ms_ >= next_look) {
      if (done()) return true;
      next_look = now_ms_ + 500;
    }
  }
  bool finished = outcome_.failure.empty() && done();
  now_ms_ = std::max(now_ms_, std::min(end_ms, now_ms_ + 1));
  return finished;
}

void Simulator::trace(const std::string& text) {
  if (print_trace_) std::printf("%8lld  %s\n", static_cast<long long>(now_ms_), text.c_str());
  std::string line = std::to_string(now_ms_) + " " + text;
  std::string before = outcome_.trace.to_string();
  outcome_.trace = replication::hash_128(before, line);
}

void Simulator::fail(const std::string& text) {
  if (outcome_.failure.empty()) outcome_.failure = text;
}

}  // namespace genlock::simulation
