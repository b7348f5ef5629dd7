// What this node knows of its peers: who they are, what they want, what both have of each stream,
// and which streams stopped. What both have is kept over restarts; it decides what is still to send
// and what the cloud is known to have, never what is sent (that is worked out anew in each
// session). Thread-safe.
//
// Space::local:  "sync/have/" node:16 stream:16    version vector (engine/state_bytes.h) that both
// have
//                "sync/peer/" node:16              role, origin, name, software
#pragma once

#include "engine/store.h"
#include "replication/messages.h"
#include "replication/ports.h"

#include <map>
#include <mutex>
#include <optional>
#include <set>

namespace genlock::replication {

class Peers {
 public:
  Result<void> load(const Reader& reader);

  // What a hello told. `subscription` nullopt: as before.
  void meet(const PeerIdentity& peer, const Digest& subscription_digest,
            std::optional<Subscription> subscription, UnixMs now_ms);
  std::optional<PeerIdentity> find(NodeId node) const;
  std::vector<PeerIdentity> all() const;
  // When it last spoke to us; 0: not since we started.
  UnixMs last_contact_ms(NodeId node) const;
  // The subscription with this digest, where we know it. Of everything without exception: always.
  std::optional<Subscription> subscription(NodeId node, const Digest& digest) const;
  Digest known_subscription(NodeId node) const;
  // Was its last hello of another subscription than this? False where there was none since we
  // started.
  bool has_changed_subscription(NodeId node, const Digest& then) const;

  // Both have at least this of the stream.
  void note_shared(NodeId node, StreamId stream, const VersionVector& vector);
  Result<VersionVector> shared(const Reader& reader, NodeId node, StreamId stream);
  // Events of the stream have other names now: what was known of it is asked anew.
  Result<void> forget_shared(StreamId stream, Overlay& overlay);
  // Everything up to this position of our log, as far as it is in this scope, is known to be at the
  // peer too.
  void note_agreed(NodeId node, const Scope& scope, Position position);
  // Position::none where that was said of another scope.
  Position agreed(NodeId node, const Scope& scope) const;
  // Is there anything that flush would write?
  bool dirty(NodeId node) const;
  // Writes what was noted since the last flush and tells the observer. Runs inside a committer job.
  Result<void> flush(NodeId node, Overlay& overlay, SyncObserver& observer);

  // A stream stopped with this peer: left alone for a while, each time twice as long.
  void block(NodeId node, const Failure& failure, UnixMs now_ms);
  void unblock(NodeId node, StreamId stream);
  // Why the stream is left alone now; nullopt: it is not.
  std::optional<Failure> blocked(NodeId node, StreamId stream, UnixMs now_ms) const;
  // The same for a session, which passes it over: not for ever, also where a clock stands still.
  std::optional<Failure> pass_over(NodeId node, StreamId stream, UnixMs now_ms);
  std::vector<StreamId> blocked_streams(NodeId node, UnixMs now_ms) const;
  // Ends all back-offs: somebody pressed "sync now".
  void retry_blocked(NodeId node);

  // How often this node has kept out what this peer sent of a stream since they had the same.
  int count_stand(NodeId node, StreamId stream);

  // Events the peer has and we had not when we last compared.
  void note_to_receive(NodeId node, StreamId stream, std::uint64_t count);
  std::map<StreamId, std::uint64_t> to_receive(NodeId node) const;

 private:
  struct Blocked {
    Failure failure;
    UnixMs until_ms = 0;
    std::int64_t delay_ms = 0;
    std::int64_t passed_over = 0;  // sessions

    static constexpr std::int64_t few = 4;
    // A clock that was set back must not leave a stream alone for longer than its back-off.
    bool at(UnixMs now_ms) const {
      return now_ms < until_ms && now_ms >= until_ms - delay_ms &&
             (passed_over - few) * limits::passed_over_ms < delay_ms;
    }
  };
  struct Peer {
    PeerIdentity identity;
    bool identity_dirty = false;
    UnixMs last_contact_ms = 0;
    Digest subscription_digest;  // of the next
    std::optional<Subscription> subscription;
    std::optional<Digest> told_subscription;   // by its last hello
    std::map<StreamId, VersionVector> shared;  // what was noted or asked for in this run
    std::set<StreamId> dirty;
    Position agreed = Position::none;
    Digest agreed_scope;
    std::map<StreamId, Blocked> blocked;
    std::map<StreamId, int> stands;
    std::map<StreamId, std::uint64_t> to_receive;
  };
  Peer& at(NodeId node);
  const Peer* get(NodeId node) const;

  mutable std::mutex mutex_;
  std::map<NodeId, Peer> peers_;
};

}  // namespace genlock::replication
