// The Engine: execute a command, or ingest a chunk of a peer's events; both end in one tail,
// commit. It appends to the log, folds, and brings the projections up to date, all inside the
// caller's transaction (an Overlay), which one durable batch then writes (eventlog/log_writer.h).
// No I/O, no threads; one call at a time.
#pragma once

#include "engine/clock.h"
#include "engine/command.h"
#include "engine/event_log.h"
#include "engine/lineage.h"
#include "engine/projection.h"
#include "engine/stability.h"
#include "engine/store.h"

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace genlock {

// Who this node is. The origin changes after a restore or a clone; the node does not.
struct Identity {
  NodeId node;
  OriginId origin;
  Role role = Role::lan;
  std::string name;
  bool operator==(const Identity&) const = default;
};

struct Parting;      // engine/parting.h
struct RecordEvent;  // engine/state.h

// Events of one stream as a peer sent them, in an order that extends causality.
struct Chunk {
  StreamId stream;
  std::vector<std::string> events;  // stored bytes
  // Chain values that the sender has at the last event of each origin in the chunk; checked after
  // the chunk.
  std::vector<std::pair<Dot, ChainHash>> chains;
  // Only of a stream with branches (engine/branches.h), where bytes alone do not say which one an
  // event is of: the branches and origins in the chunk as the sender names them, with the chain
  // value that each goes on from here; and for each event the number of its one.
  std::vector<std::pair<OriginId, ChainHash>> paths = {};
  std::vector<std::uint16_t> path_of = {};
};

struct IngestReport {
  std::size_t stored = 0;      // events that were new
  std::size_t duplicates = 0;  // events we had
  std::vector<EventId> ids;    // of the new ones
  bool renamed = false;        // events that were here got other names: a fork came to light
};

class Engine {
 public:
  Engine(Identity self, const EventLog& log, Projection& projection, Clock& clock, Random& random);

  // Any thread; what it refers to stays, also when this node begins a new origin.
  const Identity& identity() const { return *self_.load(std::memory_order_acquire); }
  const EventLog& log() const { return log_; }
  Projection& projection() { return projection_; }

  // A local write: decide, stamp, commit into `overlay`. A refused command leaves `overlay`
  // untouched. The same command_key again gives the first outcome, `replayed`.
  Result<Outcome> execute(const Command& command, Overlay& overlay);
  // Operations of this node itself (directory entries, imports), without decide.
  Result<EventId> write(StreamId stream, std::vector<Operation> operations, const Person& by,
                        Overlay& overlay);
  // Events of a peer: one chunk, or several of one stream in the order they were sent. All or
  // nothing. Where an origin turns out to have gone on twice both branches are kept
  // (engine/branches.h), with a notice; and where events of our own origin come that we lack, or it
  // is that which went on twice, or events got other names, this node begins a new origin. ERRORS:
  // gap (something in a context is missing), compacted (it has not seen what was compacted here:
  // its node is to take a snapshot first), fork (the sender's events do not fit ours and nothing
  // tells where they part: ask again from an earlier point), not_let_in, corruption (damaged or
  // breaking a rule), unsupported, too_large.
  // `sender`: the origin under which the peer writes, nil where nobody knows who sends; they are
  // asked at the door, and withdraw what it does not let in (not_let_in). nullopt: nobody is asked.
  // A stream with branches comes in; what this node had promised of it ends with its origin.
  Result<IngestReport> ingest(std::span<const Chunk> chunks, Overlay& overlay,
                              std::optional<OriginId> sender = std::nullopt);
  Result<IngestReport> ingest(const Chunk& chunk, Overlay& overlay,
                              std::optional<OriginId> sender = std::nullopt) {
    return ingest(std::span(&chunk, 1), overlay, sender);
  }

  // What events of this stream must have seen to come in here: what was compacted, what this node
  // has acknowledged, and what it has withdrawn events for. ERRORS: corruption.
  Result<Door> door(const Reader& reader, StreamId stream) const;
  // Events that are here, that a peer which has `theirs` does not let in by `door`, and whatever
  // builds on them, are written again with the door's cut in their context (engine/rebase.h), with
  // a notice; the stream is made anew without them. From then on this node asks the same at its own
  // door, or they would come back from whoever else has them. Returns how many; 0: there are none.
  // O(stream). All or nothing. Where an origin went on twice all goes that the peer does not have.
  // ERRORS: gap (something of the cut is not here yet), unsupported (the peer has branches, too),
  // too_large, corruption.
  Result<std::uint64_t> withdraw(StreamId stream, const VersionVector& theirs, const Door& door,
                                 Overlay& overlay);

  // What another node kept of a stream behind its floor (engine/stream_base.h), in place of what is
  // here of it. Events that are here and not in it, or whose names mean others there
  // (engine/parting.h), are written again (engine/rebase.h), with a notice; of what was compacted,
  // nothing else is lost by it. `shared`: what the sender is known to have had of what is here. All
  // or nothing. ERRORS: exists (everything in it is here), corruption, unsupported (what was
  // compacted here was not there).
  Result<IngestReport> install(const StreamBase& base, const VersionVector& shared,
                               Overlay& overlay);

  // Closes `closed`, if that is the origin of this node, and begins a new one. Nothing is written
  // under the old one any more, whether the overlay's batch lasts or not.
  Result<void> renew_origin(OriginId closed, const Renewal& why, Overlay& overlay);

  // Folds a stream's log from nothing into `overlay`, which must show no state of it; only the
  // events inside `within` where that is given (it must be causally closed). After each few
  // thousand events the overlay is consistent and `progress` is told the number folded so far: the
  // caller may write the overlay's batch and empty it there, so that memory stays bounded.
  using Progress = std::function<Result<void>(std::uint64_t events)>;
  Result<void> refold(StreamId stream, Overlay& overlay, const Progress& progress = {},
                      const VersionVector* within = nullptr);

 private:
  // An event with everything its writer had seen.
  struct Stamped {
    Event event;
    VersionVector context;
  };
  Result<Outcome> replay(const Command& command, const EventId& first, Overlay& overlay) const;
  Result<EventId> stamp(StreamId stream, std::vector<Operation> operations, const Command* command,
                        const Person& by, State* known, Overlay& overlay);
  Result<void> commit(StreamId stream, std::vector<Stamped> events, State* known, Overlay& overlay,
                      const VersionVector* floor = nullptr);
  Result<void> begin_anew(OriginId closed, Overlay& overlay);
  Result<void> keep_origin(Overlay& overlay) const;
  Result<void> fold_again(StreamId stream, Overlay& overlay);
  // install.cpp
  Result<Doors> doors(const Reader& reader, StreamId stream) const;
  Result<void> tell_partings(const std::vector<Parting>& partings, StreamId stream,
                             Overlay& overlay) const;
  struct Beside;
  Result<Beside> events_beside(const Reader& reader, StreamId stream, const VersionVector& at,
                               const Door* door) const;
  Result<Chunk> events_inside(const Reader& reader, StreamId stream, const VersionVector& within,
                              const VersionVector& floor) const;
  Result<void> write_again(Beside edits, const VersionVector& cut, const Overlay& before,
                           Overlay& overlay);

  std::list<Identity> identities_;  // of this run, the present one last
  std::atomic<const Identity*> self_;
  const EventLog& log_;
  Projection& projection_;
  Clock& clock_;
  Random& random_;
};

}  // namespace genlock
