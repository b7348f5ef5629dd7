// `verify` and `rebuild` inside a node that runs (http/maintenance.h): one piece of work at a time,
// on a thread of its own.
//   verify    reads one moment of the store; clients notice nothing
//   rebuild   one job of the writer: folds beside the rows and writes only what differs, in one
//             batch. Reads go on and see the rows of before; the API refuses writes until it is
//             done
#pragma once

#include "cli/logger.h"
#include "cli/node_check.h"
#include "http/api.h"
#include "http/maintenance.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace genlock::cli {

class NodeUpkeep : public http::Maintenance {
 public:
  // All outlive this. `history`: as of check_node.
  NodeUpkeep(Node& node, Logger& log, WholeLog* history = nullptr)
      : node_(node), log_(log), history_(history) {}
  ~NodeUpkeep() override { end(); }

  Result<bool> begin(http::Upkeep work, http::UpkeepProgress progress) override;
  std::optional<int> rebuilding_percent() const override;
  http::Ready ready() const;
  // How often `verify` found rows that are not what the log says, since the start.
  std::uint64_t mismatch_count() const { return mismatches_; }

  // Breaks off what is under way, which leaves no trace, and takes no more.
  void end();

 private:
  void run(http::Upkeep work, const http::UpkeepProgress& progress);
  Result<std::string> verify_now(const http::UpkeepProgress& progress);
  Result<std::string> rebuild_now(const http::UpkeepProgress& progress);

  Node& node_;
  Logger& log_;
  WholeLog* const history_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> mismatches_{0};
  std::atomic<int> percent_{-1};  // of a rebuild; -1: none
  std::mutex mutex_;              // guards the two below
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace genlock::cli
