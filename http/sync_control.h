// What the API needs of replication, as a port: cli adapts it to the replicator. A node that never
// syncs has none. All calls from any thread; only peer_catalog() and look_at_peer()
// wait for a peer.
#pragma once

#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/result.h"
#include "projections/node_names.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace genlock::http {

// --- how it goes (docs/api.md, section 9)
// ------------------------------------------------------------

enum class SyncState { idle, syncing, offline, paused, error };
enum class PeerState { connected, connecting, backoff, refused };

// Events that wait, and the bytes they are.
struct Backlog {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
};

struct PeerStatus {
  NodeName node;                   // nil id: never met
  std::optional<std::string> url;  // none: it calls us
  PeerState state = PeerState::connecting;
  std::optional<UnixMs> last_contact_ms, last_success_ms;
  std::optional<Error> last_error;  // of the latest session, where it failed
  std::optional<UnixMs> next_retry_ms;
  std::optional<std::int64_t> rtt_ms, clock_offset_ms;
  Backlog to_send;
  std::uint64_t to_receive_events = 0;
};

struct StreamSync {
  StreamId stream;
  std::uint64_t to_send_events = 0, to_receive_events = 0;
  std::optional<UnixMs> last_synced_ms;
};

struct SyncStatusReport {
  SyncState state = SyncState::idle;
  UnixMs since_ms = 0;  // in this state
  std::optional<std::string> reason;
  Backlog queue;  // written here, and acknowledged by no configured peer
  std::optional<UnixMs> queue_oldest_ms;
  std::optional<UnixMs> last_success_ms;
  std::vector<PeerStatus> peers;
  std::vector<StreamSync> streams;  // those left out have nothing to send or to receive
};

// --- what can be asked of it --------------------------------------------------------------------

enum class SyncWork { download, upload, sync };

struct SyncWish {
  SyncWork work = SyncWork::sync;
  std::optional<StreamId> production;  // download, upload
};

// How the worker of a wish tells how far it is. May be called from any thread, also after the API
// is gone. After `finished` nothing else counts.
struct SyncProgress {
  std::function<void(std::uint64_t done_events, std::uint64_t total_events)> advance;
  std::function<void(Result<void> outcome)> finished;
  // Nobody wants it any more: it ends soon, what is committed stays.
  std::stop_token cancelled = {};
};

// A production that can be had from a peer.
struct CatalogEntry {
  Uuid production;
  std::string label, client, show_name, status;  // empty: null
  std::optional<UnixMs> load_in_ms, load_out_ms;
  std::uint64_t events = 0, bytes = 0;
};

// What a peer has of a stream, asked now.
struct PeerStream {
  StreamId stream;
  bool shared = false;                  // both follow it; else nothing below is known
  bool is_there = false;                // the peer has events of it
  VersionVector seen = {};              // what it has of what is here
  std::uint64_t to_receive_events = 0;  // of the peer, not here
  std::optional<Digest> digest = {};    // of its rows; none: nothing to compare with
};

struct PeerLook {
  NodeName peer;
  std::vector<PeerStream> streams;  // as they were asked for
  std::vector<Chunk> chunks;        // what the peer has and this node has not, to be ingested so
  bool more = false;                // that is not all of it: 8 MiB are looked at
};

class SyncControl {
 public:
  virtual ~SyncControl() = default;

  virtual SyncStatusReport status() = 0;
  // A peer to call is configured.
  virtual bool has_peer() const = 0;

  // Sync by itself, or only when asked; kept over restarts. Again is fine.
  virtual Result<void> start() = 0;
  virtual Result<void> stop() = 0;
  // Begins and returns. A download also subscribes to the production from now on.
  // REQUIRES: has_peer().
  virtual Result<void> begin(const SyncWish& wish, SyncProgress progress) = 0;
  // The production is no longer fetched; its rows stay. False: it was not subscribed.
  virtual Result<bool> unsubscribe(StreamId production) = 0;
  virtual bool is_subscribed(StreamId production) const = 0;
  // The productions of the first peer that answers; waits some seconds at most. ERRORS: unavailable
  // (none answers in time), unsupported (it is of a version without). REQUIRES: has_peer().
  virtual Result<std::vector<CatalogEntry>> peer_catalog() = 0;
  // The first peer that answers has this of `streams`; with the events of `events_of`, one of them,
  // that are not here. Changes nothing, on neither side. As above.
  virtual Result<PeerLook> look_at_peer(const std::vector<StreamId>& streams,
                                        std::optional<StreamId> events_of) = 0;
  // What some peer is known to have of a stream, without asking.
  virtual Result<VersionVector> known_at_peers(StreamId stream) = 0;
};

}  // namespace genlock::http
