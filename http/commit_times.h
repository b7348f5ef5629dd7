// When the latest commits became durable, so that a feed can say how long a change took to leave.
// Thread-safe; bounded: older ones are forgotten, and nobody asks for them.
#pragma once

#include "engine/event_log.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>

namespace genlock::http {

class CommitTimes {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Everything up to `last` is durable. Ascending.
  void note(Position last, Time now) {
    const std::lock_guard lock(mutex_);
    latest_.push_back({last, now});
    if (latest_.size() > max_count) latest_.pop_front();
  }
  // Of the event at `position`. nullopt: too long ago, or not told.
  std::optional<Time> of(Position position) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::lower_bound(latest_, position, {}, &Commit::last);
    // What was before the oldest one that is remembered may be older still.
    if (found == latest_.begin() || found == latest_.end()) return std::nullopt;
    return found->time;
  }

 private:
  struct Commit {
    Position last;
    Time time;
  };
  static constexpr std::size_t max_count = 4'096;  // some seconds of a busy node, 64 KiB

  mutable std::mutex mutex_;
  std::deque<Commit> latest_;
};

}  // namespace genlock::http
