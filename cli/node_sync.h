// Replication put together for a real node: what to sync, with whom, who is told. Adapts the
// replicator to the API's port (http/sync_control.h), answers other nodes below /sync/v1/, keeps
// the sync log, marks rows as synced, and takes the cloud's clock for the better one.
#pragma once

#include "cli/logger.h"
#include "cli/node.h"
#include "eventlog/background_committer.h"
#include "http/server/guarded_server.h"
#include "http/sync_control.h"
#include "projections/sync_log.h"
#include "replication/peers.h"
#include "replication/replicator.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "replication/sync_server.h"

#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

namespace genlock::cli {

struct SyncOptions {
  std::vector<std::string> peers;          // http(s)://host:port
  std::vector<std::string> subscriptions;  // production ids, or "all"
  std::uint32_t interval_ms = 5'000;
  std::string version;
  // Told about each session that is worth an entry in the sync log.
  std::function<void(const replication::SessionReport&, SyncStatus)> on_session = {};
  // Told about events of a peer that are durable here, or were.
  std::function<void(NodeId peer, const IngestReport&)> on_received = {};
  std::function<void(const replication::SyncNote&)> on_note = {};
  // Told the sizes of bodies. `peer`: the address of a configured one; empty: of one that calls us.
  std::function<void(const std::string& peer, std::size_t sent_bytes, std::size_t received_bytes)>
      on_bytes = {};
};

class NodeSync : public http::SyncControl, private replication::SyncObserver {
 public:
  // What requests that wait for this node's log are parked on.
  static constexpr std::string_view topic = "sync";

  // `node` and `log` outlive this. ERRORS: invalid_argument (a peer's address, a production's id).
  static Result<std::unique_ptr<NodeSync>> open(Node& node, const SyncOptions& options,
                                                Logger& log);
  ~NodeSync() override;

  void add_routes(http::Router& router);
  Result<void> run() { return replicator_->start(); }
  void end() { replicator_->stop(); }
  // The log has new events.
  void log_grew() { replicator_->log_grew(); }

  http::SyncStatusReport status() override;
  bool has_peer() const override { return replicator_->has_peer(); }
  Result<void> start() override { return replicator_->set_paused(false); }
  Result<void> stop() override { return replicator_->set_paused(true); }
  Result<void> begin(const http::SyncWish& wish, http::SyncProgress progress) override;
  Result<bool> unsubscribe(StreamId production) override;
  bool is_subscribed(StreamId production) const override {
    return subscriptions_.wants(production, index_);
  }
  Result<std::vector<http::CatalogEntry>> peer_catalog() override;
  Result<http::PeerLook> look_at_peer(const std::vector<StreamId>& streams,
                                      std::optional<StreamId> events_of) override;
  Result<VersionVector> known_at_peers(StreamId stream) override;

 private:
  NodeSync(Node& node, const SyncOptions& options, Logger& log);
  Result<void> subscribe(const std::vector<std::string>& wanted);
  template <class Answer, class Ask>
  Result<Answer> ask_first_peer(std::int64_t timeout_ms, const Ask& ask);
  http::SyncProgress with_subscription(StreamId production, http::SyncProgress progress);
  void note_session(const replication::SessionReport& report, UnixMs started_ms, UnixMs ended_ms);

  void on_note(const replication::SyncNote& note) override;
  void on_received(const replication::PeerIdentity& peer, StreamId stream,
                   const IngestReport& report) override;
  void on_clock(const replication::PeerIdentity& peer, bool peer_is_suspect, std::int64_t offset_ms,
                std::int64_t rtt_ms) override;
  Result<void> on_shared(const replication::PeerIdentity& peer, StreamId stream,
                         const VersionVector& before, const VersionVector& now,
                         Overlay& overlay) override;

  Node& node_;
  Logger& log_;
  const SyncOptions options_;
  replication::StreamIndex index_;
  replication::Subscriptions subscriptions_;
  replication::Peers peers_;
  BackgroundCommitter committer_;
  replication::SessionPorts ports_;
  replication::SyncServer server_;
  std::vector<replication::PeerAddress> addresses_;
  std::counting_semaphore<> question_turns_;
  std::unique_ptr<replication::Replicator> replicator_;
};

}  // namespace genlock::cli
