// The Engine: execute a command, or ingest a chunk of a peer's events; both end in one tail,
// commit. It appends to the log, folds, and brings the projections up to date, all inside the
// caller's transaction (an Overlay), which one durable batch then writes (eventlog/log_writer.h).
// No I/O, no threads; one call at a time.
#pragma once

#include "engine/clock.h"
#include "engine/command.h"
#include "engine/event_log.h"
#include "engine/projection.h"
#include "engine/store.h"

#include <functional>
#include <memory>
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

// Events of one stream as a peer sent them, in an order that extends causality.
struct Chunk {
  StreamId stream;
  std::vector<std::string> events;  // stored bytes
  // Chain values that the sender has at the last event of each origin in the chunk; checked after
  // the chunk.
  std::vector<std::pair<Dot, ChainHash>> chains;
};

struct IngestReport {
  std::size_t stored = 0;      // events that were new
  std::size_t duplicates = 0;  // events we had
  std::vector<EventId> ids;    // of the new ones
};

class Engine {
 public:
  Engine(Identity self, const EventLog& log, Projection& projection, Clock& clock, Random& random);

  const Identity& identity() const { return self_; }
  const EventLog& log() const { return log_; }
  Projection& projection() { return projection_; }

  // A local write: decide, stamp, commit into `overlay`. A refused command leaves `overlay`
  // untouched. The same command_key again gives the first outcome, `replayed`.
  Result<Outcome> execute(const Command& command, Overlay& overlay);
  // Operations of this node itself (directory entries, imports), without decide.
  Result<EventId> write(StreamId stream, std::vector<Operation> operations, const Person& by,
                        Overlay& overlay);
  // Events of a peer: one chunk, or several of one stream in the order they were sent. All or
  // nothing. ERRORS: gap (something in a context is missing), fork (an
  // event we have with other content, or a context hash that is not ours), corruption (damaged or
  // breaking a rule), unsupported, too_large.
  Result<IngestReport> ingest(std::span<const Chunk> chunks, Overlay& overlay);
  Result<IngestReport> ingest(const Chunk& chunk, Overlay& overlay) {
    return ingest(std::span(&chunk, 1), overlay);
  }

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
  Result<void> commit(StreamId stream, std::vector<Stamped> events, State* known, Overlay& overlay);

  Identity self_;
  const EventLog& log_;
  Projection& projection_;
  Clock& clock_;
  Random& random_;
};

}  // namespace genlock
