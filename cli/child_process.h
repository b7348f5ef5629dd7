// Another process of ours: `genlock serve` as the demos and the end-to-end tests start it. A child
// is ended with its owner: by the destructor, and by the kernel should the owner be killed.
#pragma once

#include "engine/result.h"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace genlock::cli {

class ChildProcess {
 public:
  // arguments[0] is the program's path. Its stdout is read here; its stderr goes to `error_log`,
  // or where ours goes. ERRORS: unavailable.
  static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& arguments,
                                                     const std::string& error_log = "");
  ~ChildProcess();  // kills it, if it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The rest of the first line of its stdout that begins with `prefix`. ERRORS: unavailable, when
  // it ended before or the time is up.
  Result<std::string> wait_for_line(const std::string& prefix, std::chrono::milliseconds timeout);
  // SIGTERM, and the exit status once it has ended; 128 + signal where a signal ended it.
  // ERRORS: unavailable, when it did not end in time: then it is killed.
  Result<int> stop(std::chrono::milliseconds timeout);
  // SIGKILL: as when the power fails.
  void kill();
  // nullopt while it runs.
  std::optional<int> status();
  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, int output) : pid_(pid), output_(output) {}
  std::optional<int> wait_until(std::chrono::steady_clock::time_point deadline);

  pid_t pid_;
  int output_;  // its stdout
  std::string read_;
  std::optional<int> status_;
};

// The program that runs now, to start another one of it.
std::string own_program();

}  // namespace genlock::cli
