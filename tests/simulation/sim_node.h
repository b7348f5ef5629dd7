// One simulated node: what its disk holds, and what runs while it is up. Real engine, log, fold,
// projection and session; only clock, disk and network are simulated.
#pragma once

#include "engine/engine.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "eventlog/memory_store.h"
#include "projections/row_projection.h"
#include "replication/parked_wait.h"
#include "replication/peers.h"
#include "replication/session.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "support/seeded_random.h"

#include <map>
#include <memory>
#include <vector>

namespace genlock::simulation {

// Simulated time, seen through a wall clock that is set wrong by `skew_ms`.
class SimClock : public Clock {
 public:
  explicit SimClock(const std::int64_t& sim_now) : sim_now_(sim_now) {}
  UnixMs now() override { return 1'800'000'000'000 + sim_now_ + skew_ms; }
  bool suspect() const override { return suspect_now; }

  std::int64_t skew_ms = 0;
  bool suspect_now = false;

 private:
  const std::int64_t& sim_now_;
};

class SimNode : private replication::SyncObserver {
 public:
  SimNode(Identity identity, const std::int64_t& sim_now, std::uint64_t seed, bool everything,
          std::size_t page_bytes);

  // Everything that lives in memory is lost; what was committed stays.
  void crash();
  void start();
  bool up() const { return running_ != nullptr; }

  // REQUIRES: up().
  Result<Outcome> execute(const Command& command);
  Result<void> commit(const Committer::Job& job);
  replication::SessionPorts& ports() { return running_->ports; }
  Engine& engine() { return running_->engine; }
  replication::Peers& peers() { return running_->peers; }
  replication::StreamIndex& index() { return running_->index; }
  replication::Subscriptions& subscriptions() { return running_->subscriptions; }
  const Log& log() const { return log_; }
  const std::vector<replication::SyncNote>& notes() const { return notes_; }
  void forget_notes() { notes_.clear(); }
  StreamHead head(StreamId stream) const { return log_.head(store, stream).value(); }

  const Identity identity;
  MemoryStore store;
  SimClock clock;
  SeededRandom random;

 private:
  struct Running {
    explicit Running(SimNode& node);
    RowProjection projection;
    Engine engine;
    LogWriter writer;
    replication::StreamIndex index;
    replication::Subscriptions subscriptions;
    replication::Peers peers;
    replication::SessionPorts ports;
  };
  void on_note(const replication::SyncNote& note) override { notes_.push_back(note); }
  Result<void> on_shared(const replication::PeerIdentity& peer, StreamId stream,
                         const VersionVector& before, const VersionVector& now,
                         Overlay& overlay) override;

  Log log_;
  bool everything_;
  std::size_t page_bytes_;
  std::vector<replication::SyncNote> notes_;
  std::unique_ptr<Running> running_;
};

}  // namespace genlock::simulation
