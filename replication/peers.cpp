#include "replication/peers.h"

#include "engine/state_bytes.h"
#include "replication/limits.h"

#include <algorithm>

namespace genlock::replication {
namespace {

constexpr std::string_view have_prefix = "sync/have/";
constexpr std::string_view peer_prefix = "sync/peer/";

std::string have_key(NodeId node, StreamId stream) {
  return std::string(have_prefix).append(node.view()).append(stream.view());
}
std::string peer_key(NodeId node) { return std::string(peer_prefix).append(node.view()); }

std::string encode_peer(const PeerIdentity& peer) {
  ByteWriter out;
  out.byte(static_cast<std::uint8_t>(peer.role));
  out.raw(peer.origin.view());
  out.text(peer.name);
  out.text(peer.software);
  return out.take();
}

PeerIdentity decode_peer(NodeId node, std::string_view bytes) {
  ByteReader in(bytes);
  PeerIdentity peer;
  peer.node = node;
  peer.role = in.byte() == 1 ? Role::cloud : Role::lan;
  peer.origin = OriginId{in.uuid()};
  peer.name = in.text();
  peer.software = in.text();
  return peer;
}

Result<VersionVector> read_shared(const Reader& reader, NodeId node, StreamId stream) {
  TRY_ASSIGN(auto bytes, reader.get(Space::local, have_key(node, stream)));
  if (!bytes) return VersionVector{};
  ByteReader in(*bytes);
  VersionVector vector = read_vector(in);
  // It only speeds things up and can be learnt again.
  return in.ok() ? vector : VersionVector{};
}

}  // namespace

const char* to_string(SyncNote::Kind kind) {
  switch (kind) {
    case SyncNote::Kind::damaged_message:
      return "damaged_message";
    case SyncNote::Kind::refused_chunk:
      return "refused_chunk";
    case SyncNote::Kind::blocked_stream:
      return "blocked_stream";
    case SyncNote::Kind::fork:
      return "fork";
    case SyncNote::Kind::rolled_back:
      return "rolled_back";
    case SyncNote::Kind::diverged:
      return "diverged";
    case SyncNote::Kind::refused:
      return "refused";
  }
  return "?";
}

Result<void> Peers::load(const Reader& reader) {
  std::lock_guard lock(mutex_);
  peers_.clear();
  return reader.scan_prefix(Space::local, peer_prefix,
                            [&](std::string_view key, std::string_view value) {
                              std::string_view id = key.substr(peer_prefix.size());
                              if (id.size() != 16) return true;
                              NodeId node{Uuid::from_bytes(id)};
                              peers_[node].identity = decode_peer(node, value);
                              return peers_.size() < limits::max_peers;
                            });
}

// The one that was silent longest makes room: it will introduce itself again.
Peers::Peer& Peers::at(NodeId node) {
  auto found = peers_.find(node);
  if (found != peers_.end()) return found->second;
  if (peers_.size() >= limits::max_peers)
    peers_.erase(std::min_element(peers_.begin(), peers_.end(), [](const auto& a, const auto& b) {
      return a.second.last_contact_ms < b.second.last_contact_ms;
    }));
  Peer& peer = peers_[node];
  peer.identity.node = node;
  return peer;
}

const Peers::Peer* Peers::get(NodeId node) const {
  auto at = peers_.find(node);
  return at == peers_.end() ? nullptr : &at->second;
}

void Peers::meet(const PeerIdentity& identity, const Digest& subscription_digest,
                 std::optional<Subscription> subscription, UnixMs now_ms) {
  std::lock_guard lock(mutex_);
  Peer& peer = at(identity.node);
  peer.identity_dirty = peer.identity_dirty || !(peer.identity == identity);
  peer.identity = identity;
  peer.last_contact_ms = now_ms;
  peer.told_subscription = subscription_digest;
  if (subscription && subscription->digest() == subscription_digest) {
    peer.subscription = std::move(subscription);
    peer.subscription_digest = subscription_digest;
  }
}

std::optional<PeerIdentity> Peers::find(NodeId node) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  if (!peer) return std::nullopt;
  return peer->identity;
}

std::vector<PeerIdentity> Peers::all() const {
  std::lock_guard lock(mutex_);
  std::vector<PeerIdentity> identities;
  for (const auto& [node, peer] : peers_) identities.push_back(peer.identity);
  return identities;
}

UnixMs Peers::last_contact_ms(NodeId node) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  return peer ? peer->last_contact_ms : 0;
}

std::optional<Subscription> Peers::subscription(NodeId node, const Digest& digest) const {
  static const Digest everything = Subscription{}.digest();
  if (digest == everything) return Subscription{};
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  if (!peer || !peer->subscription || peer->subscription_digest != digest) return std::nullopt;
  return peer->subscription;
}

Digest Peers::known_subscription(NodeId node) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  return peer ? peer->subscription_digest : Digest{};
}

bool Peers::has_changed_subscription(NodeId node, const Digest& then) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  return peer && peer->told_subscription && *peer->told_subscription != then;
}

void Peers::note_shared(NodeId node, StreamId stream, const VersionVector& vector) {
  std::lock_guard lock(mutex_);
  Peer& peer = at(node);
  VersionVector& shared = peer.shared[stream];
  if (shared.includes(vector)) return;
  shared.merge(vector);
  peer.dirty.insert(stream);
}

