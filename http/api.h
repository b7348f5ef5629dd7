// The REST API of a node (docs/api.md): rows, conflicts, locks, sync, health. It turns requests
// into engine commands and queries, and their outcomes into status codes, and decides nothing
// itself.
//
//   read    one snapshot of the store, one query, one answer
//   write   headers and body -> Command -> one job of the committer -> the row, read back from a
//           fresh snapshot after the commit
//
//   Router router;
//   Api api({.engine = engine, .committer = writer, .store = store, ...});
//   api.add_routes(router);
//   router.add("POST", "/sync/v1/{kind}", "sync", server_end);   // node to node: replication's
//   GuardedServer server(router, settings);
#pragma once

#include "engine/clock.h"
#include "engine/committer.h"
#include "engine/dropped_events.h"
#include "engine/engine.h"
#include "engine/store.h"
#include "http/backups.h"
#include "http/live_limits.h"
#include "http/maintenance.h"
#include "http/router.h"
#include "http/sync_control.h"
#include "projections/fleet.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genlock::http {

// Answers /readyz: what has to be up before clients are served.
struct Ready {
  bool ready = true;
  // {"log", "ok"}, {"projections", "rebuilding 40%"}
  std::vector<std::pair<std::string, std::string>> components;
};

// What only the process knows of itself; unknown parts stay empty and are shown as such.
struct NodeFacts {
  bool database_ok = true;
  std::string database_detail = "open";
  std::optional<std::uint64_t> disk_free_bytes;
  std::optional<std::int64_t> clock_offset_ms;  // against the peer it was measured with
};

// One way to reach this node.
struct NodeAddress {
  std::string url;        // "http://192.168.1.20:3001"
  std::string address;    // "192.168.1.20"
  std::string interface;  // "eth0"; empty: unknown
  bool loopback = false;  // for this machine alone
};

// Topics that parked requests of the API wait on. Whoever owns the server wakes the first one after
// each commit.
inline constexpr std::string_view changes_topic = "changes", presence_topic = "presence";

struct ApiParts {
  Engine& engine;        // its identity is this node
  Committer& committer;  // the only way to write
  const Store& store;    // for snapshots
  Clock& clock;
  Random& random;                            // from any thread
  SyncControl* sync = nullptr;               // none: the node stays alone
  Maintenance* maintenance = nullptr;        // none: nothing checks it while it runs
  Backups* backups = nullptr;                // none: the node keeps none
  WholeLog* whole_log = nullptr;             // none: what was compacted is gone
  SilentNodes* silent_nodes = nullptr;       // none: health does not look for them
  std::string version = "dev";               // of the program
  std::filesystem::path web_directory = {};  // of the web app; empty: a page that says what this is
  std::function<Ready()> ready = {};         // empty: ready
  std::function<NodeFacts()> facts = {};     // empty: unknown
  // Every address that this node answers on now, the best one first. Empty: unknown.
  std::function<std::vector<NodeAddress>()> addresses = {};
  std::function<bool()> disk_full = {};  // writes fail because of it; empty: they don't
  LiveLimits live = {};                  // of feeds and presence
  // Told how long a change took from its commit to a feed's connection. From any thread; short.
  std::function<void(std::chrono::nanoseconds took)> on_delivery = {};
};

class Api {
 public:
  // Everything in `parts` outlives this. ERRORS: not_found (no such web directory).
  static Result<std::unique_ptr<Api>> open(ApiParts parts);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // Adds all routes, the fallback for files of the web app, and what is wrapped around every
  // answer (Sync-Cursor). `router` may get more routes, and is outlived by this.
  void add_routes(Router& router);
  // How feeds hear at once of what is no commit; without it they look once a second. Before the
  // server starts.
  void set_wake(std::function<void(std::string_view topic)> wake);
  // Everything up to `last` is durable since now: for on_delivery. Never twice at a time.
  void note_commit(Position last);

  // Feeds that are open, and feeds and polls that were turned away since the start.
  struct FeedCounts {
    std::uint64_t clients = 0, rejected = 0;
  };
  FeedCounts feed_counts() const;

 private:
  struct Inside;
  explicit Api(std::unique_ptr<Inside> inside);

  std::unique_ptr<Inside> inside_;
};

}  // namespace genlock::http
