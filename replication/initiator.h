// The asking end of a session (session.h).
#pragma once

#include "replication/held_pages.h"
#include "replication/introduction.h"
#include "replication/page_receiver.h"
#include "replication/session.h"
#include "replication/snapshot.h"

#include <map>
#include <optional>

namespace genlock::replication {

// One stream that differs, in work.
struct StreamWork {
  StreamState theirs;         // what the peer has, as far as it said
  bool push = false;          // it lacks something of ours
  bool pull = false;          // we lack something of its
  std::uint64_t missing = 0;  // events, both ways: small ones go first
  int tries = 0;
  // Origins that went on twice somewhere below these numbers: we say that we have only so much of
  // them, so that the peer sends what parts from ours. Lowered until it fits.
  std::map<OriginId, Sequence> claims = {};
  // One of both lacks events that the other has compacted.
  enum class Snapshot { none, pull, push } snapshot = Snapshot::none;
  bool peer_refuses = false;  // our events, and what they must have seen is not here
  Door peer_asks = {};        // then: what it asks of them
  bool we_refuse = false;     // the peer's
};

// A snapshot on its way.
struct SnapshotWork {
  StreamId stream;
  SnapshotManifest manifest;
  bool told = false;                  // push: the peer has the manifest
  std::vector<BlockRef> blocks = {};  // not yet at the end that lacks them
};

class Initiator {
 public:
  Initiator(SessionPorts& ports, Plan plan, NodeId peer);

  std::optional<Message> next();
  void receive(Result<Message> message);
  const SessionReport& report() const { return report_; }

 private:
  enum class Step { hello, compare, exchange, over };

  // What to say: nullopt where the step has nothing (more) to say.
  Result<std::optional<Message>> say();
  Result<std::optional<Message>> say_hello();
  Result<std::optional<Message>> say_compare();
  Result<std::optional<Message>> say_exchange();
  // What was heard.
  Result<void> hear(const Message& reply, const Hello& hello);
  Result<void> hear(const Message& reply, const Compare&);
  Result<void> hear(const Message& reply, const States& states);
  Result<void> hear(const Message& reply, Exchange& exchange);
  Result<void> hear(const Message& reply, const Wait&);
  Result<void> hear(const Message& reply, const Refusal& refusal);
  Result<void> hear(const Message& reply, const CatalogWish&);
  Result<void> hear(const Message& reply, const CatalogPage&);
  Result<void> hear(const Message& reply, const SnapshotWish& wish);
  Result<void> hear(const Message& reply, const SnapshotPart& part);

  // initiator.cpp
  Result<void> begin_push();
  Result<void> agree_or_compare(const Hello& hello);
  void measure_clock(const Hello& hello);
  Result<void> consider(const Reader& reader, StreamId stream, const StreamState& theirs);
  Result<void> note_equal(const StreamState& ours, const StreamState& theirs);
  bool try_again(const Error& error);
  void end(std::optional<Error> error);
  void add_failure(const Failure& failure);
  // forked_streams.cpp
  Result<bool> lower_claims(StreamId stream);
  Result<void> claim_less(const Reader& reader, StreamState& state) const;
  std::vector<Chunk> claimed_of(const std::vector<Chunk>& chunks) const;
  Result<void> store_claimed(const std::vector<Chunk>& claimed);
  Result<void> hear_failure(const Failure& failure);
  Result<void> hear_own_refusal(const Failure& failure);
  Result<void> hear_door(const Failure& failure);
  Result<void> break_deadlock(StreamId stream);
  void note(SyncNote::Kind kind, std::optional<StreamId> stream, ErrorCode code,
            std::string message);
  // snapshot_exchange.cpp
  Result<std::optional<Message>> say_snapshot();
  Result<std::optional<Message>> say_wish(StreamId stream);
  Result<std::optional<Message>> say_part(StreamId stream);
  Result<void> install(StreamId stream);
  bool refused_snapshot(const Refusal& refusal);
  void snapshot_failed(StreamId stream, const Error& error);
  // exchange_round.cpp
  std::vector<StreamId> smallest_first() const;
  Result<void> add_pushes(const Reader& reader, Exchange& exchange);
  void raise_told(const Chunk& chunk);
  Result<void> add_wants(const Reader& reader, Exchange& exchange);
  Result<void> hear_acknowledged(const Reader& reader, const Exchange& reply);
  Result<void> hear_chunks(Exchange& reply);
  Result<void> start_held();
  Result<void> store_held();
  Result<void> finish_started();
  Result<void> finish(StartedPage page);
  Result<void> settle(const Reader& reader, const Exchange& reply,
                      const std::vector<StreamId>& sent);
  void stream_failed(const Failure& failure);
  void round_is_dry();

  SessionPorts& ports_;
  const Plan plan_;
  Step step_ = Step::hello;
  SessionReport report_;
  PeerIdentity peer_;
  Scope scope_;
  std::uint64_t exchange_ = 0;  // of the request under way
  UnixMs asked_ms_ = 0;
  bool tell_subscription_ = false;
  int tries_ = 0;
  int rounds_ = 0;

  bool compare_states_ = false;  // schema and fold versions are equal
  std::uint32_t their_streams_ = 0;
  std::uint8_t bits_ = 0;
  StreamId after_;

  std::map<StreamId, StreamWork> work_;
  std::vector<StreamId> sent_, wanted_;  // in the exchange under way
  HeldPages held_;
  bool was_refused_ = false;            // the last page that was stored, by us
  std::optional<StartedPage> started_;  // on its way to the disk
  std::optional<SnapshotWork> snapshot_;
  std::vector<Failure> to_tell_;  // our refusals, for the peer's sync log
  bool moved_ = false;            // something was exchanged in this round
  bool progress_ = false;
  bool parted_ = false;  // from a copy of this node
  int idle_exchanges_ = 0;
};

}  // namespace genlock::replication
