#include "replication/session.h"

#include "replication/initiator.h"
#include "replication/responder.h"

namespace genlock::replication {

class SyncSession::Side {
 public:
  virtual ~Side() = default;
  virtual std::optional<Message> next() = 0;
  virtual void receive(Result<Message> message) = 0;
  virtual const SessionReport* report() const { return nullptr; }
};

class SyncSession::InitiatorSide : public Side {
 public:
  InitiatorSide(SessionPorts& ports, Plan plan, NodeId peer) : initiator_(ports, plan, peer) {}
  std::optional<Message> next() override { return initiator_.next(); }
  void receive(Result<Message> message) override { initiator_.receive(std::move(message)); }
  const SessionReport* report() const override { return &initiator_.report(); }

 private:
  Initiator initiator_;
};

class SyncSession::ResponderSide : public Side {
 public:
  explicit ResponderSide(SessionPorts& ports) : responder_(ports) {}
  std::optional<Message> next() override { return std::exchange(reply_, std::nullopt); }
  void receive(Result<Message> message) override { reply_ = responder_.answer(std::move(message)); }

 private:
  Responder responder_;
  std::optional<Message> reply_;
};

SyncSession SyncSession::initiator(SessionPorts& ports, Plan plan, NodeId peer) {
  return SyncSession(std::make_unique<InitiatorSide>(ports, plan, peer));
}
SyncSession SyncSession::responder(SessionPorts& ports) {
  return SyncSession(std::make_unique<ResponderSide>(ports));
}

SyncSession::SyncSession(std::unique_ptr<Side> side) : side_(std::move(side)) {}
SyncSession::SyncSession(SyncSession&&) noexcept = default;
SyncSession::~SyncSession() = default;

std::optional<Message> SyncSession::next() { return side_->next(); }
void SyncSession::receive(Result<Message> message) { side_->receive(std::move(message)); }
const SessionReport& SyncSession::report() const {
  CHECK(side_->report() != nullptr);
  return *side_->report();
}

}  // namespace genlock::replication
