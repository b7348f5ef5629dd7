// A sync session as a state machine without I/O: the same class on both ends. Whoever carries the
// messages (HTTP, the simulator, a test) calls next() for what to say and receive() for what was
// heard, on one thread at a time.
//
//   initiator   while (auto request = session.next()) session.receive(carry(*request));     ->
//   session.report() responder   session.receive(request);  auto reply = session.next(); one
//   request, one reply
//
// The initiator asks in rounds: hello, compare where digests differ, exchange until neither side
// lacks anything, and hello again to see that both agree. All progress is what was committed: a
// session can be cut at any byte, repeated, or run twice at once. The responder keeps nothing
// between requests but what Peers remembers.
//
// Damage is answered by asking again, limits::max_tries times; then the stream is left alone until
// its back-off ends and the others go on.
#pragma once

#include "replication/messages.h"
#include "replication/ports.h"

#include <memory>
#include <optional>
#include <vector>

namespace genlock::replication {

enum class Plan {
  full,  // hello, compare, exchange, hello
  push,  // only send what the peer lacks as far as we know: the short way after a local write
};

struct SessionReport {
  bool done = false;
  std::optional<Error> error;  // why it ended early; nothing: it did what it could
  bool refused = false;        // the peer and we cannot talk: trying again soon will not help
  bool in_sync = false;        // the last hello found that both have the same
  std::optional<PeerIdentity> peer;
  std::string url;  // of the configured peer; empty where no Replicator ran the session
  std::uint64_t sent_events = 0;      // that the peer took
  std::uint64_t received_events = 0;  // that were new here
  std::uint64_t duplicate_events = 0;
  std::uint64_t total_events = 0;  // both ways, that were found missing so far
  std::uint64_t requests = 0;
  std::vector<Failure> failures;     // streams that stopped
  std::vector<StreamId> diverged;    // same events, other rows
  std::int64_t rtt_ms = -1;          // of the hello
  std::int64_t clock_offset_ms = 0;  // the peer's clock minus ours

  bool ok() const { return done && !error && failures.empty() && diverged.empty(); }
};

class SyncSession {
 public:
  // `peer`: who is at the other end, where that is known from before (nil: not yet). `ports`
  // outlives the session.
  static SyncSession initiator(SessionPorts& ports, Plan plan, NodeId peer = {});
  static SyncSession responder(SessionPorts& ports);
  SyncSession(SyncSession&&) noexcept;
  ~SyncSession();

  // What to say now. Initiator: nullopt when the session is over. Responder: nullopt until it has
  // received.
  std::optional<Message> next();
  // A message, or why there is none: corruption (bytes that did not decode) is asked for again,
  // anything else ends an initiator's session. A reply to another request than the last is ignored.
  void receive(Result<Message> message);
  // REQUIRES: an initiator.
  const SessionReport& report() const;

 private:
  class Side;
  class InitiatorSide;
  class ResponderSide;
  explicit SyncSession(std::unique_ptr<Side> side);
  std::unique_ptr<Side> side_;
};

}  // namespace genlock::replication
