// Token buckets: each key may do `burst` things at once, and `per_second` for as long as it likes.
// A key that has been still long enough to have its whole burst again is forgotten; beyond
// max_keys all newcomers share one bucket, so that making up keys gains nothing.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace genlock::http {

// Thread-safe.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  // Takes one. Otherwise the whole seconds after which there will be one again.
  std::optional<std::chrono::seconds> refused(const std::string& key, Time now) {
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= max_keys && !buckets_.contains(key)) forget_full(now);
    const bool shares = buckets_.size() >= max_keys && !buckets_.contains(key);
    auto [place, is_new] = buckets_.try_emplace(shares ? std::string() : key, Bucket{burst_, now});
    Bucket& bucket = place->second;
    bucket.tokens = tokens_at(bucket, now);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return std::nullopt;
    }
    const double wait_s = std::ceil((1 - bucket.tokens) / per_second_);
    return std::chrono::seconds(std::max(1L, static_cast<long>(wait_s)));
  }

  static constexpr std::size_t max_keys = 4'096;

 private:
  struct Bucket {
    double tokens = 0;
    Time at{};
  };

  double tokens_at(const Bucket& bucket, Time now) const {
    const double passed_s = std::chrono::duration<double>(now - bucket.at).count();
    return std::min(burst_, bucket.tokens + std::max(0.0, passed_s) * per_second_);
  }
  void forget_full(Time now) {
    std::erase_if(buckets_,
                  [&](const auto& item) { return tokens_at(item.second, now) >= burst_; });
  }

  const double per_second_, burst_;
  std::mutex mutex_;  // guards all below
  std::map<std::string, Bucket> buckets_;
};

}  // namespace genlock::http
