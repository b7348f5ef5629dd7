// The changes of this node in its own order, as messages ready to send; shared by all feeds and
// long polls. The log's positions are that order, and durable: whatever was given out once can be
// given out again.
#pragma once

#include "projections/queries.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace genlock::http {

// Which streams a client asks for; none: all.
struct Narrowing {
  std::set<StreamId> streams;
  bool takes(StreamId stream) const { return streams.empty() || streams.contains(stream); }
};

struct ChangePage {
  struct Message {
    Position at;
    std::shared_ptr<const std::string> json;
  };
  std::vector<Message> messages;
  Position reached = Position::none;  // everything up to there was looked at
  bool more = false;
  bool lost = false;  // what changed since is not known any more: `reached` is the end of the log
};

// Thread-safe.
class ChangeReader {
 public:
  struct Bounds {
    std::size_t messages = 500;
    std::size_t bytes = 1 << 20;  // no further message is taken once there are so many
  };
  // ERRORS: corruption. Bounded beyond `bounds`: some thousand events are looked at.
  Result<ChangePage> read(const ReadContext& context, Position after, const Narrowing& only,
                          const Bounds& bounds);

 private:
  using Text = std::shared_ptr<const std::string>;
  // Messages as of one end of the log: a later event may change the rows in them, and a second
  // later a lock may have run out.
  struct Kept {
    Position end = Position::none;
    std::chrono::steady_clock::time_point since{};
    std::map<Position, Text> messages;
    std::size_t bytes = 0;
  };

  Result<Text> message(const ReadContext& context, Position end, const EventId& id,
                       const StoredEvent& stored);
  Text find(Position end, Position at);
  void keep(Position end, Position at, const Text& text);

  std::mutex mutex_;  // guards kept_
  Kept kept_;
};

}  // namespace genlock::http
