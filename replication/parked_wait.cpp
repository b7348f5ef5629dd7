#include "replication/parked_wait.h"

#include "replication/introduction.h"
#include "replication/limits.h"
#include "replication/page_receiver.h"
#include "replication/peers.h"
#include "replication/subscriptions.h"

#include <algorithm>

namespace genlock::replication {
namespace {

void add(std::vector<Chunk>& chunks, const EventId& id, const StoredEvent& event) {
  auto chunk = std::find_if(chunks.begin(), chunks.end(),
                            [&](const Chunk& c) { return c.stream == id.stream; });
  if (chunk == chunks.end()) chunk = chunks.insert(chunks.end(), Chunk{id.stream, {}, {}});
  chunk->events.push_back(event.bytes);
  auto chain = std::find_if(chunk->chains.begin(), chunk->chains.end(),
                            [&](const auto& entry) { return entry.first.origin == id.dot.origin; });
  if (chain == chunk->chains.end()) chain = chunk->chains.insert(chain, {id.dot, event.chain});
  *chain = {id.dot, event.chain};
}

}  // namespace

ParkedWait::ParkedWait(SessionPorts& ports, Message request)
    : ports_(ports), request_(std::move(request)) {}

std::optional<Message> ParkedWait::look(bool last_word) {
  Result<std::optional<Message>> answered = answer(last_word);
  if (answered.ok()) return std::move(answered).value();
  return make_message(ports_, request_.exchange, scope_.ours,
                      Refusal{answered.error().code, answered.error().message});
}

Message ParkedWait::reply(Exchange exchange) const {
  return make_message(ports_, request_.exchange, scope_.ours, std::move(exchange));
}

Result<void> ParkedWait::begin() {
  begun_ = true;
  auto snapshot = ports_.store.snapshot();
  TRY_ASSIGN(since_, ports_.engine.log().last_position(*snapshot));
  TRY_ASSIGN(Position position, ports_.index.refresh(*snapshot));
  scope_.ours = ports_.subscriptions.current(ports_.index);
  auto theirs = ports_.peers.subscription(request_.node, request_.subscription);
  if (!theirs || !ports_.peers.find(request_.node) ||
      request_.origin == ports_.engine.identity().origin)
    return Error{ErrorCode::gone, "this node does not know you: say hello first"};
  scope_.theirs = *theirs;
  const Wait& wait = std::get<Wait>(request_.body);
  differs_ = !(ports_.index.heads_without(scope_, wait.except) == wait.heads);
  if (differs_ || !wait.except.empty()) return {};
  TRY(note_agreement(ports_, *snapshot, request_.node, scope_, position));
  return flush_peer(ports_, request_.node);
}

Result<std::optional<Message>> ParkedWait::answer(bool last_word) {
  if (!begun_) TRY(begin());
  // Since then the peer may have told, in a session, that it wants other streams.
  const bool is_of_old_scope =
      ports_.peers.has_changed_subscription(request_.node, request_.subscription);
  Exchange exchange;
  exchange.more = differs_ || is_of_old_scope;
  if (!exchange.more) {
    auto snapshot = ports_.store.snapshot();
    TRY_ASSIGN(exchange, collect(*snapshot));
  }
  if (exchange.chunks.empty() && !exchange.more && !last_word) return std::optional<Message>{};
  return std::optional<Message>(reply(std::move(exchange)));
}

bool ParkedWait::wanted(StreamId stream) const {
  const std::vector<StreamId>& except = std::get<Wait>(request_.body).except;
  return scope_.covers(stream) && std::find(except.begin(), except.end(), stream) == except.end();
}

Result<Exchange> ParkedWait::collect(const Reader& reader) {
  Exchange exchange;
  std::size_t bytes = 0;
  struct Known {
    VersionVector shared;
    bool has_branches = false;
  };
  std::map<StreamId, Known> streams;
  Position last = since_;
  TRY(ports_.engine.log().read_after(
      reader, since_, [&](const EventId& id, const StoredEvent& event) {
        if (bytes >= limits::max_page_bytes ||
            exchange.chunks.size() >= limits::max_streams_in_message) {
          exchange.more = true;
          return false;
        }
        last = event.position;
        if (!wanted(id.stream) || id.dot.origin == request_.origin) return true;
        auto known = streams.find(id.stream);
        if (known == streams.end()) {
          Result<VersionVector> vector = ports_.peers.shared(reader, request_.node, id.stream);
          const Result<Branches> branches = ports_.engine.log().branches(reader, id.stream);
          known = streams.emplace(id.stream, Known{}).first;
          if (vector.ok()) known->second.shared = std::move(vector).value();
          known->second.has_branches = !branches.ok() || !branches->empty();
        }
        if (known->second.shared.contains(id.dot)) return true;
        // A session tells which branch an event is of.
        exchange.more = exchange.more || known->second.has_branches;
        if (known->second.has_branches) return true;
        bytes += event.bytes.size();
        add(exchange.chunks, id, event);
        return true;
      }));
  since_ = last;
  return exchange;
}

Result<Message> make_wait(SessionPorts& ports, NodeId peer) {
  auto theirs = ports.peers.subscription(peer, ports.peers.known_subscription(peer));
  if (!theirs || !ports.peers.find(peer))
    return Error{ErrorCode::gone, "the peer is not known yet"};
  auto snapshot = ports.store.snapshot();
  TRY(ports.index.refresh(*snapshot));
  Subscription ours = ports.subscriptions.current(ports.index);
  Wait wait{{}, ports.peers.blocked_streams(peer, ports.clock.now())};
  wait.heads = ports.index.heads_without({ours, *theirs}, wait.except);
  return make_message(ports, ports.random.next_u64(), ours, wait);
}

Result<WaitOutcome> take_wait_reply(SessionPorts& ports, NodeId peer, Result<Message> reply) {
  if (!reply.ok()) return std::move(reply).error();
  if (const auto* refusal = std::get_if<Refusal>(&reply->body))
    return Error{refusal->code, refusal->message};
  const auto* exchange = std::get_if<Exchange>(&reply->body);
  if (!exchange) return Error{ErrorCode::corruption, "an answer to 'wait' of another kind"};
  auto identity = ports.peers.find(peer);
  auto theirs = ports.peers.subscription(peer, ports.peers.known_subscription(peer));
  if (!identity || !theirs || reply->node != peer)
    return Error{ErrorCode::gone, "the peer is not known yet"};
  identity->origin = reply->origin;
  Scope scope{ports.subscriptions.current(ports.index), *theirs};
  TRY_ASSIGN(PageReport stored, store_page(ports, *identity, scope, exchange->chunks));
  // A refused chunk is told by the session that follows, which asks for it again.
  return WaitOutcome{exchange->more || !stored.failures.empty(), stored.stored};
}

}  // namespace genlock::replication
