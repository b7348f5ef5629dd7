// Message -> Cap'n Proto -> frame.
#include "replication/failure_code.h"
#include "replication/frame.h"
#include "replication/wire.h"
#include "replication/wire_parts.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

namespace genlock::replication {
namespace {

using namespace wire;
using wire::put;

void put(protocol::Digest::Builder out, const Digest& digest) {
  out.setHigh(digest.high);
  out.setLow(digest.low);
}
// capnp::Text wants a zero behind the text, which std::string has.
kj::StringPtr text(const std::string& s) { return {s.c_str(), s.size()}; }

void put(protocol::Subscription::Builder out, const Subscription& subscription) {
  out.setEverything(subscription.everything);
  auto listed = out.initListed(count(subscription.listed.size()));
  for (capnp::uint i = 0; i < listed.size(); ++i) put(listed[i], subscription.listed[i].uuid);
}

void put(capnp::List<protocol::StreamState>::Builder out, const std::vector<StreamState>& streams) {
  for (capnp::uint i = 0; i < out.size(); ++i) {
    put(out[i].initStream(), streams[i].stream.uuid);
    if (streams[i].state != Digest{}) put(out[i].initState(), streams[i].state);
    auto have = out[i].initHave(count(streams[i].have.size()));
    for (capnp::uint k = 0; k < have.size(); ++k) put(have[k], streams[i].have[k]);
    if (streams[i].branches.empty()) continue;
    auto branches = out[i].initBranches(count(streams[i].branches.size()));
    for (capnp::uint k = 0; k < branches.size(); ++k) {
      const BranchHead& branch = streams[i].branches[k];
      put(branches[k].initName(), branch.name.uuid);
      put(branches[k].initOrigin(), branch.origin.uuid);
      branches[k].setDepth(branch.depth);
      branches[k].setHash(word_of(branch.hash.data()));
    }
  }
}

void put(protocol::Hello::Builder out, const Hello& hello) {
  out.setProtocol(hello.protocol);
  out.setRole(static_cast<std::uint8_t>(hello.role));
  out.setClockSuspect(hello.clock_suspect);
  out.setSchema(hello.schema);
  out.setFold(hello.fold);
  out.setClockMs(hello.clock_ms);
  out.setName(text(hello.name));
  out.setSoftware(text(hello.software));
  out.setStreamCount(hello.stream_count);
  put(out.initHeads(), hello.heads);
  put(out.initStates(), hello.states);
  put(out.initKnownSubscription(), hello.known_subscription);
  if (hello.own_subscription) put(out.initOwnSubscription(), *hello.own_subscription);
  out.setUnknownSubscription(hello.unknown_subscription);
}

void put(protocol::Compare::Builder out, const Compare& compare) {
  out.setBits(compare.bits);
  auto heads = out.initHeads(count(compare.heads.size()));
  for (capnp::uint i = 0; i < heads.size(); ++i) heads.set(i, compare.heads[i]);
  auto states = out.initStates(count(compare.states.size()));
  for (capnp::uint i = 0; i < states.size(); ++i) states.set(i, compare.states[i]);
  put(out.initAfter(), compare.after.uuid);
}

void put(protocol::States::Builder out, const States& states) {
  auto differing = out.initDiffering(count(states.differing.size()));
  for (capnp::uint i = 0; i < differing.size(); ++i) differing.set(i, states.differing[i]);
  put(out.initStreams(count(states.streams.size())), states.streams);
  out.setMore(states.more);
}

void put_paths(protocol::Chunk::Builder out, const Chunk& chunk) {
  if (chunk.paths.empty()) return;
  auto paths = out.initPaths(count(chunk.paths.size()));
  for (capnp::uint i = 0; i < paths.size(); ++i) {
    const auto& [name, start] = chunk.paths[i];
    put(paths[i].initOrigin(), name.uuid);
    paths[i].setValue(kj::arrayPtr(start.data(), start.size()));
  }
  auto path_of = out.initPathOf(count(chunk.path_of.size()));
  for (capnp::uint i = 0; i < path_of.size(); ++i) path_of.set(i, chunk.path_of[i]);
}

void put(protocol::Chunk::Builder out, const Chunk& chunk) {
  put(out.initStream(), chunk.stream.uuid);
  std::size_t bytes = 0;
  auto lengths = out.initLengths(count(chunk.events.size()));
  for (capnp::uint i = 0; i < lengths.size(); ++i) {
    CHECK(chunk.events[i].size() % 8 == 0, chunk.events[i].size());
    lengths.set(i, static_cast<std::uint32_t>(chunk.events[i].size() / 8));
    bytes += chunk.events[i].size();
  }
  capnp::byte* at = out.initBytes(count(bytes)).begin();
  for (const std::string& event : chunk.events) at = std::copy(event.begin(), event.end(), at);
  put_paths(out, chunk);
  auto chains = out.initChains(count(chunk.chains.size()));
  for (capnp::uint i = 0; i < chains.size(); ++i) {
    const auto& [dot, value] = chunk.chains[i];
    put(chains[i].initOrigin(), dot.origin.uuid);
    chains[i].setSequence(number(dot.sequence));
    chains[i].setValue(kj::arrayPtr(value.data(), value.size()));
  }
}

void put(protocol::Failure::Builder out, const Door& door) {
  if (door.cut.empty()) return;
  const auto& entries = door.cut.entries();
  auto cut = out.initCut(count(entries.size()));
  for (capnp::uint i = 0; i < cut.size(); ++i) {
    put(cut[i].initOrigin(), entries[i].origin.uuid);
    cut[i].setLast(number(entries[i].last));
  }
  auto with = out.initWith(count(door.with.size()));
  for (capnp::uint i = 0; i < with.size(); ++i) put(with[i], door.with[i].uuid);
}

void put(protocol::Exchange::Builder out, const Exchange& exchange) {
  auto chunks = out.initChunks(count(exchange.chunks.size()));
  for (capnp::uint i = 0; i < chunks.size(); ++i) put(chunks[i], exchange.chunks[i]);
  put(out.initWants(count(exchange.wants.size())), exchange.wants);
  put(out.initAcknowledged(count(exchange.acknowledged.size())), exchange.acknowledged);
  auto failures = out.initFailures(count(exchange.failures.size()));
  for (capnp::uint i = 0; i < failures.size(); ++i) {
    put(failures[i].initStream(), exchange.failures[i].stream.uuid);
    failures[i].setCode(number_of(exchange.failures[i].code));
    failures[i].setMessage(text(exchange.failures[i].message));
    put(failures[i], exchange.failures[i].door);
  }
  out.setMore(exchange.more);
  out.setBudgetBytes(exchange.budget_bytes);
  out.setHolding(exchange.holding);
}

void put(protocol::Wait::Builder out, const Wait& wait) {
  put(out.initHeads(), wait.heads);
  auto except = out.initExcept(count(wait.except.size()));
  for (capnp::uint i = 0; i < except.size(); ++i) put(except[i], wait.except[i].uuid);
}

void put(protocol::Refusal::Builder out, const Refusal& refusal) {
  out.setCode(number_of(refusal.code));
  out.setMessage(text(refusal.message));
}

void put(protocol::CatalogWish::Builder out, const CatalogWish& wish) {
  put(out.initAfter(), wish.after.uuid);
}

void put(protocol::Catalog::Builder out, const CatalogPage& page) {
  auto entries = out.initEntries(count(page.entries.size()));
  for (capnp::uint i = 0; i < entries.size(); ++i) {
    const CatalogEntry& entry = page.entries[i];
    put(entries[i].initProduction(), entry.production.uuid);
    entries[i].setLabel(text(entry.label));
    entries[i].setClient(text(entry.client));
    entries[i].setShowName(text(entry.show_name));
    entries[i].setStatus(text(entry.status));
    if (entry.load_in_ms) entries[i].setLoadInMs(*entry.load_in_ms);
    if (entry.load_out_ms) entries[i].setLoadOutMs(*entry.load_out_ms);
    entries[i].setEvents(entry.events);
    entries[i].setBytes(entry.bytes);
  }
  out.setMore(page.more);
}

void put(protocol::SnapshotWish::Builder out, const SnapshotWish& wish) {
  put(out.initStream(), wish.stream.uuid);
  auto blocks = out.initBlocks(count(wish.blocks.size()));
  for (capnp::uint i = 0; i < blocks.size(); ++i) put(blocks[i], wish.blocks[i]);
}

void put(protocol::SnapshotPart::Builder out, const SnapshotPart& part) {
  put(out.initStream(), part.stream.uuid);
  if (!part.manifest.empty()) out.setManifest(data(part.manifest));
  auto blocks = out.initBlocks(count(part.blocks.size()));
  for (capnp::uint i = 0; i < blocks.size(); ++i) blocks.set(i, data(part.blocks[i]));
}

struct BodyWriter {
  protocol::Message::Builder out;
  void operator()(const Hello& body) { put(out.initHello(), body); }
  void operator()(const Compare& body) { put(out.initCompare(), body); }
  void operator()(const States& body) { put(out.initStates(), body); }
  void operator()(const Exchange& body) { put(out.initExchangePage(), body); }
  void operator()(const Wait& body) { put(out.initWait(), body); }
  void operator()(const Refusal& body) { put(out.initRefusal(), body); }
  void operator()(const CatalogWish& body) { put(out.initCatalogWish(), body); }
  void operator()(const CatalogPage& body) { put(out.initCatalog(), body); }
  void operator()(const SnapshotWish& body) { put(out.initSnapshotWish(), body); }
  void operator()(const SnapshotPart& body) { put(out.initSnapshotPart(), body); }
};

std::size_t first_segment_words(const Message& message) {
  std::size_t bytes = 4096;
  if (const auto* exchange = std::get_if<Exchange>(&message.body))
    for (const Chunk& chunk : exchange->chunks)
      for (const std::string& event : chunk.events) bytes += event.size() + 4;
  if (const auto* part = std::get_if<SnapshotPart>(&message.body))
    for (const std::string& block : part->blocks) bytes += block.size() + 16;
  return bytes / 8;
}

}  // namespace

std::string encode(const Message& message) {
  capnp::MallocMessageBuilder builder(count(first_segment_words(message)));
  auto out = builder.initRoot<protocol::Message>();
  out.setExchange(message.exchange);
  put(out.initNode(), message.node.uuid);
  put(out.initOrigin(), message.origin.uuid);
  put(out.initSubscription(), message.subscription);
  std::visit(BodyWriter{out}, message.body);
  kj::Array<capnp::word> flat = capnp::messageToFlatArray(builder);
  auto bytes = flat.asBytes();
  return seal({reinterpret_cast<const char*>(bytes.begin()), bytes.size()});
}

}  // namespace genlock::replication
