// What GET /metrics says, in the text format of Prometheus. Two kinds of numbers:
//   counted   what sessions, commits and answers told as they happened: some additions each
//   read      sizes and states, looked up when somebody asks (NodeReadings), and what the log says
//             of the events since the last look (projections/log_tally.h)
// Names are `genlock_` and a unit, `_total` for what only grows. Labels take few values, none of
// them from a client: routes, status codes, states, spaces of the store, and the peers of
// the node's own settings. docs/operations.md says what each means; a test holds it to that.
#pragma once

#include "cli/node_backups.h"
#include "cli/process_stats.h"
#include "engine/event.h"
#include "eventlog/log_writer.h"
#include "eventlog/rocks_store.h"
#include "http/api.h"
#include "http/counters.h"
#include "http/guarded_server.h"
#include "projections/log_tally.h"
#include "projections/sync_log.h"
#include "replication/session.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace genlock::cli {

// One look at a node.
struct NodeReadings {
  std::string version;
  Role role = Role::lan;
  UnixMs now_ms = 0;
  std::uint64_t log_events = 0;
  LogCounts counts;  // of events since the start
  bool refuses_writes = false;
  bool clock_suspect = false;
  std::optional<int> rebuilding_percent;
  std::uint64_t mismatches = 0;  // that `verify` found
  http::NodeFacts facts;
  http::SyncStatusReport sync;
  http::Api::FeedCounts feeds;
  BackupMeasures backups;
  std::uint64_t compacted_events = 0;  // since the start
  std::size_t silent_nodes = 0;        // that compaction has waited for too long
  unsigned http_worker_count = 0;
  StoreMeasures store;
  ProcessStats process;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Any thread.
  void note_answer(const http::AnswerReport& report);
  void note_commit(const CommitReport& report);
  void note_write(std::chrono::nanoseconds waited);
  // A job of the writer: how long it waited for its turn, and took, part of it for the rows.
  void note_job(std::chrono::nanoseconds waited, std::chrono::nanoseconds took,
                std::chrono::nanoseconds projected);
  void note_delivery(std::chrono::nanoseconds took);
  void note_session(const replication::SessionReport& report, SyncStatus status);
  void note_problem(const replication::SyncNote& note);
  void note_received(NodeId peer, const IngestReport& report);
  void note_bytes(const std::string& peer, std::size_t sent_bytes, std::size_t received_bytes);

  // `counters`: of the HTTP server.
  std::string text(const NodeReadings& readings, const http::Counters& counters) const;

 private:
  struct Counted;
  std::unique_ptr<Counted> counted_;
};

}  // namespace genlock::cli
