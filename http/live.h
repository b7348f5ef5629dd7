// What feeds share: the changes, who is present, the sync status, and how many there may be.
#pragma once

#include "http/change_reader.h"
#include "http/commit_times.h"
#include "http/presence.h"
#include "http/server/rate_limit.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace genlock::http {

// A bounded number of places. A place is free again when nobody holds it; the slots outlive that.
class FeedSlots {
 public:
  using Slot = std::shared_ptr<void>;

  explicit FeedSlots(std::size_t count) : count_(count) {}
  // Null: all are taken.
  Slot take() {
    if (taken_.fetch_add(1) < count_) return Slot(&taken_, [this](void*) { --taken_; });
    --taken_;
    return nullptr;
  }

 private:
  const std::size_t count_;
  std::atomic<std::size_t> taken_{0};
};

// The sync status as text, made at most once in `every`, and only while somebody asks.
class StatusText {
 public:
  using Text = std::shared_ptr<const std::string>;
  using Make = std::function<Result<std::string>()>;

  explicit StatusText(std::chrono::milliseconds every) : every_(every) {}
  // The same pointer while it has not changed. ERRORS: those of `make`.
  Result<Text> get(const Make& make) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (text_ && now - made_ < every_) return text_;
    TRY_ASSIGN(std::string json, make());
    made_ = now;
    if (!text_ || *text_ != json) text_ = std::make_shared<const std::string>(std::move(json));
    return text_;
  }

 private:
  const std::chrono::milliseconds every_;
  std::mutex mutex_;  // guards the two below; held while it is made, so that it is made once
  Text text_;
  std::chrono::steady_clock::time_point made_{};
};

// What /metrics says of feeds. Long polls are none.
struct FeedCounters {
  std::atomic<std::uint64_t> clients{0};   // connected now
  std::atomic<std::uint64_t> rejected{0};  // feeds and polls that were told 503 or 429
};

struct Live {
  explicit Live(const LiveLimits& given)
      : limits(given),
        feeds(given.feed_count),
        status(given.status_every),
        presence(given),
        feed_rate(given.feeds_per_second, given.feeds_at_once),
        person_rate(given.presence_per_second, given.presence_at_once),
        address_rate(given.address_presence_per_second, given.address_presence_at_once) {}

  const LiveLimits limits;
  ChangeReader changes;
  CommitTimes commits;
  FeedCounters counters;
  FeedSlots feeds;
  StatusText status;
  PresenceBoard presence;
  RateLimit feed_rate, person_rate, address_rate;
  std::function<void(std::string_view topic)> wake = {};  // empty: feeds look by themselves
};

}  // namespace genlock::http
