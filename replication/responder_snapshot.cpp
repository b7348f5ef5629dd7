// Snapshots at the answering end (snapshot.h).
#include "replication/limits.h"
#include "replication/peers.h"
#include "replication/responder.h"
#include "replication/snapshot_receiver.h"

namespace genlock::replication {
namespace {

Error not_shared(StreamId stream) {
  return {ErrorCode::invalid_argument,
          "stream " + stream.to_string() + " is none that the two nodes share"};
}

}  // namespace

// Blocks as they are asked for; the manifest where that is what is asked for, or where a block is
// not there any more because the floor has moved.
Result<Message> Responder::answer(const Message& request, const SnapshotWish& wish) {
  TRY_ASSIGN(const Scope scope, scope_of(request));
  if (!scope.covers(wish.stream)) return not_shared(wish.stream);
  auto snapshot = ports_.store.snapshot();
  const EventLog& log = ports_.engine.log();
  SnapshotPart part{wish.stream, {}, {}};
  bool wants_manifest = wish.blocks.empty();
  std::size_t bytes = 0;
  for (const BlockRef& ref : wish.blocks) {
    if (bytes > 0 && bytes + ref.bytes > ports_.page_bytes) break;
    TRY_ASSIGN(auto block, make_block(log, *snapshot, wish.stream, ref));
    wants_manifest = wants_manifest || !block;
    if (!block) break;
    bytes += block->size();
    part.blocks.push_back(*std::move(block));
  }
  if (wants_manifest) {
    TRY_ASSIGN(const auto manifest, make_manifest(log, *snapshot, wish.stream));
    if (manifest) part.manifest = encode(*manifest);
    part.blocks.clear();  // they may be of another one
  }
  return reply(request, std::move(part));
}

Result<Message> Responder::answer(const Message& request, const SnapshotPart& part) {
  TRY_ASSIGN(const Scope scope, scope_of(request));
  if (!scope.covers(part.stream)) return not_shared(part.stream);
  SnapshotReceiver receiver(ports_, part.stream);
  TRY_ASSIGN(std::vector<BlockRef> missing, receiver.take(part));
  if (missing.empty()) {
    TRY(receiver.install(ports_.peers.find(request.node).value_or(PeerIdentity{})));
  }
  return reply(request, SnapshotWish{part.stream, std::move(missing)});
}

}  // namespace genlock::replication
