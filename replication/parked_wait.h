// The answering end of the long poll: nothing is said until something new is there for the peer,
// and then the events themselves, so that a write is visible at the other end half a round trip
// later.
//
// It begins with equal digests: the peer has what we have at this position of our log. What comes
// after it, in the order of our log (which extends causality), without what the peer wrote or gave
// us itself, is the answer. Where the peer has told meanwhile that it wants other streams, the
// answer is that it shall make a full round. No threads, no clock: whoever holds the request calls
// look() when the log grew and when the time is up.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"

#include <optional>

namespace genlock::replication {

class ParkedWait {
 public:
  // `request` holds a Wait.
  ParkedWait(SessionPorts& ports, Message request);

  // The answer, if there is one now. `last_word`: the time is up, so there is one.
  std::optional<Message> look(bool last_word);

 private:
  Result<std::optional<Message>> answer(bool last_word);
  Result<void> begin();
  Result<Exchange> collect(const Reader& reader);
  bool wanted(StreamId stream) const;
  Message reply(Exchange exchange) const;

  SessionPorts& ports_;
  Message request_;
  Scope scope_;
  bool begun_ = false;
  bool differs_ = false;  // from the start: the peer shall make a full round
  Position since_ = Position::none;
};

// The asking end. ERRORS: gone: the peer is not known yet, so there is nothing to wait for: make a
// full round first.
Result<Message> make_wait(SessionPorts& ports, NodeId peer);
struct WaitOutcome {
  bool session_needed = false;  // something is there that did not come along
  std::size_t stored = 0;
};
// ERRORS: those of a session's receive.
Result<WaitOutcome> take_wait_reply(SessionPorts& ports, NodeId peer, Result<Message> reply);

}  // namespace genlock::replication
