// Edits of a node that was away for too long are written again (docs/adr/0018). They are concurrent
// with something behind a cut that everybody else took for stable (engine/stability.h), and nobody
// keeps what it would take to judge them; so they are not let in as they are. Their node takes the
// stream as the others have it, and says each of its events once more, under a new origin and with
// that cut in its context. What a context can no longer say is said by name:
//   - a set replaces the writes that it replaced at first, by name, as far as they still stand
//   behind
//     the cut, and carries what its author saw.
//     Where nobody has written the group since, it shows as it would have; where somebody has, both
//     are sides;
//   - its event is marked as one of an uncertain clock, so that sides are decided by a person, and
//     bears the time at which it was written first;
//   - where a lock of the others was not known to it, it replaces nothing and is a side;
//   - where one side deleted what the other edited, the side of the others is said again, too,
//   beside
//     it ("meanwhile"), so that somebody is asked whether the row stays;
//   - what a node acknowledged (engine/directory.h) is of its moment, and is not said again;
//   - a lock is not taken again: it becomes a named point of the history, and so does an unlock.
// A row that nobody else has is made as it was. Pure: what is written is a function of the
// arguments.
#pragma once

#include "engine/branches.h"
#include "engine/clock.h"
#include "engine/state.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace genlock {

// Chain value of an event that the others have.
using ChainOf = std::function<Result<ChainHash>(const Dot& event)>;

struct ReturnedEdits {
  const State& before;     // of the node that returned, with all its events
  const State& now;        // of the others, without what they lack
  VersionVector has;       // what `now` holds of `before`, by the names of `before`
  Branches branches = {};  // of `before`; `now` has none
  VersionVector cut;       // what must be in the context of whatever is written; inside `now`
  // All events of `before` that `now` lacks, in canonical order (engine/ingest.h, CausalReader).
  std::vector<RecordEvent> edits;
  HybridTime latest = HybridTime::zero;  // of the events of `now`
  UnixMs now_ms = 0;
  ChainOf chain_of;
};

struct RebasedEdits {
  std::vector<std::string> events;  // as stored, in an order that extends causality
  std::map<Dot, Dot> names;         // of each edit: what it is called now
  std::map<OriginId, OriginId>
      origins;  // of each origin of before: the one they have now, for good
};

// ERRORS: those of reading `before` and `now` and of `chain_of`; too_large (an event with its
// names).
Result<RebasedEdits> rebase(const ReturnedEdits& returned, Random& random);

}  // namespace genlock
