// Keeps what outlives this process up with it, about once a second and at the end, on a thread of
// its own: the witness file beside the database (eventlog/witness.h), and the entry in the
// directory that says whose a new origin is, where this node had to begin one while it runs.
#pragma once

#include "cli/logger.h"
#include "cli/node.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace genlock::cli {

class LineageKeeper {
 public:
  // Both outlive this.
  LineageKeeper(Node& node, Logger& log,
                std::chrono::milliseconds every = std::chrono::milliseconds(1'000));
  ~LineageKeeper();
  LineageKeeper(const LineageKeeper&) = delete;
  LineageKeeper& operator=(const LineageKeeper&) = delete;

 private:
  void run();
  void look();
  void note(const char* what, const Result<void>& outcome);

  Node& node_;
  Logger& log_;
  const std::chrono::milliseconds every_;
  Position written_ = Position::none;  // of the thread, as the next two
  OriginId entered_;
  bool told_ = false;
  std::mutex mutex_;  // guards stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace genlock::cli
