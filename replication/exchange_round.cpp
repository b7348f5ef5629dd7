// The exchange of an Initiator: pages both ways until neither side lacks anything.
#include "replication/initiator.h"
#include "replication/limits.h"
#include "replication/page_builder.h"
#include "replication/peer_vector.h"
#include "replication/peers.h"

#include <algorithm>

namespace genlock::replication {

std::vector<StreamId> Initiator::smallest_first() const {
  std::vector<StreamId> order;
  for (const auto& [stream, work] : work_)
    if (work.push || work.pull) order.push_back(stream);
  std::stable_sort(order.begin(), order.end(), [&](StreamId a, StreamId b) {
    return work_.at(a).missing < work_.at(b).missing;
  });
  return order;
}

Result<std::optional<Message>> Initiator::say_exchange() {
  TRY_ASSIGN(std::optional<Message> message, say_snapshot());
  if (message) return message;
  auto snapshot = ports_.store.snapshot();
  Exchange exchange;
  exchange.budget_bytes = static_cast<std::uint32_t>(ports_.page_bytes);
  exchange.holding = !held_.empty() || started_;
  TRY(add_pushes(*snapshot, exchange));
  TRY(add_wants(*snapshot, exchange));
  if (exchange.chunks.empty() && exchange.wants.empty()) {
    TRY_ASSIGN(message, say_snapshot());  // of what add_pushes() could not push
    if (message) return message;
    TRY(store_held());
    round_is_dry();
    return std::optional<Message>{};
  }
  exchange.failures = std::exchange(to_tell_, {});
  return std::optional<Message>(
      make_message(ports_, ++exchange_, scope_.ours, std::move(exchange)));
}

Result<void> Initiator::add_pushes(const Reader& reader, Exchange& exchange) {
  PageBuilder page(ports_.engine.log(), reader, ports_.page_bytes);
  for (StreamId stream : smallest_first()) {
    StreamWork& work = work_.at(stream);
    if (!work.push) continue;
    std::size_t before = page.event_count();
    TRY(page.add(work.theirs));
    if (page.event_count() == before && !page.more()) work.push = false;
    if (page.full()) break;
  }
  for (const Failure& failure : page.take_failures()) {
    // The peer lacks what is compacted here.
    StreamWork& work = work_.at(failure.stream);
    if (failure.code == ErrorCode::compacted && work.snapshot == StreamWork::Snapshot::none)
      work.snapshot = StreamWork::Snapshot::push;
    else
      stream_failed(failure);
  }
  exchange.chunks = page.take_chunks();
  sent_.clear();
  for (const Chunk& chunk : exchange.chunks) sent_.push_back(chunk.stream);
  return {};
}

Result<void> Initiator::add_wants(const Reader& reader, Exchange& exchange) {
  wanted_.clear();
  std::size_t bytes = 0;
  for (StreamId stream : smallest_first()) {
    if (!work_.at(stream).pull) continue;
    if (wanted_.size() >= limits::max_streams_in_message || bytes >= limits::max_vector_bytes)
      break;
    TRY_ASSIGN(StreamState state, read_stream_state(ports_.engine.log(), nullptr, reader, stream));
    held_.raise(state);
    TRY_ASSIGN(const StreamHead head, ports_.engine.log().head(reader, stream));
    TRY(echo_heads(ports_.engine.log(), reader, head, work_.at(stream).theirs, state));
    TRY(claim_less(reader, state));
    bytes += 40 + state.have.size() * 32;
    exchange.wants.push_back(std::move(state));
    wanted_.push_back(stream);
  }
  return {};
}

Result<void> Initiator::hear(const Message& message, Exchange& reply) {
  if (step_ != Step::exchange) return Error{ErrorCode::corruption, "a page out of turn"};
  peer_.origin = message.origin;
  progress_ = false;
  auto snapshot = ports_.store.snapshot();
  TRY(hear_acknowledged(*snapshot, reply));
  for (const Failure& failure : reply.failures) TRY(hear_failure(failure));
  std::vector<StreamId> sent;
  for (const Chunk& chunk : reply.chunks) sent.push_back(chunk.stream);
  TRY(hear_chunks(reply));
  snapshot = ports_.store.snapshot();
  TRY(settle(*snapshot, reply, sent));
  moved_ = moved_ || progress_;
  idle_exchanges_ = progress_ ? 0 : idle_exchanges_ + 1;
  if (idle_exchanges_ >= limits::max_idle_exchanges)
    return Error{ErrorCode::unavailable, "the peer answers, but nothing moves any more"};
  return {};
}

Result<void> Initiator::hear_acknowledged(const Reader& reader, const Exchange& reply) {
  for (const StreamState& acknowledged : reply.acknowledged) {
    auto at = work_.find(acknowledged.stream);
    if (at == work_.end()) continue;
    StreamWork& work = at->second;
    TRY_ASSIGN(StreamHead head, ports_.engine.log().head(reader, acknowledged.stream));
    TRY_ASSIGN(const PeerVector peer,
               read_peer_vector(ports_.engine.log(), reader, head, acknowledged));
    TRY_ASSIGN(const PeerVector was,
               read_peer_vector(ports_.engine.log(), reader, head, work.theirs));
    VersionVector ours = head.vector(), theirs = peer.seen, both = ours;
    both.meet(theirs);
    VersionVector before = ours;
    before.meet(was.seen);
    if (both.event_count() > before.event_count()) {
      report_.sent_events += both.event_count() - before.event_count();
      progress_ = true;
    }
    work.theirs.have = acknowledged.have;
    work.theirs.branches = acknowledged.branches;
    work.push = !theirs.includes(ours) && work.claims.empty();
    if (plan_ == Plan::full) work.pull = work.pull || !ours.includes(theirs);
    if (!peer.shared.empty())
      ports_.peers.note_shared(peer_.node, acknowledged.stream, peer.shared);
  }
  return {};
}

Result<void> Initiator::hear_chunks(Exchange& reply) {
  for (const Chunk& chunk : reply.chunks)
    if (std::find(wanted_.begin(), wanted_.end(), chunk.stream) == wanted_.end())
      return Error{ErrorCode::corruption, "events of a stream that was not asked for"};
  for (const Chunk& chunk : reply.chunks) raise_told(chunk);
  UnixMs now = ports_.clock.now();
  bool more_follows = reply.more && !reply.chunks.empty();
  const std::vector<Chunk> claimed = claimed_of(reply.chunks);
  const bool is_further = held_.add(std::move(reply.chunks), now);
  if (!claimed.empty()) return store_claimed(claimed);
  // The same again: a branch that is not known here shows in no vector before it is stored.
  if (!more_follows || !is_further || was_refused_) return store_held();
  progress_ = true;
  return held_.due(now) ? start_held() : Result<void>{};
}

// What the peer sends it has. It may have come by it after it said what it has.
void Initiator::raise_told(const Chunk& chunk) {
  const auto work = work_.find(chunk.stream);
  if (work == work_.end()) return;
  for (Head& told : work->second.theirs.have)
    for (const auto& [dot, chain] : chunk.chains)
      if (dot.origin == told.origin && told.last < dot.sequence)
        told = {dot.origin, dot.sequence, shorten(chain)};
}

// Stores what is held, upon what was started before, while that is on its way to the disk.
Result<void> Initiator::start_held() {
  std::optional<StartedPage> before =
      std::exchange(started_, start_page(ports_, peer_, scope_, held_.take()));
  if (before) TRY(finish(std::move(*before)));
  return started_->report.failures.empty() ? Result<void>{} : finish_started();
}

// Returns when all that was received is durable.
Result<void> Initiator::store_held() {
  if (!held_.empty()) TRY(start_held());
  return finish_started();
}

Result<void> Initiator::finish_started() {
  if (!started_) return {};
  return finish(*std::exchange(started_, std::nullopt));
}

Result<void> Initiator::finish(StartedPage page) {
  Result<PageReport> stored = finish_page(ports_, std::move(page));
  const bool is_refused = !stored.ok() || !stored->failures.empty();
  if (is_refused || (held_.empty() && !started_)) held_.forget();
  if (is_refused) held_.expect_again();
  TRY(stored);
  // The next pages are not held: they would count as progress, and be refused like this one.
  was_refused_ = is_refused || (was_refused_ && stored->stored == 0);
  report_.received_events += stored->stored;
  report_.duplicate_events += stored->duplicates;
  progress_ = progress_ || stored->stored > 0;
  for (const Failure& failure : stored->failures) {
    to_tell_.push_back(failure);
    TRY(hear_own_refusal(failure));
  }
  return {};
}

// Which of the wanted streams need no more asking?
Result<void> Initiator::settle(const Reader& reader, const Exchange& reply,
                               const std::vector<StreamId>& sent) {
  for (StreamId stream : wanted_) {
    auto at = work_.find(stream);
    if (at == work_.end()) continue;
    TRY_ASSIGN(StreamHead head, ports_.engine.log().head(reader, stream));
    TRY_ASSIGN(const PeerVector peer,
               read_peer_vector(ports_.engine.log(), reader, head, at->second.theirs));
    VersionVector ours = head.vector(), theirs = peer.seen;
    held_.raise(stream, ours);
    VersionVector both = ours;
    both.meet(theirs);
    ports_.peers.note_to_receive(peer_.node, stream, theirs.event_count() - both.event_count());
    bool was_sent = std::find(sent.begin(), sent.end(), stream) != sent.end();
    bool failed = std::any_of(reply.failures.begin(), reply.failures.end(),
                              [&](const Failure& failure) { return failure.stream == stream; });
    bool nothing_left = !was_sent && !failed && !reply.more;
    const bool has_all = ours.includes(theirs) && !peer.has_more && at->second.claims.empty();
    if (has_all || nothing_left) at->second.pull = false;
    if (nothing_left) at->second.claims.clear();
  }
  return {};
}

// Asked for again a few times; then left alone, and the others go on.
void Initiator::stream_failed(const Failure& failure) {
  StreamWork& work = work_[failure.stream];
  note(failure.code == ErrorCode::fork ? SyncNote::Kind::fork : SyncNote::Kind::refused_chunk,
       failure.stream, failure.code, failure.message);
  if (++work.tries < limits::max_tries) {
    progress_ = true;
    return;
  }
  work_.erase(failure.stream);
  add_failure(failure);
  ports_.peers.block(peer_.node, failure, ports_.clock.now());
  note(SyncNote::Kind::blocked_stream, failure.stream, failure.code,
       "this stream is left alone for a while; the others go on. The reason: " + failure.message);
}

void Initiator::round_is_dry() {
  if (plan_ == Plan::full && moved_) {
    step_ = Step::hello;
  } else {
    end(std::nullopt);
  }
}

}  // namespace genlock::replication
