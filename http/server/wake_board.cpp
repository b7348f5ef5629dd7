#include "http/server/wake_board.h"

#include <algorithm>
#include <utility>

namespace genlock::http {

bool WakeBoard::wake(std::string_view topic) {
  const std::lock_guard lock(mutex_);
  std::string name(topic);
  const Moment moment = ++latest_;
  if (last_woken_.size() >= max_topics && !last_woken_.contains(name)) {
    last_woken_.clear();
    forgotten_until_ = moment;
  }
  last_woken_[name] = moment;
  const bool first = pending_.empty();
  if (std::find(pending_.begin(), pending_.end(), name) == pending_.end())
    pending_.push_back(std::move(name));
  return first;
}

bool WakeBoard::woken_since(const std::vector<std::string>& topics, Moment moment) {
  const std::lock_guard lock(mutex_);
  if (forgotten_until_ > moment) return true;
  return std::any_of(topics.begin(), topics.end(), [&](const std::string& topic) {
    const auto last = last_woken_.find(topic);
    return last != last_woken_.end() && last->second > moment;
  });
}

std::vector<std::string> WakeBoard::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(pending_, {});
}

}  // namespace genlock::http
