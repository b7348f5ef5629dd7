// A reader that long work reads through, so that it ends soon when nobody wants it any more.
#pragma once

#include "engine/store.h"

#include <atomic>
#include <stop_token>

namespace genlock::cli {

// Fails once it is told to stop: what reads through it ends soon, whatever it does.
class Stoppable : public Reader {
 public:
  Stoppable(const Reader& below, const std::atomic<bool>& stop, std::stop_token cancelled)
      : below_(below), stop_(stop), cancelled_(std::move(cancelled)) {}

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    if (is_over()) return stopped();
    return below_.get(space, key);
  }
  Result<void> scan(Space space, std::string_view first, std::string_view end,
                    const Visit& visit) const override {
    return walk([&](const Visit& each) { return below_.scan(space, first, end, each); }, visit);
  }
  Result<void> scan_down(Space space, std::string_view first, std::string_view end,
                         const Visit& visit) const override {
    return walk([&](const Visit& each) { return below_.scan_down(space, first, end, each); },
                visit);
  }

 private:
  bool is_over() const { return stop_ || cancelled_.stop_requested(); }
  Error stopped() const {
    return {ErrorCode::unavailable, stop_ ? "the node is stopping" : "it was cancelled"};
  }

  template <class Scan>
  Result<void> walk(const Scan& scan, const Visit& visit) const {
    TRY(scan([&](std::string_view key, std::string_view value) {
      return !is_over() && visit(key, value);
    }));
    if (is_over()) return stopped();
    return {};
  }

  const Reader& below_;
  const std::atomic<bool>& stop_;
  const std::stop_token cancelled_;
};

}  // namespace genlock::cli
