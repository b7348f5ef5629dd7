// The one thread that owns all sockets: it accepts, tells each session what happened to it, and
// keeps the time. Edge-triggered epoll: a socket is registered once, and a session reads until
// there is nothing left.
#pragma once

#include "http/server/listener.h"
#include "http/server/mailbox.h"
#include "http/server/session.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace genlock::http {

class Hub {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Hub(const Limits& limits, Counters& counters, WakeBoard& wakes, Answering& answering,
      Mailbox& mailbox);

  // REQUIRES: before run().
  Result<void> listen(Listeners listeners);
  // Serves until request_stop() and then until all is answered, or its time is up. Once.
  void run();
  void request_stop(Time until);      // any thread
  void wake(std::string_view topic);  // any thread
  // True if run() ended with nothing left. Once run() has returned.
  bool ended_clean() const { return ended_clean_; }

 private:
  struct Event {
    std::uint64_t key;
    Readiness ready;
  };

  bool watch(int fd, std::uint64_t key, std::uint32_t events);
  std::vector<Event> wait_for_events();
  void handle(const Event& event, Time now);
  void deliver_outcomes(Time now);
  void deliver_wakes(Time now);
  void keep_time(Time now);

  void accept_all(const Descriptor& listener, Time now);
  void admit(Descriptor socket_fd, std::string ip, Time now);
  void turn_away(const Descriptor& socket_fd);
  void pause_accepting(Time now);
  void resume_accepting();

  template <class Action>
  void with_session(SessionId id, Action action);
  template <class Action>
  void with_each_session(Action action);
  void settle(const Session& session);
  void forget(const Session& session);

  void begin_stop(Time now);
  bool finished(Time now);

  SessionContext context_;
  Mailbox& mailbox_;
  Descriptor epoll_;
  std::vector<Descriptor> listeners_;
  std::unordered_map<SessionId, std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::string, std::size_t> connections_by_ip_;
  std::uint64_t next_session_ = 0;
  Time next_due_ = Time::max();      // no session's deadline is earlier
  Time accept_again_ = Time::max();  // while descriptors are short
  std::atomic<bool> stop_requested_{false};
  std::atomic<Time> stop_until_{Time::max()};
  bool ended_clean_ = false;
};

}  // namespace genlock::http
