// Keeps this node in sync with its configured peers: for each one thread for sessions and one for
// the long poll. When to do what is the Scheduler's; what to say the session's; here are only
// threads, time and what people asked for.
//
// Thread-safe. Waits for nobody but in stop().
#pragma once

#include "replication/backlog.h"
#include "replication/http_transport.h"
#include "replication/scheduler.h"
#include "replication/session.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace genlock::replication {

struct PeerAddress {
  PeerUrl url;
  HttpOptions http;
};

struct LinkStatus {
  std::optional<PeerIdentity> peer;  // none: never met
  std::optional<std::string> url;    // none: it calls us
  LinkState state = LinkState::connecting;
  UnixMs last_contact_ms = 0, last_success_ms = 0;  // 0: never since the start
  std::optional<Error> last_error;                  // of the latest session
  UnixMs next_retry_ms = 0;                         // 0: nothing planned
  std::int64_t rtt_ms = -1;                         // -1: not measured
  std::int64_t clock_offset_ms = 0;
  PeerBacklog to_send;
  std::map<StreamId, std::uint64_t> to_receive;
};

enum class SyncState { idle, syncing, offline, paused, error };

struct SyncStatus {
  SyncState state = SyncState::idle;
  UnixMs since_ms = 0;
  std::string reason;  // of offline and error
  PeerBacklog queue;   // written here, acknowledged by no configured peer
  UnixMs last_success_ms = 0;
  std::vector<LinkStatus> links;  // configured peers in order, then those that call us
  std::map<StreamId, UnixMs>
      last_synced_ms;  // of streams that took part in a session since the start
};

// What somebody waits for: one full session with each configured peer.
struct SyncWish {
  std::optional<StreamId> stream;  // the one it is about
  bool must_exist = false;         // a download: not_found where no peer had it
  // From the session threads. After `finished` nothing else is called.
  std::function<void(std::uint64_t done_events, std::uint64_t total_events)> advance;
  std::function<void(Result<void> outcome)> finished;
  // Nobody waits for it any more: it is finished at once, and a session that ran for it alone is
  // cut. What is committed stays.
  std::stop_token cancelled = {};
};

// Told at the end of each session that was more than a hello with nothing to say, for the sync log.
using SessionListener =
    std::function<void(const SessionReport& report, Plan plan, UnixMs started_ms, UnixMs ended_ms)>;

class Replicator {
 public:
  struct Options {
    std::vector<PeerAddress> peers;
    Scheduler::Options schedule;
    std::int64_t request_timeout_ms = 60'000;
    SessionListener on_session;
  };
  // `ports` outlives this and is shared with the SyncServer.
  Replicator(SessionPorts& ports, Options options);
  ~Replicator();

  // Reads whether it was paused, and begins. ERRORS: unavailable, corruption.
  Result<void> start();
  // Ends requests under way and waits for the threads; about a second.
  void stop();

  // Something was committed. Short: to be called from the log writer's hook.
  void log_grew();

  bool has_peer() const;
  bool paused() const;
  // By itself, or only when asked. Kept over restarts.
  Result<void> set_paused(bool paused);
  // Begins at once, paused or not. REQUIRES: has_peer().
  void begin(SyncWish wish);
  SyncStatus status();

 private:
  class Link;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genlock::replication
