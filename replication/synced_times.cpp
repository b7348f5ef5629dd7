#include "replication/synced_times.h"

#include "replication/peers.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"

#include <algorithm>

namespace genlock::replication {
namespace {

// What the scope may cover: a cloud has many streams, and a venue follows few of them.
std::vector<StreamId> candidates(const SessionPorts& ports, const Scope& scope) {
  for (const Subscription* side : {&scope.theirs, &scope.ours}) {
    if (side->everything) continue;
    std::vector<StreamId> few = side->listed;
    few.insert(few.end(), {library_stream, directory_stream});
    return few;
  }
  return ports.index.all();
}

}  // namespace

Scope scope_with(const SessionPorts& ports, NodeId peer) {
  auto theirs = ports.peers.subscription(peer, ports.peers.known_subscription(peer));
  return {ports.subscriptions.current(ports.index), theirs.value_or(Subscription{})};
}

Result<void> SyncedTimes::note(SessionPorts& ports, NodeId peer, UnixMs at_ms) {
  auto snapshot = ports.store.snapshot();
  TRY_ASSIGN(const Position position, ports.engine.log().last_position(*snapshot));
  {
    std::lock_guard lock(mutex_);
    const auto done = done_.find(peer);
    if (done != done_.end() && at_ms <= done->second.at_ms && position == done->second.position)
      return {};
  }
  const Scope scope = scope_with(ports, peer);
  TRY_ASSIGN(const PeerBacklog behind, backlog_of(ports, peer, scope));
  const auto ahead = ports.peers.to_receive(peer);
  bool nothing_left = true;
  for (StreamId stream : candidates(ports, scope)) {
    if (!scope.covers(stream)) continue;
    const bool waits = behind.events.contains(stream) || ahead.contains(stream);
    nothing_left = nothing_left && !waits;
    if (waits) continue;
    TRY_ASSIGN(const VersionVector shared, ports.peers.shared(*snapshot, peer, stream));
    if (shared.empty()) continue;
    std::lock_guard lock(mutex_);
    UnixMs& time = times_[stream];
    time = std::max(time, at_ms);
  }
  if (!nothing_left) return {};
  std::lock_guard lock(mutex_);
  if (done_.size() >= limits::max_peers) done_.clear();
  done_[peer] = {at_ms, position};
  return {};
}

std::map<StreamId, UnixMs> SyncedTimes::all() const {
  std::lock_guard lock(mutex_);
  return times_;
}

}  // namespace genlock::replication
