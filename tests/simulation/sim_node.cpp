#include "simulation/sim_node.h"

#include "engine/acknowledging.h"
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
  TRY(leave_closed_origin());
  if (entered_ != identity().origin) TRY(enter_directory());
  TRY_ASSIGN(witness, witness_of(log_, store, identity().origin));
  return {};
}

bool SimNode::must_leave_origin() const {
  return is_closed(store, log_, identity().origin).value();
}

Result<void> SimNode::leave_closed_origin() {
  if (!must_leave_origin()) return {};
  const OriginId origin = identity().origin;
  return commit([&](Overlay& overlay) {
    return engine().renew_origin(origin, {.reason = NoticeKind::none}, overlay);
  });
}

Result<bool> SimNode::acknowledge(UnixMs stable_after_ms) {
  bool said = false;
  const auto write_due = [&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(std::vector<Operation> due,
               due_acknowledgements(overlay, log_, identity(), stable_after_ms, clock.now()));
    said = !due.empty();
    if (said) TRY(engine().write(directory_stream, std::move(due), Person{}, overlay));
    return {};
  };
  TRY(commit(write_due));
  return said;
}

Result<std::vector<std::pair<StreamId, VersionVector>>> SimNode::due_cuts() const {
  std::vector<std::pair<StreamId, VersionVector>> cuts;
  TRY_ASSIGN(const NodeDirectory directory, read_directory(store, log_));
  const std::size_t fleet =
      directory.standing(directory_stream, head(directory_stream), false).members.size();
  TRY_ASSIGN(const std::vector<StreamId> streams, log_.streams(store));
  for (StreamId stream : streams) {
    TRY_ASSIGN(const Branches branches, log_.branches(store, stream));
    TRY_ASSIGN(const VersionVector floor, log_.floor(store, stream));
    const Standing standing = directory.standing(stream, head(stream), !branches.empty());
    if (standing.members.size() < fleet) continue;
    TRY_ASSIGN(StableCut stable, stable_cut(standing, floor, [&](const Dot& dot) {
                 return log_.context_of(store, {stream, dot});
               }));
    if (stable.cut != floor) cuts.emplace_back(stream, std::move(stable.cut));
  }
  return cuts;
}

std::string SimNode::held_back() const {
  const NodeDirectory directory = read_directory(store, log_).value();
  for (StreamId stream : log_.streams(store).value()) {
    if (stream == directory_stream) continue;  // acknowledged beside others only
    const bool is_forked = !log_.branches(store, stream).value().empty();
    for (const auto& [origin, why] :
         genlock::held_back(directory.standing(stream, head(stream), is_forked)))
      return "stream " + stream.to_string() + " waits for " + origin.to_string() + ", " +
             genlock::to_string(why);
  }
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
    TRY(log_.read_kept(overlay, stream, range, [&](const EventId&, const StoredEvent& stored) {
      events.push_back(decode_stored(stored).value());
      return true;
    }));
  }
  return mark_synced(overlay, stream, events, now, clock.now());
}

}  // namespace genlock::simulation
