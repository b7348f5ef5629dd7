// Partitions of every kind. Each draws its beginning and its end from the seed; cuts that lie over
// each other are counted, so that mending one leaves the others.
#include "simulation/simulator.h"

#include <algorithm>

namespace genlock::simulation {
namespace {

constexpr std::int64_t week_ms = 7LL * 24 * 3'600'000;

}  // namespace

void Simulator::plan_partitions() {
  if (swarm_.has(Fault::away)) plan_absence();
  for (Fault kind : {Fault::full_partition, Fault::one_way_partition, Fault::partial_partition,
                     Fault::flapping, Fault::swizzle_clog}) {
    if (!swarm_.has(kind)) continue;
    for (int i = 0; i < 2; ++i) {
      std::int64_t begin = sometime();
      plan_partition(
          kind, begin,
          500 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.chaos_ms / 3))));
    }
  }
}

// Half of the time, or all of it; and within it a week in which all stand still but the clocks.
void Simulator::plan_absence() {
  const std::size_t n = some_node();
  const std::int64_t begin = sometime() / 2;
  at(begin, [this, n] {
    note(Fault::away);
    trace(name(n) + " is away");
  });
  at(begin + (swarm_.chaos_ms - begin) / 2, [this] {
    if (!chance(50)) return;
    note(Branch::week_passed);
    trace("a week goes by");
    for (auto& node : nodes_) node->clock.jump(week_ms);
  });
  for (std::size_t m = 0; m < nodes_.size(); ++m) {
    if (m == n) continue;
    cut_for(n, m, begin, swarm_.chaos_ms - begin);
    cut_for(m, n, begin, swarm_.chaos_ms - begin);
  }
}

void Simulator::plan_partition(Fault kind, std::int64_t begin, std::int64_t length) {
  std::size_t n = some_node();
  std::size_t other = (n + 1 + below(nodes_.size() - 1)) % nodes_.size();
  at(begin, [this, kind, n] {
    note(kind);
    trace(std::string(to_string(kind)) + " around " + name(n));
    if (swarm_.has(Fault::partition_lock)) lock_somewhere(n);
  });
  switch (kind) {
    case Fault::full_partition:
    case Fault::one_way_partition:
      for (std::size_t m = 0; m < nodes_.size(); ++m) {
        if (m == n) continue;
        cut_for(n, m, begin, length);
        if (kind == Fault::full_partition) cut_for(m, n, begin, length);
      }
      return;
    case Fault::partial_partition:
      cut_for(n, other, begin, length);
      cut_for(other, n, begin, length);
      return;
    case Fault::flapping:
      for (std::int64_t i = 0; i < 10; ++i) {
        cut_for(n, other, begin + i * length / 10, length / 20);
        cut_for(other, n, begin + i * length / 10, length / 20);
      }
      return;
    default:
      break;
  }
  // Swizzle-clog: cut off one after the other, mended in another order.
  for (std::size_t m = 0; m < nodes_.size(); ++m) {
    auto draw = [&] {
      return static_cast<std::int64_t>(below(static_cast<std::uint64_t>(length)));
    };
    std::int64_t cut_at = begin + draw() / 2, mend_at = begin + length / 2 + draw();
    for (std::size_t peer = 0; peer < nodes_.size(); ++peer)
      if (peer != m) cut_for(m, peer, cut_at, mend_at - cut_at);
  }
}

void Simulator::cut_for(std::size_t from, std::size_t to, std::int64_t begin, std::int64_t length) {
  at(begin, [this, from, to] { cut(from, to, true); });
  at(begin + length, [this, from, to] { cut(from, to, false); });
}

// Healing forgets all cuts; mending one of before is then nothing.
void Simulator::cut(std::size_t from, std::size_t to, bool is_cut) {
  if (!trouble_ || !core_.empty()) return;
  int& count = cuts_[from][to];
  count = std::max(0, count + (is_cut ? 1 : -1));
  if (print_trace_ && count == (is_cut ? 1 : 0))
    trace(std::string(is_cut ? "cut " : "mended ") + name(from) + " -> " + name(to));
}

}  // namespace genlock::simulation
