#include "replication/initiator.h"

#include "replication/limits.h"
#include "replication/page_builder.h"
#include "replication/peer_vector.h"
#include "replication/peers.h"
#include "replication/subscriptions.h"

#include <algorithm>
#include <bit>
#include <set>

namespace genlock::replication {
namespace {

// About the square root of the number of streams, so that buckets and the vectors of one bucket
// cost alike.
std::uint8_t bucket_bits(std::uint32_t stream_count) {
  if (stream_count <= 32) return 0;
  return static_cast<std::uint8_t>(std::min<unsigned>((std::bit_width(stream_count) + 1) / 2, 10));
}

}  // namespace

Initiator::Initiator(SessionPorts& ports, Plan plan, NodeId peer) : ports_(ports), plan_(plan) {
  peer_.node = peer;
  // Far apart for each session, so that a late reply to an earlier one is not taken for ours.
  exchange_ = ports.random.next_u64() & ~std::uint64_t{0xffff};
  if (plan == Plan::push) {
    Result<void> begun = begin_push();
    if (!begun.ok()) work_.clear();  // a hello then, which needs no memory of the peer
  }
}

std::optional<Message> Initiator::next() {
  while (step_ != Step::over) {
    Result<std::optional<Message>> message = say();
    if (!message.ok()) {
      end(message.error());
    } else if (*message) {
      ++report_.requests;
      asked_ms_ = ports_.clock.now();
      return std::move(message).value();
    }
  }
  return std::nullopt;
}

Result<std::optional<Message>> Initiator::say() {
  switch (step_) {
    case Step::hello:
      return say_hello();
    case Step::compare:
      return say_compare();
    case Step::exchange:
      return say_exchange();
    case Step::over:
      break;
  }
  return std::optional<Message>{};
}

void Initiator::receive(Result<Message> message) {
  if (step_ == Step::over) return;
  if (message.ok() && message->exchange != exchange_ && message->exchange != 0) return;
  Result<void> heard =
      message.ok() ? std::visit([&](auto& body) { return hear(*message, body); }, message->body)
                   : Result<void>(message.error());
  if (heard.ok()) {
    tries_ = 0;
  } else if (!try_again(heard.error())) {
    end(heard.error());
  }
}

bool Initiator::try_again(const Error& error) {
  if (error.code == ErrorCode::gone) {
    // The peer was restarted and has forgotten us.
    step_ = Step::hello;
    tell_subscription_ = true;
  } else if (error.code == ErrorCode::fork && step_ == Step::hello && !parted_) {
    parted_ = true;
    Result<void> renewed = leave_copy(ports_);
    if (!renewed.ok()) return false;
  } else if (error.code == ErrorCode::corruption) {
    note(SyncNote::Kind::damaged_message, std::nullopt, error.code, error.message);
  } else {
    return false;
  }
  return ++tries_ < limits::max_tries;
}

void Initiator::end(std::optional<Error> error) {
  Result<void> stored = store_held();
  if (!stored.ok() && !error) error = stored.error();
  step_ = Step::over;
  report_.done = true;
  if (!error && peer_.node != NodeId{}) {
    Result<void> flushed = flush_peer(ports_, peer_.node);
    if (!flushed.ok()) error = flushed.error();
  }
  report_.refused =
      error && (error->code == ErrorCode::unsupported || error->code == ErrorCode::fork);
  if (report_.refused) note(SyncNote::Kind::refused, std::nullopt, error->code, error->message);
  report_.error = std::move(error);
}

// Each stream once.
void Initiator::add_failure(const Failure& failure) {
  for (const Failure& known : report_.failures)
    if (known.stream == failure.stream) return;
  report_.failures.push_back(failure);
}

void Initiator::note(SyncNote::Kind kind, std::optional<StreamId> stream, ErrorCode code,
                     std::string message) {
  ports_.observer.on_note({kind, peer_.node, stream, code, std::move(message)});
}

// --- hello
// ------------------------------------------------------------------------------------------------------------

Result<std::optional<Message>> Initiator::say_hello() {
  auto snapshot = ports_.store.snapshot();
  TRY(ports_.index.refresh(*snapshot));
  Subscription ours = ports_.subscriptions.current(ports_.index);
  Digest known = ports_.peers.known_subscription(peer_.node);
  auto theirs = ports_.peers.subscription(peer_.node, known);
  Hello hello = make_hello(ports_, ports_.index.summary({ours, theirs.value_or(Subscription{})}));
  hello.known_subscription = theirs ? known : Digest{};
  if (tell_subscription_) hello.own_subscription = ours;
  return std::optional<Message>(make_message(ports_, ++exchange_, ours, std::move(hello)));
}

Result<void> Initiator::hear(const Message& reply, const Hello& hello) {
  if (step_ != Step::hello) return Error{ErrorCode::corruption, "a hello out of turn"};
  TRY(check_protocol(ports_.engine.identity(), hello));
  if (reply.origin == ports_.engine.identity().origin)
    return Error{ErrorCode::fork, "the peer runs on a copy of this node's data"};
  peer_ = identity_of(reply, hello);
  report_.peer = peer_;
  UnixMs now = ports_.clock.now();
  ports_.peers.meet(peer_, reply.subscription, hello.own_subscription, now);
  measure_clock(hello);
  auto theirs = ports_.peers.subscription(peer_.node, reply.subscription);
  if (!theirs || hello.unknown_subscription)
    return Error{ErrorCode::gone, "the peer does not know what this node subscribes to"};
  scope_ = {ports_.subscriptions.current(ports_.index), *theirs};
  return agree_or_compare(hello);
}

void Initiator::measure_clock(const Hello& hello) {
  UnixMs now = ports_.clock.now();
  report_.rtt_ms = now - asked_ms_;
  report_.clock_offset_ms = hello.clock_ms - (asked_ms_ + report_.rtt_ms / 2);
  ports_.observer.on_clock(peer_, hello.clock_suspect, report_.clock_offset_ms, report_.rtt_ms);
}

Result<void> Initiator::agree_or_compare(const Hello& hello) {
  auto snapshot = ports_.store.snapshot();
  TRY_ASSIGN(Position position, ports_.index.refresh(*snapshot));
  StreamIndex::Summary ours = ports_.index.summary(scope_);
  compare_states_ = same_rules(hello);
  their_streams_ = hello.stream_count;
  report_.in_sync = ours.heads == hello.heads && ours.stream_count == hello.stream_count;
  if (report_.in_sync) TRY(note_agreement(ports_, *snapshot, peer_.node, scope_, position));
  bool diverged = compare_states_ && ours.states != hello.states && report_.diverged.empty();
  bool more_to_do = !report_.in_sync && rounds_ < limits::max_rounds;
  if (more_to_do || (report_.in_sync && diverged)) {
    ++rounds_;
    step_ = Step::compare;
    bits_ = bucket_bits(std::max(ours.stream_count, their_streams_));
    after_ = {};
    work_.clear();
    moved_ = false;
  } else {
    end(std::nullopt);
  }
  return {};
}

// --- compare
// ----------------------------------------------------------------------------------------------------------

Result<std::optional<Message>> Initiator::say_compare() {
  auto snapshot = ports_.store.snapshot();
  TRY(ports_.index.refresh(*snapshot));
  Compare compare = ports_.index.buckets(scope_, bits_);
  compare.after = after_;
  return std::optional<Message>(make_message(ports_, ++exchange_, scope_.ours, std::move(compare)));
}

Result<void> Initiator::hear(const Message&, const States& states) {
  if (step_ != Step::compare) return Error{ErrorCode::corruption, "states out of turn"};
  auto snapshot = ports_.store.snapshot();
  TRY(ports_.index.refresh(*snapshot));
  std::map<StreamId, const StreamState*> both;
  for (const StreamState& theirs : states.streams)
    if (scope_.covers(theirs.stream)) both[theirs.stream] = &theirs;
  for (StreamId ours : ports_.index.streams(scope_, bits_, states.differing, after_))
    if (!states.more || ours <= states.streams.back().stream) both.try_emplace(ours, nullptr);
  for (const auto& [stream, theirs] : both)
    TRY(consider(*snapshot, stream, theirs ? *theirs : StreamState{stream, {}, {}}));
  if (states.more && work_.size() < limits::max_streams_in_round) {
    after_ = states.streams.back().stream;
  } else {
    step_ = Step::exchange;
  }
  return {};
}

// Decides what is to be done about one stream that is not known to be equal.
Result<void> Initiator::consider(const Reader& reader, StreamId stream, const StreamState& theirs) {
  if (auto blocked = ports_.peers.pass_over(peer_.node, stream, ports_.clock.now())) {
    add_failure(*blocked);
    return {};
  }
  TRY_ASSIGN(StreamHead head, ports_.engine.log().head(reader, stream));
  TRY_ASSIGN(const PeerVector peer, read_peer_vector(ports_.engine.log(), reader, head, theirs));
  TRY_ASSIGN(StreamState ours,
             read_stream_state(ports_.engine.log(), &ports_.engine.projection(), reader, stream));
  VersionVector have = ours.vector(), they_have = peer.seen;
  OriginId self = ports_.engine.identity().origin;
  if (they_have.last_seen(self) > have.last_seen(self)) {
    note(SyncNote::Kind::rolled_back, stream, ErrorCode::fork,
         "the peer has events of this node's own origin that are missing here: this is an older "
         "copy of its data; they come back, and the node goes on under a new origin");
    TRY(note_rollback(ports_, head, theirs));
  }
  if (have == they_have && !peer.has_more) return note_equal(ours, theirs);

  VersionVector both = have;
  both.meet(they_have);
  StreamWork work{theirs, !they_have.includes(have), peer.has_more || !have.includes(they_have)};
  std::uint64_t to_receive = they_have.event_count() - both.event_count();
  work.missing = have.event_count() - both.event_count() + to_receive;
  report_.total_events += work.missing;
  ports_.peers.note_to_receive(peer_.node, stream, to_receive);
  if (!peer.shared.empty()) ports_.peers.note_shared(peer_.node, stream, peer.shared);
  work_[stream] = std::move(work);
  if (peer.unknown.empty()) return {};
  note(SyncNote::Kind::fork, stream, ErrorCode::fork, check_known(peer).error().message);
  TRY_ASSIGN(const bool lowered, lower_claims(stream));
  if (!lowered) stream_failed({stream, ErrorCode::fork, check_known(peer).error().message});
  return {};
}

Result<void> Initiator::note_equal(const StreamState& ours, const StreamState& theirs) {
  ports_.peers.note_shared(peer_.node, ours.stream, ours.vector());
  ports_.peers.note_to_receive(peer_.node, ours.stream, 0);
  ports_.peers.unblock(peer_.node, ours.stream);
  if (!compare_states_ || ours.state == theirs.state) return {};
  report_.diverged.push_back(ours.stream);
  note(SyncNote::Kind::diverged, ours.stream, ErrorCode::corruption,
       "both nodes have the same events but not the same rows (" + ours.state.to_string() +
           " here, " + theirs.state.to_string() + " there): run verify on both");
  return {};
}

// --- the rest
// ---------------------------------------------------------------------------------------------------------

Result<void> Initiator::begin_push() {
  auto snapshot = ports_.store.snapshot();
  TRY(ports_.index.refresh(*snapshot));
  Digest known = ports_.peers.known_subscription(peer_.node);
  auto theirs = ports_.peers.subscription(peer_.node, known);
  auto identity = ports_.peers.find(peer_.node);
  if (!theirs || !identity) return {};  // begins with a hello after all
  peer_ = *identity;
  report_.peer = peer_;
  scope_ = {ports_.subscriptions.current(ports_.index), *theirs};
  for (StreamId stream : ports_.index.changed_since(ports_.peers.agreed(peer_.node, scope_))) {
    if (!scope_.covers(stream) || ports_.peers.blocked(peer_.node, stream, ports_.clock.now()))
      continue;
    TRY_ASSIGN(VersionVector shared, ports_.peers.shared(*snapshot, peer_.node, stream));
    StreamWork work;
    work.theirs.stream = stream;
    for (const VersionVector::Entry& entry : shared.entries()) {
      const Result<StoredEvent> event =
          ports_.engine.log().read(*snapshot, {stream, {entry.origin, entry.last}});
      // What was dropped since is compared with nothing: read_peer_vector.
      const bool was_dropped = !event.ok() && event.error().code == ErrorCode::compacted;
      if (!event.ok() && !was_dropped) return event.error();
      work.theirs.have.push_back(
          {entry.origin, entry.last, was_dropped ? ShortHash{} : shorten(event->chain)});
    }
    work.push = true;
    work_[stream] = std::move(work);
  }
  step_ = Step::exchange;
  return {};
}

Result<void> Initiator::hear(const Message& message, const Refusal& refusal) {
  // Without a number it is of a request that came damaged, and says nothing of the snapshot.
  if (snapshot_ && message.exchange != 0 && refused_snapshot(refusal)) return {};
  return Error{refusal.code, refusal.message};
}
Result<void> Initiator::hear(const Message&, const Compare&) {
  return Error{ErrorCode::corruption, "'compare' is a request, not a reply"};
}
Result<void> Initiator::hear(const Message&, const Wait&) {
  return Error{ErrorCode::corruption, "'wait' is a request, not a reply"};
}
Result<void> Initiator::hear(const Message&, const CatalogWish&) {
  return Error{ErrorCode::corruption, "'wait' is a request, not a reply"};
}
Result<void> Initiator::hear(const Message&, const CatalogPage&) {
  return Error{ErrorCode::corruption, "'wait' is a request, not a reply"};
}

}  // namespace genlock::replication
