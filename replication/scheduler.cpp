#include "replication/scheduler.h"

#include "replication/backoff.h"

#include <algorithm>
#include <limits>

namespace genlock::replication {

namespace {
// Between a full session that left a difference and the next poll.
constexpr std::int64_t pause_ms = 1'000;
}  // namespace

const char* to_string(LinkState state) {
  switch (state) {
    case LinkState::connecting:
      return "connecting";
    case LinkState::connected:
      return "connected";
    case LinkState::backoff:
      return "backoff";
    case LinkState::refused:
      return "refused";
    case LinkState::paused:
      return "paused";
  }
  return "?";
}

Scheduler::Step Scheduler::next(SteadyMs now) {
  if (paused_ && !asked_) return Step::nothing;
  if (!session_running_ && (asked_ || now >= next_full_)) {
    asked_ = false;
    write_pending_ = false;
    session_running_ = session_is_full_ = true;
    return Step::full;
  }
  if (!session_running_ && write_pending_ && live_) {
    write_pending_ = false;
    session_running_ = true;
    session_is_full_ = false;
    return Step::push;
  }
  // Not while a session runs: the digests it begins with would be stale.
  if (live_ && options_.live && now >= next_wait_ && !wait_running_ && !session_running_ &&
      !paused_) {
    wait_running_ = true;
    return Step::wait;
  }
  return Step::nothing;
}

SteadyMs Scheduler::wake_at() const {
  if (paused_ || session_running_) return std::numeric_limits<SteadyMs>::max();
  bool polls = live_ && options_.live && !wait_running_;
  return polls ? std::min(next_full_, next_wait_) : next_full_;
}

void Scheduler::set_paused(bool paused) {
  paused_ = paused;
  if (paused) {
    live_ = false;
  } else {
    failures_ = 0;
    next_full_ = 0;
  }
}

void Scheduler::session_ended(SteadyMs now, bool worked, bool refused, bool in_sync) {
  session_running_ = false;
  if (!worked) return failed(now, refused);
  refused_ = false;
  failures_ = 0;
  live_ = !paused_;
  if (!session_is_full_) return;
  next_full_ = now + (options_.live ? options_.resync_ms : options_.interval_ms);
  if (!in_sync) next_wait_ = now + pause_ms;
}

void Scheduler::session_cut(SteadyMs now) {
  session_running_ = false;
  next_full_ = now + options_.interval_ms;
}

void Scheduler::wait_ended(SteadyMs now, bool worked, bool session_needed) {
  wait_running_ = false;
  if (!worked) return failed(now, false);
  if (session_needed) next_full_ = std::min(next_full_, now);
}

void Scheduler::failed(SteadyMs now, bool refused) {
  live_ = false;
  refused_ = refused;
  ++failures_;
  next_full_ = now + (refused ? options_.refused_retry_ms : backoff_ms(failures_, random_));
}

LinkState Scheduler::state() const {
  if (paused_) return LinkState::paused;
  if (refused_) return LinkState::refused;
  if (failures_ > 0) return LinkState::backoff;
  return live_ ? LinkState::connected : LinkState::connecting;
}

}  // namespace genlock::replication
