// One connection's life, on the hub's thread: requests are read, answered one after the other in
// their order, and answers written; or the connection waits for a long poll or a feed. Every state
// but `working` has a deadline.
//
//   reading -> working -> writing -> reading ..       a request and its answer
//              working -> parked  -> writing          a long poll
//              working -> feeding -> writing          a feed and its end
//                         writing -> lingering        after "Connection: close": what still arrives
//                                                     is thrown away for a moment, so that a reset
//                                                     does not overtake the answer
//   any -> over                                       the hub drops the session
#pragma once

#include "http/server/answering.h"
#include "http/server/connection.h"
#include "http/server/intake.h"
#include "http/server/look_schedule.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace genlock::http {

// What all sessions share. Hub thread only.
struct SessionContext {
  const Limits& limits;
  Counters& counters;
  WakeBoard& wakes;
  Answering& answering;
  std::size_t bodies_bytes = 0;  // collected and not yet answered, beyond what is free
  bool stopping = false;
};

struct Readiness {
  bool readable = false;
  bool writable = false;
  bool peer_done = false;  // the other end has sent its last byte
  bool broken = false;
};

class Session {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Session(SessionId id, Descriptor socket_fd, std::string ip, SessionContext& context, Time now);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Each may end in is_over().
  void on_ready(const Readiness& ready, Time now);
  void on_outcome(Outcome outcome, Time now);
  void on_wake(const std::vector<std::string>& topics, Time now);
  void on_time(Time now);  // when deadline() is reached
  void on_stop(Time now);  // after context.stopping was set

  bool is_over() const { return phase_ == Phase::over; }
  Time deadline() const;
  const std::string& ip() const { return ip_; }

 private:
  enum class Phase { reading, working, parked, feeding, writing, lingering, over };

  void enter(Phase phase, Time deadline);
  void count(Phase phase, bool entered);

  void read_on(Time now);
  void set_reading_deadline(Intake::Stage before, Time now);
  bool send_continue();
  bool charge_body();
  void release_body();
  void hand_over(Time now);
  void refuse(const Refusal& refusal, Time now);

  void write(std::string bytes, bool close, Time now);
  void queue(std::string bytes, Time now);
  void flush(Time now);
  void after_answer(Time now);
  void throw_away_input();

  void park(Outcome outcome, Time now);
  void begin_feed(Outcome outcome, Time now);
  void look_if_due(Time now);
  bool keeps_up() const;
  void after_look(Outcome outcome, Time now);
  void extend_feed(Outcome outcome, Time now);
  void keep_feed_alive(Time now);
  void drop_feed();

  const SessionId id_;
  const std::string ip_;
  SessionContext& context_;
  Connection connection_;
  Intake intake_;
  Phase phase_ = Phase::over;
  Time deadline_{};    // of the phase; a parked request adds its schedule's
  Time stalled_at_{};  // when a reader that takes no byte is given up
  std::size_t served_ = 0;
  std::size_t charged_ = 0;  // our part of context_.bodies_bytes
  std::size_t thrown_away_ = 0;
  Exchange exchange_;
  bool close_ = false;      // after the answer that is being written
  bool peer_done_ = false;  // it will send nothing more: no use in letting it wait

  // While parked or feeding.
  std::shared_ptr<LongPoll> long_poll_;
  std::shared_ptr<Feed> feed_;
  std::optional<LookSchedule> schedule_;
  bool owes_more_ = false;  // of a feed: its last bytes may end in the middle of something
  Time heartbeat_at_{};
};

}  // namespace genlock::http
