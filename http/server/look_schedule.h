// When a parked request looks at the data again: at a wake, at its deadline (for a feed again and
// again), at the end. No I/O. At most one look is on its way; what happens meanwhile is remembered
// for the next.
#pragma once

#include "http/server/message.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace genlock::http {

class LookSchedule {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  // A long poll: one deadline.
  LookSchedule(std::vector<std::string> topics, Time deadline);
  // A feed: looks at once, and every `tick` if that is above 0.
  LookSchedule(std::vector<std::string> topics, std::chrono::milliseconds tick, Time now);

  const std::vector<std::string>& topics() const { return topics_; }
  // Notes a wake if one of `topics` is wanted.
  void wake(const std::vector<std::string>& topics);
  void wake() { woken_ = true; }
  void stop() { stopping_ = true; }

  // The look that is due, which is then on its way until look_done().
  std::optional<Wake> start_look(Time now);
  void look_done() { looking_ = false; }
  // When start_look() has to be asked next, if nothing else happens.
  Time deadline() const { return looking_ ? never : due_; }

 private:
  std::optional<Wake> take_due(Time now);

  std::vector<std::string> topics_;
  Time due_;
  std::chrono::milliseconds tick_{0};
  bool woken_ = false;
  bool looking_ = false;
  bool stopping_ = false;
};

}  // namespace genlock::http
