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
    TRY_ASSIGN(const StreamHead head, ports_.engine.log().head(overlay, stream_));
    if (head.vector().includes(manifest->floor))
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
  TRY(ports_.committer.run([&](Overlay& overlay) { return install(overlay, report); }));
  ports_.index.invalidate();
  ports_.observer.on_received(from, stream_, report);
  return report;
}

Result<void> SnapshotReceiver::install(Overlay& overlay, IngestReport& report) {
  TRY_ASSIGN(const auto manifest, fetched_manifest(overlay, stream_));
  if (!manifest) return Error{ErrorCode::corruption, "a snapshot that was let go"};
  TRY_ASSIGN(const StreamBase base, assemble(overlay, *manifest));
  TRY_ASSIGN(report, ports_.engine.install(base, overlay));
  TRY(forget_snapshot(overlay, stream_));
  return ports_.peers.forget_shared(stream_, overlay);
}

}  // namespace genlock::replication
