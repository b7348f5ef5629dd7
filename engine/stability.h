// Causal stability (Baquero, Almeida, Shoker 2017): which cut of a stream every event, here or
// still to come, has seen. Behind it the log may be made smaller. Pure: from what the directory
// says of origins and their acknowledgements, and from what this node holds.
//
// A cut V is legal when each event outside V, held anywhere or not yet written, has V in its
// context. That everybody has acknowledged V is not enough: a node may hold, or get from outside,
// an event written beside V. So an acknowledgement of origin o is three things, all of one moment:
//
//   stable   o has held this for some time; what o writes from now on has it in its context (o
//            writes after all it holds), and o takes from strangers only events that have it, too
//   held     all that o held at that moment
//   with     whom o took for a member then, itself included; everybody else is a stranger
//
// Members of a stream are the origins that are open (neither retired nor replaced by another origin
// of their node, for good) and that may write it. A node computes V from acknowledgements that all
// name the members that it knows itself, once it holds everything that each of them held:
//   V = the greatest legal cut inside the meet of all `stable`, as far as the events here tell.
//
// Why that holds for events that are not here. Let W be the members, and e an event outside V that
// this node does not hold.
//   - A member wrote it. It is not in that member's `held`, so it was written after the
//     acknowledgement: its context has `stable`, which has V.
//   - A stranger wrote it. Look at the member m that got it first after m's acknowledgement. Not
//     from another member: that one had it before its own acknowledgement (then it is here), or got
//     it after (then m was not the first). So from a stranger, and m's door asked for m's `stable`.
//   - A stranger becomes a member with m's next acknowledgement only when its own one names nobody
//     who is a stranger to m then, has m's `stable` in its `stable`, and m holds all that it held.
//     So what it had came through m's door, and what it writes or lets in later has V. (It need not
//     name m, or two who began beside each other would wait for each other for ever. While m waits,
//     it promises what others have, too, and forgets who is closed: so two meet in one promise.)
// (tests/properties/stability_laws_test.cpp plays it, with nodes that join, are retired, return,
// and lose their tail.)
//
// V never shrinks: a legal cut stays legal, and the join of two is one. `floor` is the last one.
#pragma once

#include "engine/clock.h"
#include "engine/result.h"
#include "engine/version_vector.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace genlock {

struct Acknowledgement {
  VersionVector stable, held;
  std::vector<OriginId> with;  // ascending
  bool operator==(const Acknowledgement&) const = default;
};

// What one node knows of a stream.
struct Standing {
  std::vector<OriginId> members;             // ascending, this node's own origin included
  std::map<OriginId, Acknowledgement> said;  // the latest of each origin
  VersionVector held;                        // by this node
  bool is_forked = false;                    // has branches (engine/branches.h)
};

// What keeps the cut from moving.
enum class HoldBack : std::uint8_t {
  silent = 1,    // has acknowledged nothing yet
  apart = 2,     // its acknowledgement names other members than are known here
  ahead = 3,     // held events that are not here yet
  unstable = 4,  // has held nothing for long enough
  forked = 5,    // an origin went on twice: such a stream stays whole
};
const char* to_string(HoldBack why);  // "silent", ...

struct StableCut {
  VersionVector cut;
  // By origin; forked: under the nil origin. Empty: nobody holds it back.
  std::vector<std::pair<OriginId, HoldBack>> held_back;
};

// Who holds the cut of a stream back, without reading events.
std::vector<std::pair<OriginId, HoldBack>> held_back(const Standing& standing);

// Everything the writer of an event had seen, without the event itself.
using ContextOf = std::function<Result<VersionVector>(const Dot& event)>;

// The greatest cut that is legal, `floor` or more. Reads O(origins) contexts for each step down
// from what is acknowledged to a moment that nobody wrote beside. ERRORS: of `context_of`.
Result<StableCut> stable_cut(const Standing& standing, const VersionVector& floor,
                             const ContextOf& context_of);

// What `self` acknowledges now; nullopt: nothing that it has not said, or it must wait until those
// that are new among the members have come through the door. `aged`: what it has held for as long
// as it must. REQUIRES: `self` is a member.
std::optional<Acknowledgement> next_acknowledgement(const Standing& standing, OriginId self,
                                                    const VersionVector& aged);

// What a node asks of the events that come to it: the one who holds some that may not come in
// writes them again (Engine::withdraw).
struct Door {
  VersionVector cut;           // what a stranger's event must have in its context
  std::vector<OriginId> with;  // ascending: who is no stranger
  bool operator==(const Door&) const = default;

  // `sender`: whom it comes from (nil: from nobody that is known); `writer`: its own origin. What a
  // member wrote may come through anybody: the first case of the proof asks only who wrote it.
  bool lets_in(OriginId sender, OriginId writer, const VersionVector& context) const;
};
// Asks what either asks, or more: whoever one of them refuses, it refuses. Who is told it finds in
// it what to write again.
Door joined(const Door& a, const Door& b);
struct Doors {
  Door promised;
  // Where events of this node were not let in elsewhere: asked of whoever sends what strangers
  // wrote.
  Door withdrawn;

  bool let_in(OriginId sender, OriginId writer, const VersionVector& context) const {
    return promised.lets_in(sender, writer, context) && withdrawn.lets_in({}, writer, context);
  }
};
// Of a node that acknowledged this last; nullopt: nothing, and the door is open.
Door door_of(const std::optional<Acknowledgement>& mine);

}  // namespace genlock
