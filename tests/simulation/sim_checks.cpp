// What must hold when everything is quiet again.
#include "projections/rebuild.h"
#include "simulation/simulator.h"

namespace genlock::simulation {
namespace {

std::string dump(const Store& store, Space space) {
  std::string all;
  CHECK(store
            .scan(space, "", "",
                  [&](std::string_view key, std::string_view value) {
                    all.append(key).push_back('=');
                    all.append(value).push_back('\n');
                    return true;
                  })
            .ok());
  return all;
}

}  // namespace

// Every link's last session was a full one that had nothing to say.
bool Simulator::quiet() {
  for (const auto& node : nodes_)
    if (!node->up()) return false;
  for (const auto& link : links_)
    if (!link->last_in_sync || !link->last_was_full || link->session) return false;
  for (StreamId stream : shared_streams())
    for (const auto& node : nodes_)
      if (node->head(stream).vector() != nodes_[0]->head(stream).vector()) return false;
  return true;
}

// What all three want.
std::set<StreamId> Simulator::shared_streams() {
  std::set<StreamId> shared;
  for (StreamId stream : workload_.streams()) {
    bool wanted = true;
    for (auto& node : nodes_) wanted = wanted && node->subscriptions().wants(stream, node->index());
    if (wanted) shared.insert(stream);
  }
  return shared;
}

void Simulator::check_all() {
  std::set<StreamId> shared = shared_streams();
  bool all_shared = shared.size() == workload_.streams().size();
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    SimNode& node = *nodes_[n];
    std::string who = node.identity.name;
    for (const EventId& id : acknowledged_)
      if (shared.count(id.stream) && !node.head(id.stream).vector().contains(id.dot))
        fail(who + " lacks the acknowledged event " + id.to_string());
    for (StreamId stream : shared) {
      Digest ours = node.engine().projection().digest(node.store, stream).value();
      if (!(ours == nodes_[0]->engine().projection().digest(nodes_[0]->store, stream).value()))
        fail(who + " shows other rows than the cloud in stream " + stream.to_string());
    }
    for (Space space : {Space::state, Space::rows})
      if (all_shared && dump(node.store, space) != dump(nodes_[0]->store, space))
        fail(who + " and the cloud differ in space " + std::to_string(static_cast<int>(space)));
    auto verified = verify(node.store, node.engine());
    if (!verified.ok()) fail(who + " cannot be verified: " + verified.error().message);
    if (verified.ok() && verified->difference)
      fail("rebuilding " + who + " gives other bytes: " + *verified->difference);
    for (const replication::SyncNote& note : node.notes())
      if (note.kind == replication::SyncNote::Kind::fork ||
          note.kind == replication::SyncNote::Kind::diverged ||
          note.kind == replication::SyncNote::Kind::rolled_back ||
          note.kind == replication::SyncNote::Kind::refused)
        fail(who + " noted " + replication::to_string(note.kind) + ": " + note.message);
    // Requests are never damaged inside a sound frame here, so no chunk may have been found wrong.
    for (const replication::SyncNote& note : node.notes())
      if (note.stream && note.code != ErrorCode::gap)
        fail(who + " refused a chunk: " + note.message);
  }
  for (StreamId stream : workload_.streams())
    outcome_.events += nodes_[0]->head(stream).vector().event_count();
  CHECK(nodes_[0]
            ->store
            .scan_prefix(Space::rows, "t",
                         [&](auto, auto) {
                           ++outcome_.conflicts;
                           return true;
                         })
            .ok());
}

}  // namespace genlock::simulation
