// What GET /metrics says, in the text format of Prometheus. Two kinds of numbers:
//   counted   what sessions, commits and answers told as they happened: some atomic additions each
//   read      sizes and states, looked up when somebody asks (NodeReadings)
// Names are `genlock_` and a unit, `_total` for what only grows. Labels take few values, none of
// them from a client: kinds of routes, status codes, states, spaces of the store, and the peers of
// the node's own settings. docs/operations.md says what each means; a test holds it to that.
#pragma once

#include "cli/process_stats.h"
#include "engine/event.h"
#include "eventlog/log_writer.h"
#include "eventlog/rocks_store.h"
#include "http/api.h"
#include "http/counters.h"
#include "http/guarded_server.h"
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
  std::uint64_t open_conflicts = 0;
  bool refuses_writes = false;
  bool clock_suspect = false;
  std::optional<int> rebuilding_percent;
  http::NodeFacts facts;
  http::SyncStatusReport sync;
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
  void note_session(const replication::SessionReport& report, SyncStatus status);

  // `counters`: of the HTTP server.
  std::string text(const NodeReadings& readings, const http::Counters& counters) const;

 private:
  struct Counted;
  std::unique_ptr<Counted> counted_;
};

}  // namespace genlock::cli
