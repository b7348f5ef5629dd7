#include "eventlog/background_committer.h"

#include <atomic>
#include <memory>

namespace genlock {

std::future<Result<void>> BackgroundCommitter::start(Job job) {
  // Set when the job has run, or when it never will.
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  const auto tell = [ran] {
    ran->store(true);
    ran->notify_all();
  };
  auto durable = std::async(std::launch::async, [this, tell, job = std::move(job)] {
    Result<void> committed = committer_.run([&](Overlay& overlay) {
      Result<void> done = job(overlay);
      tell();
      return done;
    });
    tell();
    return committed;
  });
  ran->wait(false);
  return durable;
}

}  // namespace genlock
