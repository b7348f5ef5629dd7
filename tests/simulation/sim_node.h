// One simulated node: what its disk holds, and what runs while it is up. Real engine, log, fold,
// projection and session; only clock, disk and network are simulated.
#pragma once

#include "engine/engine.h"
#include "eventlog/log.h"
#include "eventlog/log_writer.h"
#include "projections/row_projection.h"
#include "replication/parked_wait.h"
#include "replication/peers.h"
#include "replication/session.h"
#include "replication/stream_index.h"
#include "replication/subscriptions.h"
#include "simulation/sim_disk.h"
#include "support/seeded_random.h"

#include <map>
#include <memory>
#include <vector>

namespace genlock::simulation {

// Simulated time, seen through a wall clock that is set wrong, stands still or runs backward.
class SimClock : public Clock {
 public:
  explicit SimClock(const std::int64_t& sim_now) : sim_now_(sim_now) {}
  UnixMs now() override { return start_ms + shown_ms_ + rate_ * (sim_now_ - since_ms_); }
  bool suspect() const override { return suspect_now; }
  void jump(std::int64_t by_ms) { shown_ms_ += by_ms; }
  // Milliseconds shown per millisecond: 1, 0 (frozen) or -1 (backward).
  void run_at(std::int64_t rate) {
    shown_ms_ = now() - start_ms;
    since_ms_ = sim_now_;
    rate_ = rate;
  }

  bool suspect_now = false;

 private:
  static constexpr UnixMs start_ms = 1'800'000'000'000;
  const std::int64_t& sim_now_;
  std::int64_t shown_ms_ = 0;
  std::int64_t since_ms_ = 0;
  std::int64_t rate_ = 1;
};

class SimNode : private replication::SyncObserver {
 public:
  SimNode(Identity identity, const std::int64_t& sim_now, std::uint64_t seed, bool everything,
          std::size_t page_bytes);

  // The process ends: everything that lives in memory is lost. The disk is the caller's to reopen.
  void stop() { running_.reset(); }
  void start();
  bool up() const { return running_ != nullptr; }

  // REQUIRES: up().
  Result<Outcome> execute(const Command& command);
  // Operations as a newer version of the program would write them.
  Result<EventId> write_raw(StreamId stream, std::vector<Operation> operations);
  // There is room on the disk again. REQUIRES: up(), store.is_full().
  void make_room();
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
  SimDisk store;
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
