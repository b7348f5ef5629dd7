// A projection that notes how long it took, for metrics.
#pragma once

#include "engine/projection.h"

#include <chrono>
#include <utility>

namespace genlock::cli {

// Used by one job of the writer at a time.
class TimedProjection : public Projection {
 public:
  explicit TimedProjection(Projection& inner) : inner_(inner) {}

  Result<void> apply(Overlay& overlay, const State& state, const Changes& changes,
                     UnixMs now_ms) override {
    const auto start = std::chrono::steady_clock::now();
    Result<void> applied = inner_.apply(overlay, state, changes, now_ms);
    spent_ += std::chrono::steady_clock::now() - start;
    return applied;
  }
  Result<void> drop(Overlay& overlay, StreamId stream) override {
    return inner_.drop(overlay, stream);
  }
  Result<Digest> digest(const Reader& reader, StreamId stream) const override {
    return inner_.digest(reader, stream);
  }
  Result<std::optional<ETag>> etag(const Reader& reader, StreamId stream,
                                   const RecordKey& key) const override {
    return inner_.etag(reader, stream, key);
  }
  Result<std::optional<Conflict>> find_conflict(const State& state, const Uuid& id) const override {
    return inner_.find_conflict(state, id);
  }

  // Since the last call.
  std::chrono::nanoseconds take_spent() { return std::exchange(spent_, {}); }

 private:
  Projection& inner_;
  std::chrono::nanoseconds spent_{};
};

}  // namespace genlock::cli
