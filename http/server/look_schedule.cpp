#include "http/server/look_schedule.h"

#include <algorithm>
#include <utility>

namespace genlock::http {

LookSchedule::LookSchedule(std::vector<std::string> topics, Time deadline)
    : topics_(std::move(topics)), due_(deadline) {}

LookSchedule::LookSchedule(std::vector<std::string> topics, std::chrono::milliseconds tick,
                           Time now)
    : topics_(std::move(topics)),
      due_(tick.count() > 0 ? now + tick : never),
      tick_(tick),
      woken_(true) {}

void LookSchedule::wake(const std::vector<std::string>& topics) {
  const auto wanted = [&](const std::string& topic) {
    return std::find(topics_.begin(), topics_.end(), topic) != topics_.end();
  };
  woken_ = woken_ || std::any_of(topics.begin(), topics.end(), wanted);
}

std::optional<Wake> LookSchedule::start_look(Time now) {
  if (looking_) return std::nullopt;
  const std::optional<Wake> wake = take_due(now);
  looking_ = wake.has_value();
  return wake;
}

// A wake goes first: it has something to say. The stop is said once, so it is taken back.
std::optional<Wake> LookSchedule::take_due(Time now) {
  if (std::exchange(stopping_, false)) return Wake::stopping;
  if (std::exchange(woken_, false)) return Wake::event;
  if (now < due_) return std::nullopt;
  due_ = tick_.count() > 0 ? now + tick_ : never;
  return Wake::deadline;
}

}  // namespace genlock::http
