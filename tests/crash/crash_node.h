// A real node (cli/node.h: RocksDB, log, engine, rows; the API's handlers of rows) whose disk is a
// VolatileDisk, and a sync of two of them in this thread.
#pragma once

#include "cli/node.h"
#include "crash/crew.h"
#include "crash/disk_files.h"
#include "eventlog/history_files.h"
#include "replication/limits.h"

#include <functional>
#include <memory>
#include <string>

namespace genlock::crash {

class CrashNode {
 public:
  // `disk` outlives it. The name is of the directory as well.
  CrashNode(VolatileDisk& disk, Role role, std::string name);
  ~CrashNode();
  CrashNode(const CrashNode&) = delete;
  CrashNode& operator=(const CrashNode&) = delete;

  // What compact() takes out goes into history files on the same disk, and is looked for there.
  void keep_history() { keeps_history_ = true; }

  // ERRORS: of cli::Node::open.
  Result<void> open();
  // As a process ends, or as the power does: what is not on the disk is lost.
  void close();
  bool is_open() const { return node_ != nullptr; }

  // What a served node does about once a second (eventlog/witness.h). REQUIRES: is_open().
  void write_witness();
  const std::filesystem::path& data() const { return options_.data; }

  // REQUIRES: is_open().
  cli::Node& node() { return *node_; }
  cli::ApiClient& client();
  // One stream up to `cut`, a few events in a batch; `between` runs before each. Returns how many
  // events went. ERRORS: of compact_stream.
  Result<std::uint64_t> compact(StreamId stream, const VersionVector& cut,
                                const std::function<void()>& between = {});
  // Checksums, numbering, chains of hashes, rows against a fold of the log; history files that hold
  // all that was compacted, where they are kept.
  Complaint prove();
  // The same; and every write of the crew is there once, or no more often where the log was
  // compacted and no history is kept. Sends again what was open, so that nothing is when this is
  // over.
  Complaint check(Crew& crew);
  // What is wrong with a new origin that began with the last opening.
  Complaint new_origin();
  // Opens a whole disk, which must go well and under the same origin, and checks.
  Complaint open_and_check(Crew& crew, bool allows_new_origin = false);

 private:
  Result<Commands> commands();

  VolatileDisk& disk_;
  const DiskFiles files_;
  const std::unique_ptr<rocksdb::Env> env_;
  bool keeps_history_ = false;
  cli::NodeOptions options_;
  std::unique_ptr<cli::Node> node_;
  std::unique_ptr<HistoryFiles> history_;
  struct Routes;
  std::unique_ptr<Routes> routes_;
};

// A new disk with a node that serves the crews' production, closed in good order.
std::unique_ptr<VolatileDisk> disk_with_show(const std::string& name);

// The power goes, and comes back: what a cut left is drawn from `seed`.
void power_cycle(CrashNode& node, VolatileDisk& disk, std::uint64_t seed);

// One session from hello to agreement, bytes and all, in pages of `page_bytes`. What is wrong with
// it, or with what both have afterwards.
Complaint sync(CrashNode& from, CrashNode& to,
               std::size_t page_bytes = replication::limits::max_page_bytes);

}  // namespace genlock::crash
