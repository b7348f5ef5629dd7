// Says in the directory how far this node is, as engine/acknowledging.h has it due, from time to
// time on a thread of its own: four times in `stable_after`, every minute at most.
#pragma once

#include "cli/logger.h"
#include "cli/node.h"
#include "cli/pulse.h"

#include <chrono>

namespace genlock::cli {

class Acknowledger {
 public:
  // Both outlive this. Zero: it never says anything, and the logs of all nodes stay whole.
  Acknowledger(Node& node, Logger& log, std::chrono::milliseconds stable_after);

 private:
  void look();
  Result<void> acknowledge();
  Result<bool> is_due() const;
  Result<void> write_due(Overlay& overlay);

  Node& node_;
  Logger& log_;
  const std::chrono::milliseconds stable_after_;
  bool told_ = false;  // that it can't; once, until it works again
  Pulse pulse_;
};

}  // namespace genlock::cli
