#include "simulation/sim_node.h"

#include "engine/event_codec.h"

namespace genlock::simulation {

SimNode::Running::Running(SimNode& node)
    : projection(node.identity.role),
      engine(node.identity, node.log_, projection, node.clock, node.random),
      writer(node.store),
      index(node.log_, projection),
      ports{engine,        node.store,      writer,
            node.clock,    node.random,     index,
            subscriptions, peers,           static_cast<replication::SyncObserver&>(node),
            "simulated",   node.page_bytes_} {}

SimNode::SimNode(Identity self, const std::int64_t& sim_now, std::uint64_t seed, bool everything,
                 std::size_t page_bytes)
    : identity(std::move(self)),
      clock(sim_now),
      random(seed),
      everything_(everything),
      page_bytes_(page_bytes) {
  start();
  CHECK(running_->subscriptions.set_everything(running_->writer, everything_).ok());
}

void SimNode::start() {
  running_ = std::make_unique<Running>(*this);
  CHECK(running_->subscriptions.load(store).ok());
  CHECK(running_->peers.load(store).ok());
}

void SimNode::make_room() {
  store.make_room();
  running_->writer.reopen();
}

Result<Outcome> SimNode::execute(const Command& command) {
  std::optional<Outcome> outcome;
  TRY(commit([&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(outcome, running_->engine.execute(command, overlay));
    return {};
  }));
  return *std::move(outcome);
}

Result<EventId> SimNode::write_raw(StreamId stream, std::vector<Operation> operations) {
  std::optional<EventId> id;
  TRY(commit([&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(id, running_->engine.write(stream, std::move(operations), Person{}, overlay));
    return {};
  }));
  return *id;
}

Result<void> SimNode::commit(const Committer::Job& job) { return running_->writer.run(job); }

// As the real node does it: rows whose latest events the cloud has are marked.
Result<void> SimNode::on_shared(const replication::PeerIdentity& peer, StreamId stream,
                                const VersionVector& before, const VersionVector& now,
                                Overlay& overlay) {
  if (peer.role != Role::cloud) return {};
  std::vector<Event> events;
  for (const EventRange& range : before.missing_from(now)) {
    TRY(log_.read_range(overlay, stream, range, [&](const EventId&, const StoredEvent& stored) {
      events.push_back(decode(stored.bytes).value());
      return true;
    }));
  }
  return mark_synced(overlay, stream, events, now, clock.now());
}

}  // namespace genlock::simulation
