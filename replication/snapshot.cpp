#include "replication/snapshot.h"

#include "engine/check.h"
#include "engine/event_codec.h"
#include "replication/limits.h"
#include "replication/peer_vector.h"

#include <algorithm>
#include <functional>
#include <set>

namespace genlock::replication {
namespace {

// Where content says that a block ends.
bool ends_block(std::uint8_t first_byte) { return (first_byte & 0x7f) == 0; }

BlockRef ref_to(const SnapshotBlock& block, const std::string& bytes) {
  BlockRef ref{chain_hash({}, bytes), static_cast<std::uint32_t>(bytes.size()), {}, {}};
  if (block.events.empty())
    ref.first_facts = block.facts.front().key;
  else
    ref.first = block.events.front().dot;
  return ref;
}

// Takes a block; false: enough.
using Take = std::function<bool(const SnapshotBlock& block)>;

// The events of one origin from `first` on, cut into blocks.
Result<bool> cut_events(const EventLog& log, const Reader& reader, StreamId stream,
                        const EventRange& range, const Take& take) {
  SnapshotBlock block;
  std::size_t bytes = 0;
  bool wants_more = true;
  Result<void> outcome;
  const auto visit = [&](const EventId& id, const StoredEvent& stored) {
    Result<VersionVector> context = log.context_of(reader, id);
    if (!context.ok()) {
      outcome = std::move(context).error();
      return false;
    }
    block.events.push_back({id.dot, stored.bytes, std::move(context).value(), stored.chain});
    bytes += stored.bytes.size();
    if (!ends_block(stored.chain.front()) && bytes < limits::max_block_bytes) return true;
    wants_more = take(block);
    block = {};
    bytes = 0;
    return wants_more;
  };
  TRY(log.read_kept(reader, stream, range, visit));
  TRY(outcome);
  if (wants_more && !block.events.empty()) wants_more = take(block);
  return wants_more;
}

// The facts from `first` on, cut into blocks.
Result<void> cut_facts(const EventLog& log, const Reader& reader, StreamId stream,
                       const RecordKey& first, const Take& take) {
  TRY_ASSIGN(std::vector<RecordFacts> all, log.all_facts(reader, stream));
  SnapshotBlock block;
  std::size_t bytes = 0;
  for (RecordFacts& facts : all) {
    if (facts.key < first) continue;
    const bool ends = ends_block(facts.key.id.uuid.bytes.back());
    bytes += encode(facts).size();
    block.facts.push_back(std::move(facts));
    if (!ends && bytes < limits::max_block_bytes) continue;
    if (!take(block)) return {};
    block = {};
    bytes = 0;
  }
  if (!block.facts.empty()) take(block);
  return {};
}

std::string manifest_key(StreamId stream) { return "snapshot/" + std::string(stream.view()); }
std::string block_key(StreamId stream, const ChainHash& hash) {
  return manifest_key(stream).append(hash.begin(), hash.end());
}

Result<void> erase_blocks(Overlay& overlay, StreamId stream, const std::set<std::string>& but) {
  std::vector<std::string> gone;
  TRY(overlay.scan_prefix(Space::local, manifest_key(stream),
                          [&](std::string_view key, std::string_view) {
                            std::string found(key);
                            if (!but.contains(found)) gone.push_back(std::move(found));
                            return true;
                          }));
  for (std::string& key : gone) overlay.erase(Space::local, std::move(key));
  return {};
}

Error damaged(StreamId stream) {
  return {ErrorCode::corruption, "a damaged snapshot of stream " + stream.to_string()};
}

}  // namespace

Result<std::optional<SnapshotManifest>> make_manifest(const EventLog& log, const Reader& reader,
                                                      StreamId stream) {
  SnapshotManifest manifest{stream, {}, {}, 0};
  TRY_ASSIGN(const VersionVector floor, log.floor(reader, stream));
  if (floor.empty()) return std::optional<SnapshotManifest>{};
  const Take add = [&](const SnapshotBlock& block) {
    manifest.blocks.push_back(ref_to(block, encode(block)));
    manifest.events += block.events.size();
    return true;
  };
  for (const VersionVector::Entry& entry : floor.entries()) {
    TRY_ASSIGN(const StoredEvent end, log.read(reader, {stream, {entry.origin, entry.last}}));
    manifest.ends.push_back({entry.origin, entry.last, shorten(end.chain)});
    TRY(cut_events(log, reader, stream, {entry.origin, Sequence{1}, entry.last}, add));
  }
  TRY(cut_facts(log, reader, stream, {}, add));
  if (manifest.blocks.size() > limits::max_snapshot_blocks ||
      manifest.bytes() > limits::max_snapshot_bytes)
    return Error{ErrorCode::too_large,
                 "stream " + stream.to_string() +
                     " is too large for a snapshot: copy a backup to the node that needs it"};
  return std::optional(std::move(manifest));
}

Result<std::optional<std::string>> make_block(const EventLog& log, const Reader& reader,
                                              StreamId stream, const BlockRef& ref) {
  std::optional<std::string> found;
  const Take take_first = [&](const SnapshotBlock& block) {
    std::string bytes = encode(block);
    if (ref_to(block, bytes) == ref) found = std::move(bytes);
    return false;
  };
  if (ref.first_facts.table != TableId::none) {
    TRY(cut_facts(log, reader, stream, ref.first_facts, take_first));
    return found;
  }
  TRY_ASSIGN(const VersionVector floor, log.floor(reader, stream));
  if (!floor.contains(ref.first)) return found;
  TRY(cut_events(log, reader, stream,
                 {ref.first.origin, ref.first.sequence, floor.last_seen(ref.first.origin)},
                 take_first));
  return found;
}

Result<std::optional<SnapshotManifest>> fetched_manifest(const Reader& reader, StreamId stream) {
  TRY_ASSIGN(const auto bytes, reader.get(Space::local, manifest_key(stream)));
  if (!bytes) return std::optional<SnapshotManifest>{};
  TRY_ASSIGN(SnapshotManifest manifest, decode_manifest(*bytes));
  return std::optional(std::move(manifest));
}

Result<bool> is_here(const EventLog& log, const Reader& reader, const SnapshotManifest& manifest) {
  TRY_ASSIGN(const StreamHead head, log.head(reader, manifest.stream));
  TRY_ASSIGN(const PeerVector there,
             read_peer_vector(log, reader, head, {manifest.stream, manifest.ends, {}}));
  return !there.has_more;
}

Result<std::vector<BlockRef>> missing_blocks(const Reader& reader,
                                             const SnapshotManifest& manifest) {
  std::vector<BlockRef> missing;
  for (const BlockRef& block : manifest.blocks) {
    TRY_ASSIGN(const auto bytes, reader.get(Space::local, block_key(manifest.stream, block.hash)));
    if (!bytes) missing.push_back(block);
  }
  return missing;
}

Result<void> keep_manifest(Overlay& overlay, const SnapshotManifest& manifest) {
  std::set<std::string> needed;
  for (const BlockRef& block : manifest.blocks)
    needed.insert(block_key(manifest.stream, block.hash));
  TRY(erase_blocks(overlay, manifest.stream, needed));
  overlay.put(Space::local, manifest_key(manifest.stream), encode(manifest));
  return {};
}

Result<void> keep_blocks(Overlay& overlay, const SnapshotManifest& manifest,
                         const std::vector<std::string>& blocks) {
  for (const std::string& bytes : blocks) {
    const ChainHash hash = chain_hash({}, bytes);
    if (std::ranges::find(manifest.blocks, hash, &BlockRef::hash) == manifest.blocks.end())
      return damaged(manifest.stream);
    overlay.put(Space::local, block_key(manifest.stream, hash), bytes);
  }
  return {};
}

Result<StreamBase> assemble(const Reader& reader, const SnapshotManifest& manifest) {
  StreamBase base;
  base.stream = manifest.stream;
  base.at = manifest.floor();
  std::vector<std::pair<HybridTime, KeptEvent>> events;
  for (const BlockRef& ref : manifest.blocks) {
    TRY_ASSIGN(const auto bytes, reader.get(Space::local, block_key(manifest.stream, ref.hash)));
    CHECK(bytes.has_value());
    TRY_ASSIGN(SnapshotBlock block, decode_block(manifest.stream, *bytes));
    for (KeptEvent& event : block.events) {
      TRY_ASSIGN(const EventHeader header, decode_header(event.bytes));
      events.emplace_back(header.time, std::move(event));
    }
    std::ranges::move(block.facts, std::back_inserter(base.facts));
  }
  if (events.size() != manifest.events) return damaged(manifest.stream);
  std::ranges::sort(events, {}, [](const auto& entry) {
    return std::pair(entry.first, entry.second.dot.origin);
  });
  for (auto& [time, event] : events) base.events.push_back(std::move(event));
  return base;
}

Result<void> forget_snapshot(Overlay& overlay, StreamId stream) {
  return erase_blocks(overlay, stream, {});
}

}  // namespace genlock::replication
