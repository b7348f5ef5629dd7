// Manifests and blocks <-> Cap'n Proto, canonical. Bytes here may come from outside.
#include "engine/event_codec.h"
#include "engine/limits.h"
#include "replication/limits.h"
#include "replication/snapshot.h"
#include "replication/wire_parts.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <numeric>

namespace genlock::replication {
namespace wire {

void put(protocol::BlockRef::Builder out, const BlockRef& block) {
  const bool has_facts = block.first_facts.table != TableId::none;
  out.setHash(kj::arrayPtr(block.hash.data(), block.hash.size()));
  out.setLength(block.bytes);
  put(out.initFirst(), has_facts ? block.first_facts.id.uuid : block.first.origin.uuid);
  out.setSequence(number(block.first.sequence));
  out.setTable(number(block.first_facts.table));
}

Result<BlockRef> read(protocol::BlockRef::Reader in) {
  BlockRef block;
  TRY_ASSIGN(block.hash, hash_of(in.getHash()));
  block.bytes = in.getLength();
  const Uuid first = uuid(in.getFirst());
  if (in.getTable() != 0)
    block.first_facts = {TableId{in.getTable()}, RecordId{first}};
  else
    block.first = {OriginId{first}, Sequence{in.getSequence()}};
  return block;
}

}  // namespace wire

namespace {

using namespace wire;
using wire::put;
using wire::read;

void put(capnp::List<protocol::Head>::Builder out, const VersionVector& vector) {
  capnp::uint i = 0;
  for (const VersionVector::Entry& entry : vector.entries()) {
    put(out[i].initOrigin(), entry.origin.uuid);
    out[i++].setLast(number(entry.last));
  }
}

Result<VersionVector> read(capnp::List<protocol::Head>::Reader in) {
  TRY(bounded(in, genlock::limits::max_context_entries, "origins"));
  VersionVector vector;
  for (auto entry : in) vector.raise(OriginId{uuid(entry.getOrigin())}, Sequence{entry.getLast()});
  return vector;
}

void put(protocol::SnapshotManifest::Builder out, const SnapshotManifest& manifest);
void put(protocol::SnapshotBlock::Builder out, const SnapshotBlock& block);

// Canonical: whoever encodes the same value gets the same bytes.
template <class Root, class Value>
std::string flat(const Value& value) {
  capnp::MallocMessageBuilder builder;
  put(builder.initRoot<Root>(), value);
  const kj::Array<capnp::word> words = capnp::canonicalize(builder.getRoot<Root>().asReader());
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

// `read_root` gets the root of canonical bytes.
template <class Root, class Answer>
Result<Answer> from_flat(std::string_view bytes,
                         Result<Answer> (*read_root)(typename Root::Reader)) {
  if (bytes.empty() || bytes.size() % 8 != 0) return malformed("its length");
  kj::Array<capnp::word> words = kj::heapArray<capnp::word>(bytes.size() / 8);
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  try {
    const kj::ArrayPtr<const capnp::word> segment = words;
    capnp::ReaderOptions options;
    options.traversalLimitInWords = 8 * words.size() + 1'024;
    options.nestingLimit = 16;
    capnp::SegmentArrayMessageReader reader({&segment, 1}, options);
    return read_root(reader.getRoot<Root>());
  } catch (const kj::Exception& exception) {
    return malformed(exception.getDescription().cStr());
  }
}

void put(protocol::SnapshotManifest::Builder out, const SnapshotManifest& manifest) {
  put(out.initStream(), manifest.stream.uuid);
  auto floor = out.initFloor(count(manifest.ends.size()));
  for (capnp::uint i = 0; i < floor.size(); ++i) put(floor[i], manifest.ends[i]);
  auto blocks = out.initBlocks(count(manifest.blocks.size()));
  for (capnp::uint i = 0; i < blocks.size(); ++i) put(blocks[i], manifest.blocks[i]);
  out.setEvents(manifest.events);
}

Result<SnapshotManifest> read_manifest(protocol::SnapshotManifest::Reader in) {
  SnapshotManifest manifest;
  manifest.stream.uuid = uuid(in.getStream());
  TRY(bounded(in.getFloor(), genlock::limits::max_context_entries, "origins"));
  for (auto entry : in.getFloor()) {
    TRY_ASSIGN(const Head end, read(entry));
    if (!manifest.ends.empty() && end.origin <= manifest.ends.back().origin)
      return malformed("origins out of order");
    manifest.ends.push_back(end);
  }
  if (in.getBlocks().size() > limits::max_snapshot_blocks)
    return Error{ErrorCode::too_large, "a snapshot of too many blocks"};
  for (auto entry : in.getBlocks()) {
    TRY_ASSIGN(BlockRef block, read(entry));
    manifest.blocks.push_back(block);
  }
  manifest.events = in.getEvents();
  if (manifest.bytes() > limits::max_snapshot_bytes)
    return Error{ErrorCode::too_large, "a snapshot of too many bytes"};
  if (manifest.ends.empty() || manifest.blocks.empty()) return malformed("an empty snapshot");
  return manifest;
}

// Is the second the next one of the first one's origin?
bool follows(const KeptEvent& before, const KeptEvent& event) {
  return before.dot.origin == event.dot.origin && next(before.dot.sequence) == event.dot.sequence;
}

void put(protocol::SnapshotBlock::Builder out, const SnapshotBlock& block) {
  auto events = out.initEvents(count(block.events.size()));
  for (capnp::uint i = 0; i < events.size(); ++i) {
    const KeptEvent& event = block.events[i];
    events[i].setBytes(data(event.bytes));
    events[i].setChain(kj::arrayPtr(event.chain.data(), event.chain.size()));
    if (i > 0 && follows(block.events[i - 1], event)) continue;
    put(events[i].initContext(count(event.context.entries().size())), event.context);
  }
  auto facts = out.initFacts(count(block.facts.size()));
  for (capnp::uint i = 0; i < facts.size(); ++i) {
    facts[i].setTable(number(block.facts[i].key.table));
    put(facts[i].initRecord(), block.facts[i].key.id.uuid);
    facts[i].setBytes(data(encode(block.facts[i])));
  }
}

Result<KeptEvent> read_event(protocol::KeptEvent::Reader in, const KeptEvent* before) {
  KeptEvent kept;
  kept.bytes = bytes_of(in.getBytes());
  TRY_ASSIGN(kept.chain, hash_of(in.getChain()));
  TRY_ASSIGN(const Event event, decode(kept.bytes));
  kept.dot = event.dot;
  if (before && follows(*before, kept)) {
    if (chain_hash(before->chain, kept.bytes) != kept.chain)
      return malformed("an event that does not follow the one before it");
    kept.context = before->context;
    kept.context.raise(before->dot.origin, before->dot.sequence);
    for (const ContextEntry& entry : event.context_delta)
      kept.context.raise(entry.origin, entry.last);
  } else {
    TRY_ASSIGN(kept.context, read(in.getContext()));
  }
  return kept;
}

Result<SnapshotBlock> read_block(protocol::SnapshotBlock::Reader in) {
  SnapshotBlock block;
  for (auto entry : in.getEvents()) {
    TRY_ASSIGN(KeptEvent event,
               read_event(entry, block.events.empty() ? nullptr : &block.events.back()));
    block.events.push_back(std::move(event));
  }
  for (auto entry : in.getFacts()) {
    const RecordKey key{TableId{entry.getTable()}, RecordId{uuid(entry.getRecord())}};
    TRY_ASSIGN(RecordFacts facts, decode_facts(key, bytes_of(entry.getBytes())));
    block.facts.push_back(std::move(facts));
  }
  return block;
}

}  // namespace

VersionVector SnapshotManifest::floor() const {
  VersionVector floor;
  for (const Head& end : ends) floor.raise(end.origin, end.last);
  return floor;
}

std::uint64_t SnapshotManifest::bytes() const {
  return std::accumulate(
      blocks.begin(), blocks.end(), std::uint64_t{0},
      [](std::uint64_t sum, const BlockRef& block) { return sum + block.bytes; });
}

std::string encode(const SnapshotManifest& manifest) {
  return flat<protocol::SnapshotManifest>(manifest);
}
Result<SnapshotManifest> decode_manifest(std::string_view bytes) {
  return from_flat<protocol::SnapshotManifest>(bytes, read_manifest);
}
std::string encode(const SnapshotBlock& block) { return flat<protocol::SnapshotBlock>(block); }

Result<SnapshotBlock> decode_block(StreamId stream, std::string_view bytes) {
  TRY_ASSIGN(SnapshotBlock block, from_flat<protocol::SnapshotBlock>(bytes, read_block));
  for (const KeptEvent& event : block.events) {
    TRY_ASSIGN(const EventHeader header, decode_header(event.bytes));
    if (header.stream != stream) return malformed("an event of another stream");
  }
  return block;
}

}  // namespace genlock::replication
