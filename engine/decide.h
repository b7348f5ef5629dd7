// decide: a command and the present state give the operations of one event, or an error that names
// the field. Pure. Checks the schema's rules (required, ranges, lengths, enumerations, references,
// unique slots), that the record is there, not gone and not locked by another node, the version
// preconditions, and drops what equals what is shown. Order of errors (docs/api.md, section 7):
// bad_request, not_found, gone, locked, precondition, invalid_argument (422), conflict.
#pragma once

#include "engine/command.h"
#include "engine/projection.h"
#include "engine/state.h"

namespace genlock {

struct Draft {
  std::vector<Operation> operations;  // empty: nothing to write
  Outcome outcome;                    // `event` is filled in by the engine
};

struct DecideContext {
  const State& state;
  const Projection& projection;
  NodeId self;
  UnixMs now_ms = 0;
  Random& random;
  // Of a step of a batch: what its author had written before it, and the state of before that.
  struct Earlier {
    const VersionVector& written;
    const State& state;
  };
  const Earlier* earlier = nullptr;
  OriginId origin = {};  // that this node writes under; nil: it has promised nothing
};

// The id of the record that a create makes: the one it names, else the same for the same
// Idempotency-Key on every node, else a new one. A production's stream is its id, so who builds the
// command of a new production calls this first.
RecordId id_for_create(const Command& command, UnixMs now_ms, Random& random);

// REQUIRES: the state is that of command.stream; for a new production that is the row's id.
// A record that is to be created may be named in command.record, in row.id, or not at all.
Result<Draft> decide(const Command& command, DecideContext context);

// A body with faults in it: what is wrong before that (no such row, gone, locked, another version)
// decides. `command` is complete but for the body.
Error first_fault(const Command& command, DecideContext context, Error body_fault);

}  // namespace genlock
