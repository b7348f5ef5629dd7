#include "replication/peer_look.h"

#include "replication/held_pages.h"
#include "replication/introduction.h"
#include "replication/limits.h"
#include "replication/link.h"
#include "replication/peer_vector.h"
#include "replication/subscriptions.h"

#include <algorithm>

namespace genlock::replication {
namespace {

// So many buckets that the streams of one are few, so few that a request is 4 KiB.
constexpr std::uint8_t bits = 8;
constexpr int max_pages = 32;

// The id right before; a stream's id is never zero.
StreamId before(StreamId stream) {
  std::string bytes(stream.view());
  for (std::size_t i = bytes.size(); i-- > 0;) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    bytes[i] = static_cast<char>(byte - 1);
    if (byte != 0) break;
  }
  return StreamId{Uuid::from_bytes(bytes)};
}

class Look {
 public:
  Look(SessionPorts& ports, Transport& peer, std::int64_t timeout_ms)
      : ports_(ports),
        peer_(peer),
        snapshot_(ports.store.snapshot()),
        ours_(ports.subscriptions.current(ports.index)),
        deadline_(steady_now() + timeout_ms),
        exchange_(ports.random.next_u64() | 1) {}

  Result<PeerLook> run(const std::vector<StreamId>& streams, std::optional<StreamId> events_of) {
    TRY(ports_.index.refresh(*snapshot_));
    TRY(greet());
    for (StreamId stream : streams) {
      TRY_ASSIGN(const std::optional<StreamState> theirs, ask_state(stream));
      TRY(note(stream, theirs));
      if (theirs && events_of == stream && look_.streams.back().to_receive > 0) TRY(fetch(*theirs));
    }
    return std::move(look_);
  }

 private:
  template <class Body, class Said>
  Result<Body> ask(Said said) {
    const std::int64_t left_ms = deadline_ - steady_now();
    if (left_ms <= 0) return Error{ErrorCode::unavailable, "the peer took too long to answer"};
    const Message request = make_message(ports_, ++exchange_, ours_, std::move(said));
    TRY_ASSIGN(Message reply, peer_.ask(request, left_ms));
    if (const auto* refusal = std::get_if<Refusal>(&reply.body))
      return Error{refusal->code, refusal->message};
    auto* body = std::get_if<Body>(&reply.body);
    if (!body || reply.exchange != request.exchange)
      return Error{ErrorCode::corruption, "the peer answered something else than was asked"};
    if (reply.origin == ports_.engine.identity().origin)
      return Error{ErrorCode::fork, "the peer runs on a copy of this node's data"};
    if constexpr (std::is_same_v<Body, Hello>) look_.peer = identity_of(reply, *body);
    return std::move(*body);
  }

  // Its digests are of nothing, so that the peer takes no agreement from it; and it says what this
  // node follows, and asks the same, since either may have forgotten.
  Result<void> greet() {
    Hello hello = make_hello(ports_, {});
    hello.own_subscription = ours_;
    TRY_ASSIGN(const Hello theirs, ask<Hello>(std::move(hello)));
    TRY(check_protocol(ports_.engine.identity(), theirs));
    same_rules_ = same_rules(theirs);
    scope_ = {ours_, theirs.own_subscription.value_or(Subscription{})};
    return {};
  }

  // Its bucket is said to be another one, so that the peer tells what is in there.
  Result<std::optional<StreamState>> ask_state(StreamId stream) {
    if (!scope_.covers(stream)) return std::optional<StreamState>{};
    Compare compare = ports_.index.buckets(scope_, bits);
    compare.heads[bucket_of(stream, bits)] ^= 1;
    compare.states[bucket_of(stream, bits)] ^= 1;
    compare.after = before(stream);
    TRY_ASSIGN(States states, ask<States>(std::move(compare)));
    auto at = std::ranges::find(states.streams, stream, &StreamState::stream);
    if (at == states.streams.end()) return std::optional<StreamState>{};
    return std::optional(std::move(*at));
  }

  Result<void> note(StreamId stream, const std::optional<StreamState>& theirs) {
    StreamLook look{.stream = stream, .shared = scope_.covers(stream)};
    if (theirs) {
      TRY_ASSIGN(const StreamHead head, ports_.engine.log().head(*snapshot_, stream));
      TRY_ASSIGN(PeerVector vector,
                 read_peer_vector(ports_.engine.log(), *snapshot_, head, *theirs));
      TRY(check_known(vector));
      look.is_there = true;
      look.seen = head.vector();
      look.seen.meet(vector.seen);
      for (const EventRange& range : look.seen.missing_from(vector.seen))
        look.to_receive += range.count();
      if (same_rules_) look.digest = theirs->state;
    }
    look_.streams.push_back(std::move(look));
    return {};
  }

  // Asks for pages as a session does, and holds them.
  Result<void> fetch(const StreamState& theirs) {
    HeldPages held;
    std::size_t bytes = 0;
    TRY_ASSIGN(const StreamHead head, ports_.engine.log().head(*snapshot_, theirs.stream));
    look_.more = true;
    for (int page = 0; look_.more && page < max_pages && bytes < limits::max_held_bytes; ++page) {
      TRY_ASSIGN(StreamState want,
                 read_stream_state(ports_.engine.log(), nullptr, *snapshot_, theirs.stream));
      held.raise(want);
      TRY(echo_heads(ports_.engine.log(), *snapshot_, head, theirs, want));
      Exchange exchange;
      exchange.wants.push_back(std::move(want));
      exchange.budget_bytes = static_cast<std::uint32_t>(ports_.page_bytes);
      exchange.holding = true;  // nothing of this counts as arrived
      TRY_ASSIGN(Exchange reply, ask<Exchange>(std::move(exchange)));
      if (!reply.failures.empty())
        return Error{reply.failures.front().code, reply.failures.front().message};
      std::erase_if(reply.chunks, [&](const Chunk& one) { return one.stream != theirs.stream; });
      if (reply.chunks.empty() && reply.more)
        return Error{ErrorCode::unavailable, "the peer says there is more, and sends nothing"};
      for (const Chunk& chunk : reply.chunks)
        for (const std::string& event : chunk.events) bytes += event.size();
      look_.more = reply.more;
      held.add(std::move(reply.chunks), 0);
    }
    look_.chunks = held.take();
    return {};
  }

  SessionPorts& ports_;
  Transport& peer_;
  const std::unique_ptr<Reader> snapshot_;
  const Subscription ours_;
  const std::int64_t deadline_;
  std::uint64_t exchange_;
  Scope scope_;
  bool same_rules_ = false;
  PeerLook look_;
};

}  // namespace

Result<PeerLook> look_at_peer(SessionPorts& ports, Transport& peer,
                              const std::vector<StreamId>& streams,
                              std::optional<StreamId> events_of, std::int64_t timeout_ms) {
  return Look(ports, peer, timeout_ms).run(streams, events_of);
}

}  // namespace genlock::replication
