// A node: a data directory with everything that works on it but the network. The one place that
// knows which parts go together; `serve` puts replication and HTTP on top, other commands the API
// alone, or nothing.
#pragma once

#include "cli/system_clock.h"
#include "cli/timed_projection.h"
#include "engine/engine.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/rocks_store.h"
#include "projections/rebuild.h"
#include "projections/row_projection.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace genlock::cli {

struct NodeOptions {
  std::filesystem::path data;
  // Given: the directory is made where it is missing, and must have this role. Else it must exist.
  std::optional<Role> role;
  std::string name;         // empty: as before; at first the host's name
  bool has_peer = false;    // there is a clock to compare ours with
  RocksOptions store = {};  // create_if_missing follows from `role`
  bool read_only = false;   // looks at the directory as it is now, even while a node serves it
};

// Where what belongs to a data directory stands beside it: ("/var/lib/genlock/data", "backups") ->
// "/var/lib/genlock/backups/data".
std::filesystem::path folder_beside(const std::filesystem::path& data, const char* what);

class Node {
 public:
  // Opens the directory, begins a new origin where it is not certain that it is the one that wrote
  // last (eventlog/continuity.h), rebuilds its rows where another version of the program made them,
  // and enters this node into the directory stream. ERRORS: not_found, invalid_argument (another
  // role), unavailable (in use), corruption, unsupported.
  static Result<std::unique_ptr<Node>> open(const NodeOptions& options,
                                            const OnProgress& on_rebuild = {});
  ~Node();  // waits for writes that were begun
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const Identity& identity() const { return engine_.identity(); }
  const std::filesystem::path& data() const { return data_; }
  RocksStore& store() { return *store_; }
  Engine& engine() { return engine_; }
  const Log& log() const { return log_; }
  LogWriter& writer() { return writer_; }
  RowProjection& projection() { return projection_; }
  // What rows took since the last call. Of the writer's jobs.
  std::chrono::nanoseconds take_projection_time() { return timed_.take_spent(); }
  // Why this opening began a new origin; nullopt: it did not.
  const std::optional<Renewal>& renewed() const { return renewed_; }
  SystemClock& clock() { return clock_; }
  SystemRandom& random() { return random_; }

  // Takes writes again after a full disk; false: there is no room yet. REQUIRES: store().is_full().
  Result<bool> resume_writes();

  // Called after each durable commit that brought events, with the last of them; short, it wakes
  // others. Set it before threads are started.
  using GrowthHook = std::function<void(Position last)>;
  void on_growth(GrowthHook hook) { on_growth_ = std::move(hook); }

  // Says in the directory stream whose this origin is, where that is not said yet.
  Result<void> enter_directory();

  // The clock of a trusted peer minus ours: corrects ours, and is remembered.
  Result<void> note_clock_offset(std::int64_t offset_ms);

 private:
  Node(const NodeOptions& options, std::unique_ptr<RocksStore> store, const Identity& identity);
  Result<void> prepare(const NodeOptions& options, const OnProgress& on_rebuild);
  Result<void> set_clock(bool has_peer);
  void after_commit();

  std::filesystem::path data_;
  std::optional<Renewal> renewed_;
  std::unique_ptr<RocksStore> store_;
  SystemClock clock_;
  SystemRandom random_;
  Log log_;
  RowProjection projection_;
  TimedProjection timed_;
  Engine engine_;
  LogWriter writer_;
  GrowthHook on_growth_;
  Position seen_ = Position::none;  // of after_commit, which never runs twice at a time
};

}  // namespace genlock::cli
