// A snapshot: what a compacted log holds of a stream up to its floor (engine/stream_base.h), for a
// node that lacks some of it: a new one, one that lost its disk, or one that was away for too long.
// It travels as blocks of about 64 KiB that are known by the SHA-256 of their bytes, after a
// manifest that lists them; what comes after the floor follows as events do. Its bytes are a
// function of the events and the floor, and a block ends where its content says so: a receiver goes
// on after a cut with what it has, also with another peer, and when the floor has moved most blocks
// are still good.
//
//   whoever has it     make_manifest -> make_block ...         one block in memory
//   whoever lacks it   missing_blocks -> keep_blocks ... -> assemble -> Engine::install
//
// Space::local  "snapshot/" stream:16             manifest that is being fetched
//               "snapshot/" stream:16 hash:32     a block of it
#pragma once

#include "engine/event_log.h"
#include "engine/stream_base.h"
#include "replication/messages.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::replication {

struct SnapshotManifest {
  StreamId stream;
  // The last event of each origin inside the floor, ascending by origin.
  std::vector<Head> ends;
  std::vector<BlockRef> blocks;
  std::uint64_t events = 0;
  bool operator==(const SnapshotManifest&) const = default;

  VersionVector floor() const;
  std::uint64_t bytes() const;
};

// Canonical bytes. ERRORS of decode: corruption, too_large (limits.h).
std::string encode(const SnapshotManifest& manifest);
Result<SnapshotManifest> decode_manifest(std::string_view bytes);

struct SnapshotBlock {
  std::vector<KeptEvent> events;
  std::vector<RecordFacts> facts;
};
std::string encode(const SnapshotBlock& block);
// Checks what can be: that events are of `stream`, decode, and follow each other's hashes. ERRORS:
// corruption.
Result<SnapshotBlock> decode_block(StreamId stream, std::string_view bytes);

// --- who has it ---

// nullopt: the log of this stream is not compacted. O(what it keeps).
Result<std::optional<SnapshotManifest>> make_manifest(const EventLog& log, const Reader& reader,
                                                      StreamId stream);
// The block that begins where `block` says; nullopt: there is another one now. O(block), and all
// facts for a block of facts.
Result<std::optional<std::string>> make_block(const EventLog& log, const Reader& reader,
                                              StreamId stream, const BlockRef& block);

// --- who lacks it ---

// The manifest that is being fetched; nullopt: none.
Result<std::optional<SnapshotManifest>> fetched_manifest(const Reader& reader, StreamId stream);
// Is every event inside its floor here, as far as its hashes tell? O(origins).
Result<bool> is_here(const EventLog& log, const Reader& reader, const SnapshotManifest& manifest);
// Blocks of it that are not here yet, in its order.
Result<std::vector<BlockRef>> missing_blocks(const Reader& reader,
                                             const SnapshotManifest& manifest);
// From now on this one is fetched: blocks that are not in it are let go.
Result<void> keep_manifest(Overlay& overlay, const SnapshotManifest& manifest);
// ERRORS: corruption (not one of its blocks).
Result<void> keep_blocks(Overlay& overlay, const SnapshotManifest& manifest,
                         const std::vector<std::string>& blocks);
// REQUIRES: no block is missing. ERRORS: corruption.
Result<StreamBase> assemble(const Reader& reader, const SnapshotManifest& manifest);
// Manifest and blocks are let go.
Result<void> forget_snapshot(Overlay& overlay, StreamId stream);

}  // namespace genlock::replication
