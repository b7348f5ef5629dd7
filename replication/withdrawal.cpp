#include "replication/withdrawal.h"

#include "engine/promises.h"
#include "engine/withdrawn.h"
#include "replication/peer_vector.h"
#include "replication/peers.h"
#include "replication/stream_index.h"

namespace genlock::replication {

Result<std::uint64_t> withdraw(SessionPorts& ports, const StreamState& theirs, const Door& door) {
  std::uint64_t count = 0;
  const auto job = [&](Overlay& overlay) -> Result<void> {
    const EventLog& log = ports.engine.log();
    TRY_ASSIGN(const StreamHead head, log.head(overlay, theirs.stream));
    TRY_ASSIGN(const PeerVector peer, read_peer_vector(log, overlay, head, theirs));
    TRY_ASSIGN(const Branches branches, log.branches(overlay, theirs.stream));
    if (peer.has_more && !branches.empty())
      return Error{ErrorCode::gap, "what others went on with is not here yet"};
    TRY_ASSIGN(count, ports.engine.withdraw(theirs.stream, peer.seen, door, overlay));
    return count > 0 ? ports.peers.forget_shared(theirs.stream, overlay) : Result<void>{};
  };
  TRY(ports.committer.run(job));
  if (count > 0) ports.index.invalidate();
  return count;
}

Result<bool> yields_to(SessionPorts& ports, StreamId stream, const Door& theirs) {
  const auto snapshot = ports.store.snapshot();
  TRY_ASSIGN(const Door ours, ports.engine.door(*snapshot, stream));
  return !ours.cut.empty() && gives_way(ours.cut, theirs.cut);
}

Result<void> give_way(SessionPorts& ports, StreamId stream) {
  return ports.committer.run([&](Overlay& overlay) -> Result<void> {
    forget_withdrawn_door(overlay, stream);
    return ports.engine.renew_origin(ports.engine.identity().origin, {.reason = NoticeKind::none},
                                     overlay);
  });
}

}  // namespace genlock::replication
