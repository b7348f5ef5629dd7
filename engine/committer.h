// The committer port: runs a job that writes, and makes what it wrote durable before it answers.
// Jobs run one at a time; jobs of several callers may share one batch and one sync. Implementation:
// eventlog/log_writer.h.
#pragma once

#include "engine/result.h"
#include "engine/store.h"

#include <functional>
#include <future>

namespace genlock {

class Committer {
 public:
  // An error of the job writes nothing of it and is returned.
  using Job = std::function<Result<void>(Overlay&)>;
  virtual ~Committer() = default;
  // Any thread; waits. The job runs at most once. ERRORS: the job's; unavailable (queue full,
  // stopped, or the disk failed: outcome unknown).
  virtual Result<void> run(Job job) = 0;
  // Returns when the job has run, the future when it is durable too: meanwhile the caller may start
  // its next job, which runs upon the first. Only run() itself tells what is durable, so this one
  // waits for it; eventlog/background_committer.h does not.
  virtual std::future<Result<void>> start(Job job) {
    std::promise<Result<void>> done;
    done.set_value(run(std::move(job)));
    return done.get_future();
  }
};

}  // namespace genlock
