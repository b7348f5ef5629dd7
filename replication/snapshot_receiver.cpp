#include "replication/snapshot_receiver.h"

#include "replication/peers.h"
#include "replication/stream_index.h"

namespace genlock::replication {

Result<std::vector<BlockRef>> SnapshotReceiver::take(const SnapshotPart& part) {
  std::vector<BlockRef> missing;
  TRY(ports_.committer.run([&](Overlay& overlay) { return keep(part, overlay, missing); }));
  return missing;
}

Result<void> SnapshotReceiver::keep(const SnapshotPart& part, Overlay& overlay,
                                    std::vector<BlockRef>& missing) {
  std::optional<SnapshotManifest> manifest;
  if (!part.manifest.empty()) {
    TRY_ASSIGN(manifest, decode_manifest(part.manifest));
    if (manifest->stream != stream_)
      return Error{ErrorCode::corruption, "a snapshot of another stream"};
    TRY_ASSIGN(const bool nothing_new, is_here(ports_.engine.log(), overlay, *manifest));
    if (nothing_new)
      return Error{ErrorCode::exists, "everything that is in this snapshot is here already"};
    TRY(keep_manifest(overlay, *manifest));
  } else {
    TRY_ASSIGN(manifest, fetched_manifest(overlay, stream_));
  }
  if (!manifest)
    return Error{ErrorCode::compacted,
                 "the peer dropped events that are missing here, and has no snapshot of them: sync "
                 "with another node, or restore a backup"};
  TRY(keep_blocks(overlay, *manifest, part.blocks));
  TRY_ASSIGN(missing, missing_blocks(overlay, *manifest));
  return {};
}

Result<IngestReport> SnapshotReceiver::install(const PeerIdentity& from) {
  IngestReport report;
  TRY(ports_.committer.run([&](Overlay& overlay) { return install(from, overlay, report); }));
  ports_.index.invalidate();
  ports_.observer.on_received(from, stream_, report);
  return report;
}

Result<void> SnapshotReceiver::install(const PeerIdentity& from, Overlay& overlay,
                                       IngestReport& report) {
  TRY_ASSIGN(const auto manifest, fetched_manifest(overlay, stream_));
  if (!manifest) return Error{ErrorCode::corruption, "a snapshot that was let go"};
  TRY_ASSIGN(const StreamBase base, assemble(overlay, *manifest));
  TRY_ASSIGN(const VersionVector shared, ports_.peers.shared(overlay, from.node, stream_));
  TRY(leave_older_state(base, overlay));
  TRY_ASSIGN(report, ports_.engine.install(base, shared, overlay));
  TRY(forget_snapshot(overlay, stream_));
  return ports_.peers.forget_shared(stream_, overlay);
}

// What has more of this node's own origin than the node itself: nothing is written under it any
// more.
Result<void> SnapshotReceiver::leave_older_state(const StreamBase& base, Overlay& overlay) {
  const OriginId self = ports_.engine.identity().origin;
  TRY_ASSIGN(const StreamHead head, ports_.engine.log().head(overlay, stream_));
  const std::uint64_t there = number(base.at.last_seen(self));
  const std::uint64_t here = number(head.vector().last_seen(self));
  if (there <= here) return {};
  return ports_.engine.renew_origin(self, {NoticeKind::rolled_back, {}, there - here}, overlay);
}

}  // namespace genlock::replication
