// `genlock serve`: a node with everything, until it is told to stop.
#include "cli/acknowledger.h"
#include "cli/address.h"
#include "cli/addresses.h"
#include "cli/commands.h"
#include "cli/compactor.h"
#include "cli/disk_watch.h"
#include "cli/door.h"
#include "cli/lineage_keeper.h"
#include "cli/metrics.h"
#include "cli/node_backups.h"
#include "cli/node_sync.h"
#include "cli/node_upkeep.h"
#include "cli/open_files.h"
#include "cli/request_log.h"
#include "cli/signals.h"
#include "eventlog/history_files.h"
#include "http/api.h"
#include "http/server/guarded_server.h"
#include "http/server/static_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <mutex>

namespace genlock::cli {
namespace {

constexpr std::chrono::milliseconds stop_deadline{8'000};  // of the 10 s we promise

http::NodeFacts facts_of(const Node& node, SystemClock& clock) {
  http::NodeFacts facts;
  std::error_code ignored;
  auto space = std::filesystem::space(node.data(), ignored);
  if (!ignored) facts.disk_free_bytes = space.available;
  facts.clock_offset_ms = clock.offset_ms();
  return facts;
}

// What `answered` leads to.
struct Watchers {
  Metrics& metrics;
  RequestLog& requests;
};

http::Settings settings_of(const ServeOptions& options, Node& node, Logger& log,
                           Watchers watchers) {
  http::Settings settings;
  settings.limits.worker_count = options.http_worker_count;
  settings.limits.connection_count = options.http_connection_count;
  settings.new_request_id = [&node] {
    return Uuid::make_v7(node.clock().now(), node.random()).to_string();
  };
  settings.report_bug = [&log](std::string_view request, std::string_view request_id,
                               std::string_view what) {
    log.error("a handler failed", {{"request", std::string(request)},
                                   {"what", std::string(what)},
                                   {"request_id", std::string(request_id)}});
  };
  settings.on_answer = [watchers](const http::AnswerReport& report) {
    watchers.metrics.note_answer(report);
    watchers.requests.note(report);
  };
  return settings;
}

NodeOptions node_options(const ServeOptions& options) {
  NodeOptions how;
  how.data = options.data;
  how.role = options.role;
  how.name = options.name;
  how.has_peer = !options.peers.empty();
  how.store.cache_bytes = options.cache_bytes;
  return how;
}

std::filesystem::path history_directory(const ServeOptions& options) {
  return options.history_directory.empty() ? default_history_directory(options.data)
                                           : std::filesystem::path(options.history_directory);
}

BackupOptions backup_options(const ServeOptions& options, const std::string& version) {
  BackupOptions how;
  how.directory = options.backup_directory.empty()
                      ? default_backup_directory(options.data)
                      : std::filesystem::path(options.backup_directory);
  how.history = history_directory(options);
  how.every = std::chrono::milliseconds(options.backup_every_ms);
  how.keep = options.backup_keep;
  how.version = version;
  return how;
}

// Looks of /metrics, one at a time.
class SharedTally {
 public:
  explicit SharedTally(Node& node, Position from)
      : node_(node), tally_(node.log(), node.identity().origin, from) {}

  LogCounts look() {
    const std::lock_guard lock(mutex_);
    // What it can't read, others tell; the counts stay as they were.
    (void)tally_.look(*node_.store().snapshot());
    return tally_.counts();
  }

 private:
  Node& node_;
  std::mutex mutex_;  // guards tally_
  LogTally tally_;
};

NodeReadings readings_of(Node& node, NodeSync& sync, const NodeUpkeep& upkeep,
                         const NodeBackups& backups, const std::string& version) {
  NodeReadings readings;
  readings.version = version;
  readings.role = node.identity().role;
  readings.now_ms = node.clock().now();
  if (auto last = node.log().last_position(node.store()); last.ok())
    readings.log_events = static_cast<std::uint64_t>(*last);
  readings.refuses_writes = node.store().refuses_writes();
  readings.clock_suspect = node.clock().suspect();
  readings.rebuilding_percent = upkeep.rebuilding_percent();
  readings.mismatches = upkeep.mismatch_count();
  readings.facts = facts_of(node, node.clock());
  readings.sync = sync.status();
  readings.backups = backups.measures();
  readings.store = node.store().measure();
  readings.process = process_stats();
  return readings;
}

// Wakes the server's waiting requests until it is closed: an import that is still ending then
// commits on.
class Waker {
 public:
  explicit Waker(http::GuardedServer& server) : server_(&server) {}

  // Calls `use` with the server, unless it is closed.
  template <class Use>
  void with_server(const Use& use) {
    const std::lock_guard lock(mutex_);
    if (server_) use(*server_);
  }
  void close() {
    const std::lock_guard lock(mutex_);
    server_ = nullptr;
  }

 private:
  std::mutex mutex_;  // guards server_
  http::GuardedServer* server_;
};

http::HttpResponse metrics_page(std::string text) {
  http::HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = std::move(text);
  return response;
}

Result<int> serve(const ServeOptions& options, const std::string& version, StopSignal& stop,
                  Logger& log) {
  TRY_ASSIGN(
      const Address address,
      parse_address(options.listen.empty() ? default_address(options.role) : options.listen));
  if (!options.web.empty()) TRY(http::StaticFiles::check(options.web));
  OpenFiles files = raise_open_files();
  log.write(LogLevel::debug, "open files",
            {{"before", static_cast<std::int64_t>(files.before)},
             {"now", static_cast<std::int64_t>(files.now)}});
  Metrics metrics;
  RequestLog requests(options.log_requests, log);
  TRY_ASSIGN(std::unique_ptr<Node> node, Node::open(node_options(options), rebuild_bar()));
  for (const TornTail& tail : node->torn_tails())
    log.warning(
        "what a power cut left unwritten was cut off",
        {{"file", tail.file}, {"bytes", static_cast<std::int64_t>(tail.bytes - tail.whole_bytes)}});
  if (const auto& why = node->renewed())
    log.warning("a new origin begins", {{"what", what_of(why->reason)}, {"detail", why->detail}});
  TRY_ASSIGN(const Position log_end, node->log().last_position(node->store()));
  SharedTally tally(*node, log_end);
  (void)node->take_projection_time();  // of its opening
  node->writer().watch(
      {.ran =
           [&](std::chrono::nanoseconds waited, std::chrono::nanoseconds took) {
             metrics.note_job(waited, took, node->take_projection_time());
           },
       .committed = [&](const CommitReport& report) { metrics.note_commit(report); },
       .answered = [&](std::chrono::nanoseconds waited) { metrics.note_write(waited); }});

  NodeBackups backups(*node, backup_options(options, version), log);
  SyncOptions sync_options{
      .peers = options.peers,
      .subscriptions = options.subscriptions,
      .interval_ms = options.sync_interval_ms,
      .version = version,
      .on_session = [&](const replication::SessionReport& report,
                        SyncStatus status) { metrics.note_session(report, status); },
      .on_received = [&](NodeId peer,
                         const IngestReport& report) { metrics.note_received(peer, report); },
      .on_note = [&](const replication::SyncNote& note) { metrics.note_problem(note); },
      .on_bytes = [&](const std::string& peer, std::size_t sent,
                      std::size_t received) { metrics.note_bytes(peer, sent, received); }};
  TRY_ASSIGN(std::unique_ptr<NodeSync> sync, NodeSync::open(*node, sync_options, log));

  HistoryFiles history(history_directory(options));
  NodeUpkeep upkeep(*node, log, &history);
  DiskWatch disk(*node, log);
  LineageKeeper lineage(*node, log);
  Acknowledger acknowledger(*node, log, std::chrono::milliseconds(options.stable_after_ms));
  Compactor compactor(*node, log,
                      {.every = std::chrono::milliseconds(options.compact_every_ms),
                       .history = options.keeps_history ? &history : nullptr});
  SilentNodes silent_nodes(options.silent_after_ms);
  std::uint16_t port = 0;
  http::Router router;
  TRY_ASSIGN(std::unique_ptr<http::Api> api,
             http::Api::open(
                 {.engine = node->engine(),
                  .committer = node->writer(),
                  .store = node->store(),
                  .clock = node->clock(),
                  .random = node->random(),
                  .sync = sync.get(),
                  .maintenance = &upkeep,
                  .backups = &backups,
                  .whole_log = &history,
                  .silent_nodes = &silent_nodes,
                  .version = version,
                  .web_directory = options.web,
                  .ready = [&upkeep] { return upkeep.ready(); },
                  .facts = [&node] { return facts_of(*node, node->clock()); },
                  .addresses = [&] { return addresses_of(address, port); },
                  .disk_full = [&node] { return node->store().is_full(); },
                  .on_delivery =
                      [&metrics](std::chrono::nanoseconds took) { metrics.note_delivery(took); }}));
  api->add_routes(router);
  sync->add_routes(router);
  http::GuardedServer server(router, settings_of(options, *node, log, {metrics, requests}));
  router.add("GET", "/metrics", "metrics", [&](const http::HttpRequest&) {
    NodeReadings readings = readings_of(*node, *sync, upkeep, backups, version);
    readings.counts = tally.look();
    readings.compacted_events = compactor.dropped_events();
    if (auto silent = silent_nodes.look(*node->store().snapshot(), node->log(),
                                        node->identity().node, readings.now_ms);
        silent.ok())
      readings.silent_nodes = silent->size();
    readings.feeds = api->feed_counts();
    readings.http_worker_count = server.limits().worker_count;
    return metrics_page(metrics.text(readings, server.counters()));
  });
  TRY_ASSIGN(port, server.bind(address.host, address.port));
  const auto waker = std::make_shared<Waker>(server);
  api->set_wake([waker](std::string_view topic) {
    waker->with_server([&](http::GuardedServer& open) { open.wake(topic); });
  });
  node->on_growth([&, waker](Position last) {
    sync->log_grew();
    waker->with_server([&](http::GuardedServer& open) {
      api->note_commit(last);
      open.wake(NodeSync::topic);
      open.wake(http::changes_topic);
    });
  });
  TRY(server.start());
  TRY(sync->run());

  const Identity& self = node->identity();
  log.info("serving", {{"node", self.node.to_string()},
                       {"origin", self.origin.to_string()},
                       {"role", to_string(self.role)},
                       {"url", url_of(address, port)},
                       {"version", version}});
  fmt::print("listening on {}\n", url_of(address, port));
  std::fflush(stdout);

  int signal_number = stop.wait();
  log.info("stopping", {{"signal", std::int64_t{signal_number}}});
  upkeep.end();
  backups.end();
  sync->end();
  bool finished = server.stop(stop_deadline);
  waker->close();
  log.info("stopped", {{"finished", finished}});
  return 0;
}

}  // namespace

int run_serve(const ServeCommand& command, const std::string& version) {
  const Settings settings = read_settings(command.flags, own_environment());
  report_problems(settings);
  if (!settings.ok()) return 2;
  const ServeOptions options = serve_options(settings);
  SystemClock wall;
  Logger log(options.log_level, wall, stderr, options.log_format);
  for (const std::string& text : settings.warnings) log.warning("settings", {{"what", text}});
  return run_serve(options, version);
}

int run_serve(const ServeOptions& options, const std::string& version) {
  StopSignal stop;
  SystemClock wall;
  Logger log(options.log_level, wall, stderr, options.log_format);
  Result<int> result = serve(options, version, stop, log);
  if (result.ok()) return *result;
  log.error("can't serve", {{"reason", result.error().message}});
  return report_failure(result.error());
}

}  // namespace genlock::cli
