// Nodes acknowledge and make their logs smaller, people retire nodes that are away, and new ones
// join late. What cli/ only wires, a look from time to time, is drawn here.
#include "engine/directory.h"
#include "simulation/simulator.h"

#include <algorithm>

namespace genlock::simulation {
namespace {

constexpr int looks_per_node = 12;
constexpr std::size_t max_newcomers = 2;
// Each round lasts stable_after and a sync. A node that comes in new is named, names the others,
// and is named again with what it holds: a few rounds.
constexpr int max_calm_rounds = 16;

}  // namespace

// A fleet that knows of each other: who compacts alone, and then meets others who did, is refused.
void Simulator::introduce() {
  for (int round = 0; round < 2; ++round)
    for (std::size_t n = 1; n < nodes_.size(); ++n) {
      auto asking =
          replication::SyncSession::initiator(nodes_[n]->ports(), replication::Plan::full);
      while (auto request = asking.next()) {
        auto answering = replication::SyncSession::responder(nodes_[0]->ports());
        answering.receive(*std::move(request));
        asking.receive(*answering.next());
      }
    }
  for (std::size_t n = 0; n < nodes_.size(); ++n) chronicle(n);
}

void Simulator::plan_stability() {
  if (swarm_.compacts())
    for (std::size_t n = 0; n < nodes_.size(); ++n)
      for (int i = 0; i < looks_per_node; ++i)
        at(sometime(), [this, n, compacts = chance(50)] {
          look_at_stability(n);
          if (compacts) begin_compaction(n);
        });
  if (swarm_.has(Fault::retirement)) plan_retirement();
  if (swarm_.has(Fault::newcomer)) plan_newcomer();
}

// --- acknowledgements and compaction ------------------------------------------------------------

void Simulator::look_at_stability(std::size_t n) {
  SimNode& node = *nodes_[n];
  if (!node.up() || paused_until_[n] > now_ms_ || node.store.is_full()) return;
  const Result<bool> said = node.acknowledge(swarm_.stable_after_ms);
  if (stopped(n)) return;
  if (!said.ok() && said.error().code != ErrorCode::unavailable)
    return fail(name(n) + " can't acknowledge: " + said.error().message);
  if (!said.ok() || !*said) return;
  note(Branch::acknowledged);
  trace(name(n) + " acknowledges");
  wrote(n);
  drive_all();
}

// One of the streams that can be made smaller, slice by slice, between the writes of others.
void Simulator::begin_compaction(std::size_t n) {
  SimNode& node = *nodes_[n];
  if (!node.up() || paused_until_[n] > now_ms_ || shrinking_[n].under_way) return;
  const auto cuts = node.due_cuts();
  if (!cuts.ok()) return fail(name(n) + " can't tell a stable cut: " + cuts.error().message);
  if (cuts->empty()) return;
  const auto& [stream, cut] = (*cuts)[below(cuts->size())];
  Result<CompactionPlan> plan = plan_compaction(node.store, node.log(), stream, cut);
  if (!plan.ok())
    return fail(name(n) + " can't compact at its stable cut: " + plan.error().message);
  note(Fault::compaction);
  trace(name(n) + " compacts stream " + stream.to_string());
  shrinking_[n].under_way.emplace(node.log(), *std::move(plan));
  go_on_compacting(n, lives_[n]);
}

void Simulator::go_on_compacting(std::size_t n, std::uint64_t life) {
  SimNode& node = *nodes_[n];
  std::optional<Compaction>& work = shrinking_[n].under_way;
  if (lives_[n] != life || !node.up() || !work) return;
  bool has_more = true;
  const Result<void> done = node.commit([&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(has_more, work->step(overlay));
    return {};
  });
  if (stopped(n)) return;
  if (done.ok() && has_more) {
    at(now_ms_ + static_cast<std::int64_t>(below(2'000)),
       [this, n, life] { go_on_compacting(n, life); });
    return;
  }
  // Somebody put a snapshot in its place, or the disk is full: the rest is for another time.
  if (!done.ok() && done.error().code != ErrorCode::conflict &&
      done.error().code != ErrorCode::unavailable)
    fail(name(n) + " can't go on compacting: " + done.error().message);
  if (!done.ok()) note(Branch::compaction_cut);
  if (work->dropped_count() > 0) note(Branch::compacted);
  trace(name(n) + " has compacted, " + std::to_string(work->dropped_count()) + " events dropped");
  work.reset();
  note_floors(n, false);
}

// Everything at once that can go.
void Simulator::compact_now(std::size_t n) {
  SimNode& node = *nodes_[n];
  const auto cuts = node.due_cuts();
  if (!cuts.ok()) return fail(name(n) + " can't tell a stable cut: " + cuts.error().message);
  for (const auto& [stream, cut] : *cuts) {
    Result<CompactionPlan> plan = plan_compaction(node.store, node.log(), stream, cut);
    if (!plan.ok())
      return fail(name(n) + " can't compact at its stable cut: " + plan.error().message);
    Compaction work(node.log(), *std::move(plan));
    for (bool has_more = true; has_more;)
      CHECK(node.commit([&](Overlay& overlay) -> Result<void> {
                  TRY_ASSIGN(has_more, work.step(overlay));
                  return {};
                })
                .ok());
    note(Fault::compaction);
    if (work.dropped_count() > 0) note(Branch::compacted);
  }
  note_floors(n, false);
}

// The log of this node has grown, or is another one.
void Simulator::chronicle(std::size_t n) {
  const std::string failure = chronicle_.take(*nodes_[n]);
  if (!failure.empty()) fail(name(n) + ": " + failure);
  note_floors(n, true);
}

// A floor that rose without a compaction of its own came with a snapshot.
void Simulator::note_floors(std::size_t n, bool by_snapshot) {
  const SimNode& node = *nodes_[n];
  for (StreamId stream : node.log().streams(node.store).value()) {
    const VersionVector floor = node.log().floor(node.store, stream).value();
    const auto [known, is_new] = shrinking_[n].floors.try_emplace(stream);
    if (known->second == floor) continue;
    known->second = floor;
    if (!by_snapshot || shrinking_[n].under_way || shrinking_[n].is_unsure) continue;
    trace(name(n) + " took a snapshot of stream " + stream.to_string());
    note(is_new ? Branch::snapshot_for_nothing : Branch::snapshot_in_place);
  }
  shrinking_[n].is_unsure = false;
}

// --- who belongs here ---------------------------------------------------------------------------

// Away, and writing meanwhile; somebody says that it is gone.
void Simulator::plan_retirement() {
  const std::size_t n = some_node();
  const std::int64_t begin = sometime() / 2;
  const auto length =
      1'000 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(swarm_.chaos_ms)));
  for (std::size_t m = 0; m < nodes_.size(); ++m) {
    if (m == n) continue;
    cut_for(n, m, begin, length);
    cut_for(m, n, begin, length);
  }
  at(begin, [this, n] { write_alone(n, swarm_.chaos_ms / 3); });
  const std::size_t by = (n + 1 + below(nodes_.size() - 1)) % nodes_.size();
  at(begin + length / 4, [this, n, by] { retire(by, n); });
}

void Simulator::retire(std::size_t n, std::size_t whom) {
  SimNode& node = *nodes_[n];
  if (!node.up() || paused_until_[n] > now_ms_ || node.store.is_full()) return;
  const NodeDirectory directory = read_directory(node.store, node.log()).value();
  const NodeEntry* entry = directory.find(nodes_[whom]->identity().node);
  if (!entry) return;
  std::vector<Operation> operations =
      genlock::retire(*entry, {node.clock.now(), "crew", "not seen for long"});
  if (operations.empty()) return;
  const auto written = node.write_raw(directory_stream, std::move(operations));
  if (stopped(n) || !written.ok()) return;
  note(Fault::retirement);
  trace("at " + name(n) + " somebody retires " + name(whom));
  wrote(n);
  drive_all();
}

void Simulator::plan_newcomer() {
  at(sometime(), [this, with_edits = chance(50)] {
    if (newcomers_ < max_newcomers) join(with_edits);
  });
}

// Calls some node that is there; perhaps after a while in which it was used alone.
std::size_t Simulator::join(bool with_edits) {
  note(Fault::newcomer);
  const std::uint64_t number = ++newcomers_;
  std::size_t peer = below(2) == 0 ? 0 : some_node();
  if (!has_all_to_give_[peer]) peer = 0;
  const std::size_t n = add_node("new " + std::to_string(number));
  SimNode& node = *nodes_[n];
  node.place = fresh_place();
  node.database = "database of " + node.name;
  const auto named = [&](const std::string& what) {
    return Uuid::make_v5(directory_stream.uuid, what + node.name);
  };
  node.enroll({NodeId{named("node ")}, OriginId{named("origin ")}, Role::lan, node.name},
              std::nullopt);
  trace(node.name + " is there, and calls " + name(peer));
  links_.push_back(make_link(n, peer));
  wrote(n);
  if (with_edits) go_alone(n);
  drive_all();
  return n;
}

void Simulator::write_alone(std::size_t n, std::int64_t within_ms) {
  for (int i = 0; i < 3 && alone_commands_ < Swarm::alone_commands; ++i) {
    const std::uint64_t number = swarm_.commands + Swarm::core_commands + alone_commands_++;
    const std::int64_t when =
        now_ms_ + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(within_ms)));
    if (!swarm_.skipped.contains(number)) at(when, [this, number, n] { give_command(number, n); });
  }
}

// --- when all is well ---------------------------------------------------------------------------

// After all has healed everybody comes to one cut, and most make their logs smaller there. Then a
// node goes away with edits of its own, is retired, and the others go on without it; another one
// joins. All of them must come to the same again.
void Simulator::be_calm() {
  if (!come_to_one_cut()) return;
  note(Branch::calm);
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (chance(80)) compact_now(n);
  const bool retires = chance(50);
  const std::size_t away = some_node();
  if (retires) {
    for (std::size_t m = 0; m < nodes_.size(); ++m)
      if (m != away) cuts_[away][m] = cuts_[m][away] = 1;
    write_alone(away, 2'000);
    retire((away + 1) % nodes_.size(), away);
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (n != away) write_alone(n, 2'000);
  run_until(now_ms_ + 3'000, [] { return false; });
  std::set<std::size_t> there = everybody();
  if (retires) there.erase(away);
  for (int i = 0; i < 3; ++i) {
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      look_at_stability(n);
      if (chance(50)) compact_now(n);
    }
    let_age();
    run_until(now_ms_ + swarm_.interval_ms() + 1'000, [&] { return core_agrees(there); });
  }
  if (chance(50)) join(chance(50));
  heal();
  if (come_to_rest("after the calm")) check_all();
}

// A node whose directory was lost, and an older copy put in its place, has left an origin that
// nobody closes: the copy does not know of it. Health says that it is silent, and a person retires
// the node, which then begins anew.
void Simulator::retire_lost_origins() {
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const NodeDirectory directory = read_directory(nodes_[n]->store, nodes_[n]->log()).value();
    const NodeEntry* entry = directory.find(nodes_[n]->identity().node);
    const auto open =
        entry ? std::ranges::count_if(entry->origins, [](const auto& o) { return !o.closed_ms; })
              : 0;
    if (open > 1) retire((n + 1) % nodes_.size(), n);
  }
}

// So long that what a node holds now may be acknowledged. Only the clocks go on: in that time there
// would be nothing but polls that tell nothing.
void Simulator::let_age() {
  for (auto& node : nodes_) node->clock.jump(swarm_.stable_after_ms + 1);
}

// Nobody writes but the nodes themselves: in a few rounds nobody holds any cut back.
bool Simulator::come_to_one_cut() {
  std::string why;
  for (int round = 0; round < max_calm_rounds; ++round) {
    if (round == max_calm_rounds / 2) retire_lost_origins();
    for (std::size_t n = 0; n < nodes_.size(); ++n) look_at_stability(n);
    let_age();
    heal();
    if (!come_to_rest("in round " + std::to_string(round))) return false;
    why.clear();
    for (const auto& node : nodes_)
      if (why.empty()) why = node->held_back();
    if (why.empty()) return true;
  }
  fail("nobody writes, and there is no stable cut: " + why);
  return false;
}

}  // namespace genlock::simulation
