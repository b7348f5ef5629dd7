// Where one of both lacks events that the other has compacted: a snapshot first (snapshot.h), one
// stream after the other, then pages as ever.
#include "replication/initiator.h"
#include "replication/limits.h"
#include "replication/snapshot_receiver.h"
#include "replication/withdrawal.h"

#include <algorithm>

namespace genlock::replication {

using Snapshot = StreamWork::Snapshot;

Result<std::optional<Message>> Initiator::say_snapshot() {
  if (!snapshot_) {
    const auto next = std::ranges::find_if(
        work_, [](const auto& entry) { return entry.second.snapshot != Snapshot::none; });
    if (next == work_.end()) return std::optional<Message>{};
    TRY(store_held());
    snapshot_ = SnapshotWork{next->first, {}};
  }
  const StreamId stream = snapshot_->stream;
  return work_.at(stream).snapshot == Snapshot::pull ? say_wish(stream) : say_part(stream);
}

// The manifest first, then what is missing of it.
Result<std::optional<Message>> Initiator::say_wish(StreamId stream) {
  SnapshotWish wish{stream, {}};
  std::size_t bytes = 0;
  for (const BlockRef& block : snapshot_->blocks) {
    if (bytes > 0 && bytes + block.bytes > ports_.page_bytes) break;
    bytes += block.bytes;
    wish.blocks.push_back(block);
  }
  return std::optional<Message>(make_message(ports_, ++exchange_, scope_.ours, std::move(wish)));
}

Result<void> Initiator::hear(const Message&, const SnapshotPart& part) {
  if (!snapshot_ || part.stream != snapshot_->stream)
    return Error{ErrorCode::corruption, "a part of a snapshot out of turn"};
  SnapshotReceiver receiver(ports_, part.stream);
  Result<std::vector<BlockRef>> missing = receiver.take(part);
  if (!missing.ok()) {
    if (missing.error().code == ErrorCode::unavailable) return std::move(missing).error();
    snapshot_failed(part.stream, missing.error());
    return {};
  }
  // Nothing new twice in a row is a failure: of the peer, or of a floor that moves all the time.
  const bool moved = !part.blocks.empty() || snapshot_->blocks.empty();
  snapshot_->blocks = std::move(missing).value();
  if (!moved && ++work_.at(part.stream).tries >= limits::max_tries) {
    snapshot_failed(part.stream,
                    {ErrorCode::unavailable, "the peer sends no part of its snapshot"});
    return {};
  }
  progress_ = moved_ = true;
  idle_exchanges_ = 0;
  return snapshot_->blocks.empty() ? install(part.stream) : Result<void>{};
}

Result<void> Initiator::install(StreamId stream) {
  Result<IngestReport> installed = SnapshotReceiver(ports_, stream).install(peer_);
  if (!installed.ok()) {
    if (installed.error().code == ErrorCode::unavailable) return std::move(installed).error();
    snapshot_failed(stream, installed.error());
    return {};
  }
  report_.received_events += installed->stored;
  snapshot_.reset();
  StreamWork& work = work_.at(stream);
  work.snapshot = Snapshot::none;
  work.pull = work.push = true;  // what came after the floor, and what was written again
  return {};
}

// The manifest first, then what the peer lacks of it.
Result<std::optional<Message>> Initiator::say_part(StreamId stream) {
  auto reader = ports_.store.snapshot();
  SnapshotPart part{stream, {}, {}};
  if (!snapshot_->told) {
    TRY_ASSIGN(auto manifest, make_manifest(ports_.engine.log(), *reader, stream));
    if (!manifest) return Error{ErrorCode::corruption, "a floor that is none"};
    part.manifest = encode(*manifest);
    snapshot_->manifest = std::move(*manifest);
  } else {
    std::size_t bytes = 0;
    for (const BlockRef& ref : snapshot_->blocks) {
      if (bytes > 0 && bytes + ref.bytes > ports_.page_bytes) break;
      TRY_ASSIGN(auto block, make_block(ports_.engine.log(), *reader, stream, ref));
      if (!block) {  // compacted further meanwhile: tell anew
        snapshot_->told = false;
        return say_part(stream);
      }
      bytes += block->size();
      part.blocks.push_back(*std::move(block));
    }
  }
  return std::optional<Message>(make_message(ports_, ++exchange_, scope_.ours, std::move(part)));
}

Result<void> Initiator::hear(const Message&, const SnapshotWish& wish) {
  if (!snapshot_ || wish.stream != snapshot_->stream)
    return Error{ErrorCode::corruption, "a wish for a snapshot out of turn"};
  snapshot_->told = true;
  progress_ = moved_ = true;
  idle_exchanges_ = 0;
  StreamWork& work = work_.at(wish.stream);
  if (!wish.blocks.empty()) {
    const bool moved = wish.blocks != snapshot_->blocks;
    snapshot_->blocks = wish.blocks;
    if (!moved && ++work.tries >= limits::max_tries)
      snapshot_failed(wish.stream,
                      {ErrorCode::unavailable, "the peer takes no part of a snapshot"});
    return {};
  }
  report_.sent_events += snapshot_->manifest.events;
  snapshot_.reset();
  // What it has now shows when the rounds begin again: with a hello.
  work_.erase(wish.stream);
  return {};
}

// --- events that are not let in -----------------------------------------------------------------

// The peer does not let in what was sent to it. It takes them as they are written again, for which
// its door's cut has to be here first: with pages, or a snapshot where the peer has compacted.
Result<void> Initiator::hear_door(const Failure& failure) {
  if (++work_.at(failure.stream).tries >= limits::max_tries) {
    stream_failed(failure);
    return {};
  }
  TRY(store_held());
  const auto found = work_.find(failure.stream);
  if (found == work_.end()) return {};  // that failed
  StreamWork& work = found->second;
  const Result<std::uint64_t> written = withdraw(ports_, work.theirs, failure.door);
  if (!written.ok() && written.error().code == ErrorCode::unavailable)
    return std::move(written).error();
  progress_ = moved_ = true;
  work.push = written.ok();
  work.pull = work.pull || !written.ok();
  work.peer_refuses = !written.ok();
  work.peer_asks = failure.door;
  return break_deadlock(failure.stream);
}

// Ours: the peer is told so with the next request, and asked again. It can't do anything about it
// before it has what it is to build on: while that is on its way nothing counts as a try.
Result<void> Initiator::hear_own_refusal(const Failure& failure) {
  if (failure.code != ErrorCode::compacted) return hear_failure(failure);
  if (!work_.count(failure.stream)) return {};
  work_.at(failure.stream).we_refuse = true;
  const StreamWork& work = work_.at(failure.stream);
  if (!work.push && !work.peer_refuses) stream_failed(failure);
  return break_deadlock(failure.stream);
}

// Two who refuse each other's events: one of them gives way, the peer when it is told what is asked
// here.
Result<void> Initiator::break_deadlock(StreamId stream) {
  const auto found = work_.find(stream);
  if (found == work_.end() || !found->second.peer_refuses || !found->second.we_refuse) return {};
  found->second.peer_refuses = found->second.we_refuse = false;
  found->second.push = found->second.pull = true;
  progress_ = moved_ = true;
  TRY_ASSIGN(const bool yields, yields_to(ports_, stream, found->second.peer_asks));
  return yields ? give_way(ports_, stream) : Result<void>{};
}

// What is wrong with this snapshot stops its stream, not the others.
bool Initiator::refused_snapshot(const Refusal& refusal) {
  if (refusal.code != ErrorCode::corruption && refusal.code != ErrorCode::too_large &&
      refusal.code != ErrorCode::exists && refusal.code != ErrorCode::compacted)
    return false;
  snapshot_failed(snapshot_->stream, {refusal.code, refusal.message});
  return true;
}

void Initiator::snapshot_failed(StreamId stream, const Error& error) {
  snapshot_.reset();
  work_.at(stream).snapshot = Snapshot::none;
  stream_failed({stream, error.code, error.message});
}

}  // namespace genlock::replication
