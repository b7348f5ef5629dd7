// One simulated node: what its data directory holds, and what runs while it is up. Real engine,
// log, fold, projection, session, and care for its lineage; only clock, disk and network are
// simulated.
#pragma once

#include "engine/engine.h"
#include "eventlog/continuity.h"
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

// A data directory at one moment: the database, and what lies beside it or around it.
struct DirectoryImage {
  std::shared_ptr<const MemoryStore> content;
  std::string database, place;  // which database it is; machine and birth of the directory
  std::optional<Witness> witness;
};

class SimNode : private replication::SyncObserver {
 public:
  // `name`: of it and no other, for the story. Its directory is empty: enroll() it or put a copy
  // there.
  SimNode(std::string name, const std::int64_t& sim_now, std::uint64_t seed,
          std::size_t page_bytes);
  // One that runs at once, alone and in nobody's directory: for who needs a node and no world.
  SimNode(const Identity& self, const std::int64_t& sim_now, std::uint64_t seed);
  // A new node. Runs afterwards. `only`: the one production it subscribes to.
  void enroll(const Identity& self, std::optional<StreamId> only);

  // The process ends: everything that lives in memory is lost. The disk is the caller's to reopen.
  void stop();
  // As the program does it: a new origin where it is not certain that the directory is the one that
  // wrote last, and an entry in the directory stream. Down where it failed, which is the disk's
  // doing.
  Result<void> start();
  bool up() const { return running_ != nullptr; }
  // Why the last start began a new origin; nullopt: it did not.
  const std::optional<Renewal>& renewed() const { return renewed_; }
  // One that is not in the directory stream yet.
  bool has_new_origin() const { return up() && entered_ != identity().origin; }
  // About once a second: an origin that the directory calls closed is left, a new one is in the
  // directory stream, and the witness is of now.
  Result<void> keep_lineage();
  // Nothing more may come under its origin, as far as it has heard.
  bool must_leave_origin() const;
  // From time to time: says how far it is, where that is due. True: it said something. REQUIRES:
  // up().
  Result<bool> acknowledge(UnixMs stable_after_ms);
  // Where its streams may be compacted now, further than they are; of those that every node of the
  // fleet has. (Here two nodes may make a show of one id without knowing of each other; who then
  // both compact it can't be joined any more, and are told so: docs/adr/0019.)
  Result<std::vector<std::pair<StreamId, VersionVector>>> due_cuts() const;
  // Who holds a cut back at this node, for people; empty: nobody.
  std::string held_back() const;

  DirectoryImage image() const;
  // REQUIRES: !up().
  void replace(const DirectoryImage& image);

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

  // Of the present process, or the last one.
  const Identity& identity() const { return running_ ? running_->engine.identity() : identity_; }

  const std::string name;
  SimDisk store;
  std::string database, place;
  std::optional<Witness> witness;
  SimClock clock;
  SeededRandom random;

 private:
  struct Running {
    Running(SimNode& node, const Identity& self);
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

  Result<void> enter_directory();
  Result<void> leave_closed_origin();

  Log log_;
  std::size_t page_bytes_;
  Identity identity_;
  OriginId entered_;  // the origin that is in the directory stream
  std::optional<Renewal> renewed_;
  std::vector<replication::SyncNote> notes_;
  std::unique_ptr<Running> running_;
};

}  // namespace genlock::simulation
