// Answers that fold the log (history, as_of) take turns: one folds, a few wait, so that most
// workers are there for others. Who has the turn may use the caches that belong to it.
#pragma once

#include "engine/result.h"

#include <atomic>
#include <mutex>

namespace genlock::http {

class FoldingTurns {
 public:
  static constexpr int max_waiting = 4;  // of 16 workers

  // Held until it is destroyed. ERRORS: unavailable (too many wait).
  Result<std::unique_lock<std::mutex>> take() {
    Waiting mine(waiting_);
    if (mine.place > max_waiting)
      return Error{ErrorCode::unavailable,
                   "the node is working out what was at other times: ask again in a moment"};
    return std::unique_lock(turn_);
  }

 private:
  struct Waiting {
    explicit Waiting(std::atomic<int>& counter) : count(counter), place(++counter) {}
    ~Waiting() { --count; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    std::atomic<int>& count;
    int place;
  };

  std::mutex turn_;
  std::atomic<int> waiting_{0};
};

}  // namespace genlock::http
