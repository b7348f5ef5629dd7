// Looks after a full disk: once a second, while writes are refused for want of room, it tries to
// take them again, and says in the log when it began and ended. A thread of its own, because nobody
// else may be there to ask: edits are refused, and a sync waits longer from time to time.
#pragma once

#include "cli/logger.h"
#include "cli/node.h"
#include "cli/pulse.h"

#include <chrono>

namespace genlock::cli {

class DiskWatch {
 public:
  // Both outlive this.
  DiskWatch(Node& node, Logger& log,
            std::chrono::milliseconds every = std::chrono::milliseconds(1'000));

 private:
  void look();

  Node& node_;
  Logger& log_;
  bool told_ = false;
  Pulse pulse_;
};

}  // namespace genlock::cli
