// The committer port: runs a job that writes, and makes what it wrote durable before it answers.
// Jobs run one at a time; jobs of several callers may share one batch and one sync. Implementation:
// eventlog/log_writer.h.
#pragma once

#include "engine/result.h"
#include "engine/store.h"

#include <functional>

namespace genlock {

class Committer {
 public:
  // An error of the job writes nothing of it and is returned.
  using Job = std::function<Result<void>(Overlay&)>;
  virtual ~Committer() = default;
  // Any thread; waits. ERRORS: the job's; unavailable (queue full, stopped, or the disk failed:
  // outcome unknown).
  virtual Result<void> run(Job job) = 0;
};

}  // namespace genlock
