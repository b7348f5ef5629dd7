// A clean stop: SIGTERM and SIGINT as something to wait for.
#pragma once

#include <chrono>

namespace genlock::cli {

// Blocks SIGTERM and SIGINT in this thread and in all that it starts from now on, and waits for
// them through a descriptor. Make it before any thread. One in a process.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Returns the signal's number.
  int wait();
  // 0: none came in time.
  int wait_for(std::chrono::milliseconds timeout);
  // Readable as soon as a signal came; for poll().
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace genlock::cli
