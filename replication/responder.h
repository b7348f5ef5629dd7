// The answering end of a session: one request, one reply, nothing remembered but what Peers does.
#pragma once

#include "replication/introduction.h"
#include "replication/page_receiver.h"
#include "replication/subscriptions.h"

namespace genlock::replication {

class Responder {
 public:
  explicit Responder(SessionPorts& ports) : ports_(ports) {}

  // Always answers; what cannot be answered, with a Refusal. A Wait is answered at once: `more`
  // says whether digests differ (parked_wait.h is the one that waits).
  Message answer(Result<Message> request);

 private:
  Result<Message> answer(const Message& request, const Hello& hello);
  Result<Message> answer(const Message& request, const Compare& compare);
  Result<Message> answer(const Message& request, const Exchange& exchange);
  Result<Message> answer(const Message& request, const Wait& wait);
  Result<Message> answer(const Message& request, const States&);
  Result<Message> answer(const Message& request, const Refusal&);
  Result<Message> answer(const Message& request, const CatalogWish& wish);
  Result<Message> answer(const Message& request, const CatalogPage&);
  // responder_snapshot.cpp
  Result<Message> answer(const Message& request, const SnapshotWish& wish);
  Result<Message> answer(const Message& request, const SnapshotPart& part);

  Result<Scope> scope_of(const Message& request);
  Result<void> store(const Message& request, const Exchange& exchange, const Scope& scope,
                     Exchange& reply);
  Result<void> hear_failures(const Message& request, const Exchange& exchange);
  Result<void> note_wants(const Message& request, const Reader& reader,
                          const std::vector<StreamState>& wants);
  void note(SyncNote::Kind kind, const Message& request, const Failure& failure);
  template <class Body>
  Message reply(const Message& request, Body body) {
    return make_message(ports_, request.exchange, ports_.subscriptions.current(ports_.index),
                        std::move(body));
  }

  SessionPorts& ports_;
};

}  // namespace genlock::replication
