#include "http/import_work.h"

#include <utility>

namespace genlock::http {

ImportWork::~ImportWork() {
  std::unique_lock lock(mutex_);
  std::stop_source stop = stop_;
  std::thread last = std::move(thread_);
  lock.unlock();
  stop.request_stop();
  if (last.joinable()) last.join();
}

ImportWork::Turn ImportWork::take() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_taken_, true)) return Turn();
  return Turn(*this);
}

void ImportWork::begin(Turn turn, std::stop_source stop, std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.join();  // it has given its turn back: it is at its end
  stop_ = std::move(stop);
  thread_ = std::thread([mine = std::move(turn), work = std::move(work)]() mutable {
    {
      const Turn held = std::move(mine);
      work();
    }
    work = nullptr;  // whoever hears of the end from here on finds the turn free
  });
}

void ImportWork::release() {
  const std::lock_guard lock(mutex_);
  is_taken_ = false;
}

}  // namespace genlock::http
