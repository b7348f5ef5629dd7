// When to talk to one peer, and how. Pure: time and events come in, the next step goes out; the
// replicator's threads and the simulator ask the same class.
//
// A full session runs at the start, when the peer says that something is there, when somebody asks,
// and every interval while the peer is away from live mode. After one that went well the node is
// live: a long poll is parked at the peer, and a local write is pushed at once. A failure ends live
// mode and starts the back-off; a local write does not shorten it, "sync now" does. While live, a
// full session still runs every `resync_ms`: it compares the digests of rows, which pushes and
// polls do not.
#pragma once

#include "engine/clock.h"

#include <cstdint>

namespace genlock::replication {

// Milliseconds of a clock that only goes forward; not the wall clock.
using SteadyMs = std::int64_t;

enum class LinkState { connecting, connected, backoff, refused, paused };
const char* to_string(LinkState state);

class Scheduler {
 public:
  struct Options {
    std::int64_t interval_ms = 5'000;
    std::int64_t resync_ms = 60'000;
    std::int64_t refused_retry_ms = 60'000;  // after "we cannot talk"
    bool live = true;                        // long poll; without it, periodic only
  };
  Scheduler(Options options, Random& random) : options_(options), random_(random) {}

  enum class Step { nothing, full, push, wait };
  // What to begin now. Sessions (full, push) and the poll (wait) run beside each other, at most one
  // of each kind.
  Step next(SteadyMs now);
  // When next() may say something else, if nothing happens before.
  SteadyMs wake_at() const;

  void local_write() { write_pending_ = true; }
  void sync_now() { asked_ = true; }
  void nobody_asks() { asked_ = false; }
  void set_paused(bool paused);
  // A session or poll that next() started has ended.
  // `in_sync`: a full one found that both have the same; else the next poll waits a moment, so that
  // a stream that stopped cannot make the two go round as fast as they can.
  void session_ended(SteadyMs now, bool worked, bool refused, bool in_sync);
  // A session was cut because nobody wanted it any more: no failure.
  void session_cut(SteadyMs now);
  void wait_ended(SteadyMs now, bool worked, bool session_needed);

  LinkState state() const;
  bool waiting() const { return wait_running_; }
  bool session_running() const { return session_running_; }
  // Steady time of the next try; 0: nothing planned.
  SteadyMs retry_at() const { return failures_ > 0 ? next_full_ : 0; }

 private:
  void failed(SteadyMs now, bool refused);

  Options options_;
  Random& random_;
  SteadyMs next_full_ = 0;
  SteadyMs next_wait_ = 0;
  int failures_ = 0;
  bool live_ = false;
  bool refused_ = false;
  bool paused_ = false;
  bool asked_ = false;
  bool write_pending_ = false;
  bool session_running_ = false;
  bool session_is_full_ = false;
  bool wait_running_ = false;
};

}  // namespace genlock::replication
