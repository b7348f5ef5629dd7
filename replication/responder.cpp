#include "replication/responder.h"

#include "replication/limits.h"
#include "replication/page_builder.h"
#include "replication/peer_vector.h"
#include "replication/peers.h"
#include "replication/subscriptions.h"
#include "replication/withdrawal.h"

#include <algorithm>

namespace genlock::replication {
namespace {

std::size_t bytes_of(const StreamState& state) { return 40 + state.have.size() * 32; }

}  // namespace

Message Responder::answer(Result<Message> request) {
  if (!request.ok()) {
    ports_.observer.on_note({SyncNote::Kind::damaged_message,
                             {},
                             std::nullopt,
                             request.error().code,
                             request.error().message});
    return reply(Message{}, Refusal{request.error().code, request.error().message});
  }
  Result<Message> answered =
      std::visit([&](const auto& body) { return answer(*request, body); }, request->body);
  if (answered.ok()) return std::move(answered).value();
  const Error& error = answered.error();
  if (error.code == ErrorCode::unsupported || error.code == ErrorCode::fork)
    ports_.observer.on_note(
        {SyncNote::Kind::refused, request->node, std::nullopt, error.code, error.message});
  return reply(*request, Refusal{error.code, error.message});
}

// ERRORS: gone: we do not know (any more) what the peer subscribes to; it says hello again.
Result<Scope> Responder::scope_of(const Message& request) {
  if (request.origin == ports_.engine.identity().origin) return part_from_copy(ports_);
  auto theirs = ports_.peers.subscription(request.node, request.subscription);
  if (!theirs || !ports_.peers.find(request.node))
    return Error{ErrorCode::gone, "this node does not know you: say hello first"};
  return Scope{ports_.subscriptions.current(ports_.index), *theirs};
}

Result<Message> Responder::answer(const Message& request, const Hello& hello) {
  TRY(check_protocol(ports_.engine.identity(), hello));
  if (request.origin == ports_.engine.identity().origin) return part_from_copy(ports_);
  auto snapshot = ports_.store.snapshot();
  TRY_ASSIGN(Position position, ports_.index.refresh(*snapshot));
  ports_.peers.meet(identity_of(request, hello), request.subscription, hello.own_subscription,
                    ports_.clock.now());
  Subscription ours = ports_.subscriptions.current(ports_.index);
  auto theirs = ports_.peers.subscription(request.node, request.subscription);
  Scope scope{ours, theirs.value_or(Subscription{})};
  StreamIndex::Summary summary = ports_.index.summary(scope);
  Hello answer = make_hello(ports_, summary);
  answer.unknown_subscription = !theirs;
  if (hello.known_subscription != ours.digest()) answer.own_subscription = ours;
  if (theirs && summary.heads == hello.heads && summary.stream_count == hello.stream_count)
    TRY(note_agreement(ports_, *snapshot, request.node, scope, position));
  TRY(flush_peer(ports_, request.node));
  return reply(request, std::move(answer));
}

Result<Message> Responder::answer(const Message& request, const Compare& compare) {
  TRY_ASSIGN(Scope scope, scope_of(request));
  auto snapshot = ports_.store.snapshot();
  TRY(ports_.index.refresh(*snapshot));
  Compare ours = ports_.index.buckets(scope, compare.bits);
  States states;
  for (std::size_t i = 0; i < ours.heads.size(); ++i)
    if (ours.heads[i] != compare.heads[i] || ours.states[i] != compare.states[i])
      states.differing.push_back(static_cast<std::uint16_t>(i));
  std::size_t bytes = 0;
  for (StreamId stream :
       ports_.index.streams(scope, compare.bits, states.differing, compare.after)) {
    if (states.streams.size() >= limits::max_streams_in_message ||
        bytes >= limits::max_vector_bytes) {
      states.more = true;
      break;
    }
    TRY_ASSIGN(
        StreamState state,
        read_stream_state(ports_.engine.log(), &ports_.engine.projection(), *snapshot, stream));
    bytes += bytes_of(state);
    states.streams.push_back(std::move(state));
  }
  return reply(request, std::move(states));
}

Result<Message> Responder::answer(const Message& request, const Exchange& exchange) {
  TRY_ASSIGN(Scope scope, scope_of(request));
  Exchange answer;
  TRY(store(request, exchange, scope, answer));
  TRY(hear_failures(request, exchange));
  auto snapshot = ports_.store.snapshot();
  PageBuilder page(ports_.engine.log(), *snapshot,
                   std::min<std::size_t>(exchange.budget_bytes, ports_.page_bytes));
  for (const StreamState& want : exchange.wants)
    if (scope.covers(want.stream)) TRY(page.add(want));
  if (!exchange.holding) TRY(note_wants(request, *snapshot, exchange.wants));
  for (Failure& failure : page.take_failures()) {
    note(SyncNote::Kind::refused_chunk, request, failure);
    answer.failures.push_back(std::move(failure));
  }
  answer.chunks = page.take_chunks();
  answer.more = page.more();
  return reply(request, std::move(answer));
}

Result<void> Responder::store(const Message& request, const Exchange& exchange, const Scope& scope,
                              Exchange& answer) {
  if (exchange.chunks.empty()) return {};
  PeerIdentity peer = ports_.peers.find(request.node).value_or(PeerIdentity{});
  peer.origin = request.origin;
  TRY_ASSIGN(PageReport stored, store_page(ports_, peer, scope, exchange.chunks));
  for (const Failure& failure : stored.failures)
    note(SyncNote::Kind::refused_chunk, request, failure);
  answer.failures = std::move(stored.failures);
  // The truth about each stream that was sent, whether its chunk was taken or not.
  auto snapshot = ports_.store.snapshot();
  for (const Chunk& chunk : exchange.chunks) {
    if (!scope.covers(chunk.stream)) continue;
    TRY_ASSIGN(StreamState state,
               read_stream_state(ports_.engine.log(), nullptr, *snapshot, chunk.stream));
    answer.acknowledged.push_back(std::move(state));
  }
  return {};
}

// What the peer did not let in is written again before it asks for more.
Result<void> Responder::hear_failures(const Message& request, const Exchange& exchange) {
  for (const Failure& failure : exchange.failures) {
    note(SyncNote::Kind::refused_chunk, request, failure);
    const auto want = std::ranges::find(exchange.wants, failure.stream, &StreamState::stream);
    if (want == exchange.wants.end() || failure.door.cut.empty()) continue;
    // What can't be done yet is told again when it sends what is missing here.
    const Result<std::uint64_t> written = withdraw(ports_, *want, failure.door);
    if (!written.ok() && written.error().code == ErrorCode::unavailable)
      return std::move(written).error();
    if (written.ok() || written.error().code != ErrorCode::gap) continue;
    TRY_ASSIGN(const bool yields, yields_to(ports_, failure.stream, failure.door));
    if (yields) TRY(give_way(ports_, failure.stream));
  }
  return {};
}

// A want says what the peer has: so much of what we have too is shared.
Result<void> Responder::note_wants(const Message& request, const Reader& reader,
                                   const std::vector<StreamState>& wants) {
  for (const StreamState& want : wants) {
    TRY_ASSIGN(StreamHead head, ports_.engine.log().head(reader, want.stream));
    TRY_ASSIGN(const PeerVector peer, read_peer_vector(ports_.engine.log(), reader, head, want));
    TRY(note_rollback(ports_, head, want));
    if (!peer.shared.empty()) ports_.peers.note_shared(request.node, want.stream, peer.shared);
  }
  return {};
}

Result<Message> Responder::answer(const Message& request, const Wait& wait) {
  TRY_ASSIGN(Scope scope, scope_of(request));
  auto snapshot = ports_.store.snapshot();
  TRY(ports_.index.refresh(*snapshot));
  Exchange answer;
  answer.more = !(ports_.index.heads_without(scope, wait.except) == wait.heads);
  return reply(request, std::move(answer));
}

Result<Message> Responder::answer(const Message&, const States&) {
  return Error{ErrorCode::invalid_argument, "'states' is a reply, not a request"};
}
Result<Message> Responder::answer(const Message&, const Refusal&) {
  return Error{ErrorCode::invalid_argument, "'refusal' is a reply, not a request"};
}
Result<Message> Responder::answer(const Message&, const CatalogPage&) {
  return Error{ErrorCode::invalid_argument, "'catalog' is a reply, not a request"};
}

// To whoever may talk to us: nothing need be known of them.
Result<Message> Responder::answer(const Message& request, const CatalogWish& wish) {
  if (!ports_.catalog) return Error{ErrorCode::unsupported, "this node gives no catalog"};
  TRY_ASSIGN(CatalogPage page, ports_.catalog(wish.after));
  return reply(request, std::move(page));
}

void Responder::note(SyncNote::Kind kind, const Message& request, const Failure& failure) {
  ports_.observer.on_note({kind, request.node, failure.stream, failure.code, failure.message});
}

}  // namespace genlock::replication