Result<VersionVector> Peers::shared(const Reader& reader, NodeId node, StreamId stream) {
  {
    std::lock_guard lock(mutex_);
    const Peer* peer = get(node);
    if (peer) {
      auto at = peer->shared.find(stream);
      if (at != peer->shared.end() && !peer->dirty.count(stream)) return at->second;
    }
  }
  TRY_ASSIGN(VersionVector vector, read_shared(reader, node, stream));
  std::lock_guard lock(mutex_);
  VersionVector& shared = at(node).shared[stream];
  shared.merge(vector);
  return shared;
}

Result<void> Peers::forget_shared(StreamId stream, Overlay& overlay) {
  std::vector<std::string> keys;
  TRY(overlay.scan_prefix(Space::local, have_prefix, [&](std::string_view key, std::string_view) {
    if (key.size() >= 16 && key.substr(key.size() - 16) == stream.view()) keys.emplace_back(key);
    return true;
  }));
  for (std::string& key : keys) overlay.erase(Space::local, std::move(key));
  std::lock_guard lock(mutex_);
  for (auto& [node, peer] : peers_) {
    peer.shared.erase(stream);
    peer.dirty.erase(stream);
  }
  return {};
}

void Peers::note_agreed(NodeId node, const Scope& scope, Position position) {
  Digest digest = scope.digest();
  std::lock_guard lock(mutex_);
  Peer& peer = at(node);
  if (peer.agreed_scope == digest && position <= peer.agreed) return;
  peer.agreed = position;
  peer.agreed_scope = digest;
}

Position Peers::agreed(NodeId node, const Scope& scope) const {
  Digest digest = scope.digest();
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  return peer && peer->agreed_scope == digest ? peer->agreed : Position::none;
}

bool Peers::dirty(NodeId node) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  return peer && (peer->identity_dirty || !peer->dirty.empty());
}

Result<void> Peers::flush(NodeId node, Overlay& overlay, SyncObserver& observer) {
  std::map<StreamId, VersionVector> grown;
  PeerIdentity identity;
  bool identity_dirty = false;
  {
    std::lock_guard lock(mutex_);
    Peer& peer = at(node);
    identity = peer.identity;
    identity_dirty = std::exchange(peer.identity_dirty, false);
    for (StreamId stream : peer.dirty) grown[stream] = peer.shared[stream];
    peer.dirty.clear();
  }
  if (identity_dirty) overlay.put(Space::local, peer_key(node), encode_peer(identity));
  for (auto& [stream, now] : grown) {
    TRY_ASSIGN(VersionVector before, read_shared(overlay, node, stream));
    now.merge(before);
    if (now == before) continue;
    ByteWriter out;
    write_vector(out, now);
    overlay.put(Space::local, have_key(node, stream), out.take());
    TRY(observer.on_shared(identity, stream, before, now, overlay));
  }
  return {};
}

void Peers::block(NodeId node, const Failure& failure, UnixMs now_ms) {
  std::lock_guard lock(mutex_);
  Blocked& blocked = at(node).blocked[failure.stream];
  blocked.failure = failure;
  blocked.delay_ms = std::clamp(blocked.delay_ms * 2, limits::min_stream_backoff_ms,
                                limits::max_stream_backoff_ms);
  blocked.until_ms = now_ms + blocked.delay_ms;
  blocked.passed_over = 0;
}

void Peers::unblock(NodeId node, StreamId stream) {
  std::lock_guard lock(mutex_);
  at(node).blocked.erase(stream);
  at(node).stands.erase(stream);
}

std::optional<Failure> Peers::blocked(NodeId node, StreamId stream, UnixMs now_ms) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  if (!peer) return std::nullopt;
  auto at = peer->blocked.find(stream);
  if (at == peer->blocked.end()) return std::nullopt;
  const Blocked& blocked = at->second;
  return blocked.at(now_ms) ? std::optional<Failure>(blocked.failure) : std::nullopt;
}

std::optional<Failure> Peers::pass_over(NodeId node, StreamId stream, UnixMs now_ms) {
  std::lock_guard lock(mutex_);
  auto& all = at(node).blocked;
  const auto found = all.find(stream);
  if (found == all.end() || !found->second.at(now_ms)) return std::nullopt;
  ++found->second.passed_over;
  return found->second.failure;
}

std::vector<StreamId> Peers::blocked_streams(NodeId node, UnixMs now_ms) const {
  std::lock_guard lock(mutex_);
  std::vector<StreamId> streams;
  if (const Peer* peer = get(node))
    for (const auto& [stream, blocked] : peer->blocked)
      if (blocked.at(now_ms) && streams.size() < limits::max_streams_in_message)
        streams.push_back(stream);
  return streams;
}

void Peers::retry_blocked(NodeId node) {
  std::lock_guard lock(mutex_);
  for (auto& [stream, blocked] : at(node).blocked) blocked.until_ms = 0;
}

int Peers::count_stand(NodeId node, StreamId stream) {
  std::lock_guard lock(mutex_);
  return ++at(node).stands[stream];
}

void Peers::note_to_receive(NodeId node, StreamId stream, std::uint64_t count) {
  std::lock_guard lock(mutex_);
  Peer& peer = at(node);
  if (count == 0) {
    peer.to_receive.erase(stream);
  } else {
    peer.to_receive[stream] = count;
  }
}

std::map<StreamId, std::uint64_t> Peers::to_receive(NodeId node) const {
  std::lock_guard lock(mutex_);
  const Peer* peer = get(node);
  return peer ? peer->to_receive : std::map<StreamId, std::uint64_t>{};
}

}  // namespace genlock::replication
