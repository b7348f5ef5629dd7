// decide: a command and the present state give the operations of one event, or an error that names the field.
// Pure. Checks the schema's rules (required, ranges, lengths, enumerations, references, unique slots), that the record
// is there, not gone and not locked by another node, the version preconditions, and drops what equals what is shown.
// Order of errors (API.md, section 7): not_found, gone, locked, precondition, invalid_argument (422), conflict.
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
};

Result<Draft> decide(const Command& command, DecideContext context);

}  // namespace genlock
