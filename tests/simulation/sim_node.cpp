#include "simulation/sim_node.h"

#include "engine/directory.h"
#include "engine/event_codec.h"
#include "eventlog/node_meta.h"

namespace genlock::simulation {

SimNode::Running::Running(SimNode& node, const Identity& self)
    : projection(self.role),
      engine(self, node.log_, projection, node.clock, node.random),
      writer(node.store),
      index(node.log_, projection),
      ports{engine,        node.store,      writer,
            node.clock,    node.random,     index,
            subscriptions, peers,           static_cast<replication::SyncObserver&>(node),
            "simulated",   node.page_bytes_} {}

SimNode::SimNode(std::string its_name, const std::int64_t& sim_now, std::uint64_t seed,
                 std::size_t page_bytes)
    : name(std::move(its_name)), clock(sim_now), random(seed), page_bytes_(page_bytes) {}

SimNode::SimNode(const Identity& self, const std::int64_t& sim_now, std::uint64_t seed)
    : SimNode(self.name, sim_now, seed, replication::limits::max_page_bytes) {
  entered_ = self.origin;
  running_ = std::make_unique<Running>(*this, self);
  CHECK(running_->subscriptions.set_everything(running_->writer, true).ok());
}

void SimNode::enroll(const Identity& self, std::optional<StreamId> only) {
  CHECK(open_identity(store, random, self.role, self.name).ok());
  Batch ids;
  ids.at(Space::meta)["node"] = self.node.to_string();
  ids.at(Space::meta)["origin"] = self.origin.to_string();
  CHECK(store.commit(ids, true).ok());
  CHECK(start().ok());
  CHECK(running_->subscriptions.set_everything(running_->writer, !only).ok());
  if (only) CHECK(running_->subscriptions.set(running_->writer, *only, true).ok());
}

void SimNode::stop() {
  if (running_) identity_ = running_->engine.identity();
  running_.reset();
}

Result<void> SimNode::start() {
  TRY_ASSIGN(Reopened reopened,
             keep_continuity(store, {database, place, witness}, random, clock.now()));
  identity_ = reopened.identity;
  renewed_ = reopened.renewed;
  if (renewed_) {
    TRY_ASSIGN(witness, witness_of(log_, store, identity_.origin));
  }
  running_ = std::make_unique<Running>(*this, identity_);
  CHECK(running_->subscriptions.load(store).ok());
  CHECK(running_->peers.load(store).ok());
  Result<void> entered = enter_directory();
  if (!entered.ok()) stop();
  return entered;
}

Result<void> SimNode::enter_directory() {
  TRY_ASSIGN(std::vector<Operation> operations,
             missing_entries(store, log_, identity(), clock.now()));
  if (!operations.empty()) TRY(write_raw(directory_stream, std::move(operations)));
  entered_ = identity().origin;
  return {};
}

Result<void> SimNode::keep_lineage() {
  if (entered_ != identity().origin) TRY(enter_directory());
  TRY_ASSIGN(witness, witness_of(log_, store, identity().origin));
  return {};
}

DirectoryImage SimNode::image() const { return {store.copy(), database, place, witness}; }

void SimNode::replace(const DirectoryImage& image) {
  store.replace(*image.content);
  database = image.database;
  place = image.place;
  witness = image.witness;
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
  if (peer.role != Role::cloud || identity().role == Role::cloud) return {};
  std::vector<Event> events;
  for (const EventRange& range : before.missing_from(now)) {
    TRY(log_.read_range(overlay, stream, range, [&](const EventId&, const StoredEvent& stored) {
      events.push_back(decode_stored(stored).value());
      return true;
    }));
  }
  return mark_synced(overlay, stream, events, now, clock.now());
}

}  // namespace genlock::simulation
