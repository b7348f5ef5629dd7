// Work that comes again and again on a thread of its own, as long as its owner lives. Declared as
// the last member of the owner, it ends before what it works on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace genlock::cli {

class Pulse {
 public:
  // Long work asks `stop` whether it should end.
  using Look = std::function<void(const std::stop_token& stop)>;

  // `look` comes after each `every`; zero: never.
  Pulse(std::chrono::milliseconds every, Look look) {
    if (every.count() == 0) return;
    thread_ = std::jthread([every, look = std::move(look)](const std::stop_token& stop) {
      std::mutex mutex;
      std::condition_variable_any stopped;
      std::unique_lock lock(mutex);
      for (;;) {
        stopped.wait_for(lock, stop, every, [] { return false; });
        if (stop.stop_requested()) return;
        look(stop);
      }
    });
  }

  // Returns when nothing comes any more.
  void end() { thread_ = {}; }

 private:
  std::jthread thread_;
};

}  // namespace genlock::cli
