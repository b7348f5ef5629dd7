// A clock that stands still until a test moves it.
#pragma once

#include "engine/clock.h"

namespace genlock {

class ManualClock : public Clock {
 public:
  explicit ManualClock(UnixMs now = 1'700'000'000'000) : now_(now) {}

  UnixMs now() override { return now_; }
  bool suspect() const override { return suspect_; }

  void set(UnixMs now) { now_ = now; }
  void advance(UnixMs ms) { now_ += ms; }
  void set_suspect(bool suspect) { suspect_ = suspect; }

 private:
  UnixMs now_;
  bool suspect_ = false;
};

}  // namespace genlock
