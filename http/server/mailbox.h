// What workers hand back to the hub, and the bell that wakes it.
#pragma once

#include "http/server/listener.h"
#include "http/server/message.h"
#include "http/server/wake_board.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace genlock::http {

enum class SessionId : std::uint64_t {};

// The result of one job for one session.
struct Outcome {
  SessionId session{};
  std::string bytes;   // to be sent as they are
  bool close = false;  // the connection ends after them
  // Set when a handler parked its request: what goes on, and what its look at the data had seen.
  std::shared_ptr<LongPoll> long_poll;
  std::shared_ptr<Feed> feed;
  WakeBoard::Moment seen = 0;
  // Of a feed's look.
  bool more = false;  // there is more already
  bool end = false;   // these are the last bytes
};

class Mailbox {
 public:
  Mailbox();

  void post(Outcome outcome);  // any thread, like ring()
  void ring();
  // For an edge-triggered epoll, to which each ring is an event; it needs no reading. -1 if the
  // system had no descriptor left.
  int bell() const { return bell_.get(); }
  std::vector<Outcome> take();

 private:
  Descriptor bell_;
  std::mutex mutex_;  // guards posted_
  std::vector<Outcome> posted_;
};

}  // namespace genlock::http
