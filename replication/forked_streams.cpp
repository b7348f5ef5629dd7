// How an Initiator finds where an origin parted that went on twice: it says that it has less of the
// origin than it has, half as much each time, until the peer knows that event, too. What the peer
// sends then begins before the parting, and the engine sees where it is (engine/placement.h). Where
// that is behind what was compacted here the peer gets a snapshot.
#include "replication/initiator.h"
#include "replication/peer_vector.h"
#include "replication/stream_index.h"

#include <algorithm>

namespace genlock::replication {

// False: there is nothing left that could be lowered.
Result<bool> Initiator::lower_claims(StreamId stream) {
  auto snapshot = ports_.store.snapshot();
  TRY_ASSIGN(StreamHead head, ports_.engine.log().head(*snapshot, stream));
  TRY_ASSIGN(const Branches branches, ports_.engine.log().branches(*snapshot, stream));
  StreamWork& work = work_.at(stream);
  if (work.claims.empty()) {
    TRY_ASSIGN(const PeerVector peer,
               read_peer_vector(ports_.engine.log(), *snapshot, head, work.theirs));
    for (const Head& theirs : work.theirs.have) {
      const OriginId origin = branches.origin_of(theirs.origin);
      const OriginHead* ours = head.find(origin);
      const bool is_unknown = std::ranges::count(peer.unknown, origin) > 0;
      if (!ours || (!is_unknown && ours->last >= theirs.last)) continue;
      work.claims[origin] = std::min(ours->last, theirs.last);
    }
  }
  TRY_ASSIGN(const VersionVector floor, ports_.engine.log().floor(*snapshot, stream));
  bool lowered = false, is_behind_floor = false;
  for (auto& [origin, last] : work.claims) {
    // The last event behind the floor is there, and none of the others has to be.
    const Sequence lowest = floor.last_seen(origin);
    is_behind_floor = is_behind_floor || (last == lowest && last != Sequence::none);
    lowered = lowered || last > lowest;
    last = std::max(Sequence{number(last) / 2}, lowest);
  }
  if (!lowered && is_behind_floor) {  // the peer writes again what it has beside it
    work.snapshot = StreamWork::Snapshot::push;
    work.claims.clear();
    lowered = true;
  }
  work.pull = work.pull || lowered;
  work.push = work.push && !lowered;
  return lowered;
}

// A refusal is where the search goes on; what else fails counts as a try.
Result<void> Initiator::hear_failure(const Failure& failure) {
  if (!work_.count(failure.stream)) return {};
  if (failure.code == ErrorCode::compacted && !failure.door.cut.empty()) return hear_door(failure);
  if (failure.code == ErrorCode::compacted &&
      work_.at(failure.stream).snapshot == StreamWork::Snapshot::none) {
    work_.at(failure.stream).snapshot = StreamWork::Snapshot::pull;
    progress_ = true;
    return {};
  }
  if (failure.code == ErrorCode::fork) {
    const bool is_new = work_.at(failure.stream).claims.empty();
    TRY_ASSIGN(const bool lowered, lower_claims(failure.stream));
    if (lowered) {
      if (is_new) note(SyncNote::Kind::fork, failure.stream, failure.code, failure.message);
      progress_ = true;
      return {};
    }
  }
  stream_failed(failure);
  return {};
}

// What is said to be here of origins that went on twice.
Result<void> Initiator::claim_less(const Reader& reader, StreamState& state) const {
  const auto work = work_.find(state.stream);
  if (work == work_.end() || work->second.claims.empty()) return {};
  TRY_ASSIGN(const Branches branches, ports_.engine.log().branches(reader, state.stream));
  for (const auto& [origin, last] : work->second.claims) {
    std::erase_if(state.have, [&, whose = origin](const Head& head) {
      return branches.origin_of(head.origin) == whose;
    });
    std::erase_if(state.branches,
                  [whose = origin](const BranchHead& branch) { return branch.origin == whose; });
    if (last == Sequence::none) continue;
    const auto event = ports_.engine.log().read(reader, {state.stream, {origin, last}});
    if (!event.ok() && event.error().code == ErrorCode::compacted) continue;
    TRY(event);
    state.have.push_back({origin, last, shorten(event->chain)});
  }
  std::sort(state.have.begin(), state.have.end(),
            [](const Head& a, const Head& b) { return a.origin < b.origin; });
  return {};
}

// Of a stream in which we claim less than we have.
std::vector<Chunk> Initiator::claimed_of(const std::vector<Chunk>& chunks) const {
  std::vector<Chunk> claimed;
  for (const Chunk& chunk : chunks) {
    const auto work = work_.find(chunk.stream);
    if (work == work_.end() || work->second.claims.empty()) continue;
    claimed.push_back({chunk.stream, {}, chunk.chains});
  }
  return claimed;
}

// Stored at once: it shows where the search goes on. What turned out to be the same is claimed next
// time, and of an origin whose parting was found, all.
Result<void> Initiator::store_claimed(const std::vector<Chunk>& claimed) {
  TRY(store_held());
  auto snapshot = ports_.store.snapshot();
  for (const Chunk& chunk : claimed) {
    const auto work = work_.find(chunk.stream);
    if (work == work_.end()) continue;
    TRY_ASSIGN(StreamHead head, ports_.engine.log().head(*snapshot, chunk.stream));
    TRY_ASSIGN(const Branches branches, ports_.engine.log().branches(*snapshot, chunk.stream));
    for (const auto& [dot, chain] : chunk.chains) {
      const auto claim = work->second.claims.find(dot.origin);
      if (claim == work->second.claims.end()) continue;
      const OriginHead* ours = head.find(dot.origin);
      Result<StoredEvent> same = ports_.engine.log().read(*snapshot, {chunk.stream, dot});
      if (branches.is_forked(dot.origin) || !ours || dot.sequence >= ours->last || !same.ok() ||
          same->chain != chain) {
        work->second.claims.erase(claim);
      } else if (claim->second < dot.sequence) {
        claim->second = dot.sequence;
      } else {
        continue;
      }
      progress_ = true;
    }
  }
  return {};
}

}  // namespace genlock::replication
