#include "eventlog/background_committer.h"

#include <atomic>
#include <memory>
#include <system_error>

namespace genlock {

std::future<Result<void>> BackgroundCommitter::start(Job job) {
  // Set when the job has run, or when it never will.
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  const auto tell = [ran] {
    ran->store(true);
    ran->notify_all();
  };
  const auto work = [this, tell, job] {
    Result<void> committed = committer_.run([&](Overlay& overlay) {
      Result<void> done = job(overlay);
      tell();
      return done;
    });
    tell();
    return committed;
  };
  try {
    auto durable = std::async(std::launch::async, work);
    ran->wait(false);
    return durable;
  } catch (const std::system_error&) {  // no thread to be had: then without
    return Committer::start(std::move(job));
  }
}

}  // namespace genlock
