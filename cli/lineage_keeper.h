// Keeps what outlives this process up with it, about once a second and at the end, on a thread of
// its own: the witness file beside the database (eventlog/witness.h), and the entry in the
// directory that says whose a new origin is, where this node had to begin one while it runs. Where
// the directory says that its origin is closed it begins one.
#pragma once

#include "cli/logger.h"
#include "cli/node.h"
#include "cli/pulse.h"

#include <chrono>

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
  void look();
  Result<void> leave_closed_origin();
  void note(const char* what, const Result<void>& outcome);

  Node& node_;
  Logger& log_;
  Position written_ = Position::none;
  OriginId entered_;
  bool told_ = false;
  Pulse pulse_;
};

}  // namespace genlock::cli
