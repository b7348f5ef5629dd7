// Idempotency-Keys whose first request is still being answered: the same request sent again
// meanwhile is told to wait. Once answered, the log itself knows the key.
#pragma once

#include "engine/ids.h"

#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

namespace genlock::http {

class KeysInFlight {
 public:
  // Holds a key until it is destroyed.
  class Claim {
   public:
    Claim(KeysInFlight* keys, const Uuid& key) : keys_(keys), key_(key) {}
    Claim(Claim&& other) noexcept : keys_(std::exchange(other.keys_, nullptr)), key_(other.key_) {}
    Claim& operator=(Claim&&) = delete;
    ~Claim() {
      if (keys_) keys_->release(key_);
    }

   private:
    KeysInFlight* keys_;
    Uuid key_;
  };

  // nullopt: somebody else holds it. The nil key stands for "none" and is always free.
  std::optional<Claim> claim(const Uuid& key) {
    if (key.is_nil()) return Claim(nullptr, key);
    const std::lock_guard lock(mutex_);
    if (!keys_.insert(key).second) return std::nullopt;
    return Claim(this, key);
  }

 private:
  void release(const Uuid& key) {
    const std::lock_guard lock(mutex_);
    keys_.erase(key);
  }

  std::mutex mutex_;  // guards keys_; at most one per worker of the server
  std::unordered_set<Uuid> keys_;
};

}  // namespace genlock::http
