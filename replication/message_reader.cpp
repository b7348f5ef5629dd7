// Frame -> Cap'n Proto -> Message. Bytes here come from outside: every count is bounded before
// memory is taken for it, and Cap'n Proto's exceptions end here.
#include "replication/failure_code.h"
#include "replication/frame.h"
#include "replication/limits.h"
#include "replication/wire.h"
#include "replication/wire_parts.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace genlock::replication {
namespace {

using namespace wire;
using wire::read;

Digest digest(protocol::Digest::Reader in) { return {in.getHigh(), in.getLow()}; }

std::string text(capnp::Text::Reader in) {
  return std::string(in.begin(), std::min<std::size_t>(in.size(), limits::max_peer_text_bytes));
}

// True where each element is greater than the one before.
template <class Items, class Key>
bool ascending(const Items& items, Key key) {
  return std::adjacent_find(items.begin(), items.end(), [&](const auto& a, const auto& b) {
           return !(key(a) < key(b));
         }) == items.end();
}

Result<Subscription> read(protocol::Subscription::Reader in) {
  Subscription subscription;
  subscription.everything = in.getEverything();
  TRY(bounded(in.getListed(), limits::max_subscriptions, "subscriptions"));
  subscription.listed.reserve(in.getListed().size());
  for (auto id : in.getListed()) subscription.listed.push_back(StreamId{uuid(id)});
  if (!ascending(subscription.listed, [](StreamId id) { return id; }))
    return malformed("subscriptions out of order");
  return subscription;
}

Result<StreamState> read(protocol::StreamState::Reader in) {
  StreamState state;
  state.stream.uuid = uuid(in.getStream());
  state.state = digest(in.getState());
  TRY(bounded(in.getHave(), genlock::limits::max_context_entries, "origins in a stream"));
  state.have.reserve(in.getHave().size());
  for (auto entry : in.getHave()) {
    TRY_ASSIGN(const Head head, read(entry));
    state.have.push_back(head);
  }
  if (!ascending(state.have, [](const Head& head) { return head.origin; }))
    return malformed("origins out of order");
  TRY(bounded(in.getBranches(), genlock::limits::max_context_entries, "branches of a stream"));
  for (auto entry : in.getBranches()) {
    BranchHead branch{
        OriginId{uuid(entry.getName())}, OriginId{uuid(entry.getOrigin())}, entry.getDepth(), {}};
    std::uint64_t hash = entry.getHash();
    std::memcpy(branch.hash.data(), &hash, 8);
    if (branch.depth > std::uint64_t{1} << 48) return malformed("a branch");
    state.branches.push_back(branch);
  }
  return state;
}

Result<std::vector<StreamState>> read(capnp::List<protocol::StreamState>::Reader in) {
  TRY(bounded(in, limits::max_streams_in_message, "streams"));
  std::vector<StreamState> states;
  states.reserve(in.size());
  for (auto stream : in) {
    TRY_ASSIGN(StreamState state, read(stream));
    states.push_back(std::move(state));
  }
  return states;
}

Result<Hello> read(protocol::Hello::Reader in) {
  Hello hello;
  hello.protocol = in.getProtocol();
  hello.role = in.getRole() == 1 ? Role::cloud : Role::lan;
  hello.clock_suspect = in.getClockSuspect();
  hello.schema = in.getSchema();
  hello.fold = in.getFold();
  hello.clock_ms = in.getClockMs();
  hello.name = text(in.getName());
  hello.software = text(in.getSoftware());
  hello.stream_count = in.getStreamCount();
  hello.heads = digest(in.getHeads());
  hello.states = digest(in.getStates());
  hello.known_subscription = digest(in.getKnownSubscription());
  hello.unknown_subscription = in.getUnknownSubscription();
  if (in.hasOwnSubscription()) {
    TRY_ASSIGN(hello.own_subscription, read(in.getOwnSubscription()));
  }
  return hello;
}

Result<Compare> read(protocol::Compare::Reader in) {
  Compare compare;
  compare.bits = in.getBits();
  if (compare.bits > 10) return malformed("too many buckets");
  std::size_t count = std::size_t{1} << compare.bits;
  if (in.getHeads().size() != count || in.getStates().size() != count)
    return malformed("buckets are missing");
  for (std::uint64_t n : in.getHeads()) compare.heads.push_back(n);
  for (std::uint64_t n : in.getStates()) compare.states.push_back(n);
  compare.after.uuid = uuid(in.getAfter());
  return compare;
}

Result<States> read(protocol::States::Reader in) {
  States states;
  TRY(bounded(in.getDiffering(), 1024, "buckets"));
  for (std::uint16_t bucket : in.getDiffering()) states.differing.push_back(bucket);
  TRY_ASSIGN(states.streams, read(in.getStreams()));
  states.more = in.getMore();
  if (!ascending(states.differing, [](std::uint16_t n) { return n; }))
    return malformed("buckets out of order");
  if (!ascending(states.streams, [](const StreamState& s) { return s.stream; }))
    return malformed("streams out of order");
  if (states.more && states.streams.empty()) return malformed("more, after nothing");
  return states;
}

Result<void> read_events(protocol::Chunk::Reader in, Chunk& chunk) {
  auto bytes = in.getBytes();
  std::size_t at = 0;
  chunk.events.reserve(in.getLengths().size());
  for (std::uint32_t words : in.getLengths()) {
    std::size_t size = std::size_t{words} * 8;
    if (size == 0 || size > bytes.size() - at) return malformed("lengths of events");
    chunk.events.emplace_back(reinterpret_cast<const char*>(bytes.begin()) + at, size);
    at += size;
  }
  if (at != bytes.size()) return malformed("bytes after the last event");
  return {};
}

Result<void> read_paths(protocol::Chunk::Reader in, Chunk& chunk) {
  TRY(bounded(in.getPaths(), genlock::limits::max_context_entries, "paths"));
  for (auto entry : in.getPaths()) {
    TRY_ASSIGN(ChainHash start, hash_of(entry.getValue()));
    chunk.paths.emplace_back(OriginId{uuid(entry.getOrigin())}, start);
  }
  const std::size_t wanted = chunk.paths.empty() ? 0 : chunk.events.size();
  if (in.getPathOf().size() != wanted) return malformed("paths of events");
  chunk.path_of.reserve(wanted);
  for (std::uint16_t path : in.getPathOf()) {
    if (path >= chunk.paths.size()) return malformed("the path of an event");
    chunk.path_of.push_back(path);
  }
  return {};
}

Result<Chunk> read(protocol::Chunk::Reader in) {
  Chunk chunk;
  chunk.stream.uuid = uuid(in.getStream());
  TRY(read_events(in, chunk));
  TRY(bounded(in.getChains(), genlock::limits::max_context_entries, "chains"));
  for (auto entry : in.getChains()) {
    Dot dot{OriginId{uuid(entry.getOrigin())}, Sequence{entry.getSequence()}};
    TRY_ASSIGN(ChainHash value, hash_of(entry.getValue()));
    chunk.chains.emplace_back(dot, value);
  }
  TRY(read_paths(in, chunk));
  return chunk;
}

Result<Door> read_door(protocol::Failure::Reader in) {
  Door door;
  TRY(bounded(in.getCut(), genlock::limits::max_context_entries, "origins in a cut"));
  TRY(bounded(in.getWith(), genlock::limits::max_context_entries, "members"));
  for (auto entry : in.getCut()) {
    if (entry.getLast() == 0 || entry.getLast() > std::uint64_t{1} << 48)
      return malformed("a sequence");
    door.cut.raise(OriginId{uuid(entry.getOrigin())}, Sequence{entry.getLast()});
  }
  for (auto id : in.getWith()) door.with.push_back(OriginId{uuid(id)});
  if (!ascending(door.with, [](OriginId id) { return id; }))
    return malformed("members out of order");
  return door;
}

Result<Exchange> read(protocol::Exchange::Reader in) {
  Exchange exchange;
  TRY(bounded(in.getChunks(), limits::max_streams_in_message, "chunks"));
  for (auto entry : in.getChunks()) {
    TRY_ASSIGN(Chunk chunk, read(entry));
    exchange.chunks.push_back(std::move(chunk));
  }
  TRY_ASSIGN(exchange.wants, read(in.getWants()));
  TRY_ASSIGN(exchange.acknowledged, read(in.getAcknowledged()));
  TRY(bounded(in.getFailures(), limits::max_streams_in_message, "failures"));
  for (auto failure : in.getFailures()) {
    TRY_ASSIGN(Door door, read_door(failure));
    exchange.failures.push_back({StreamId{uuid(failure.getStream())}, code_of(failure.getCode()),
                                 text(failure.getMessage()), std::move(door)});
  }
  exchange.more = in.getMore();
  exchange.budget_bytes = in.getBudgetBytes();
  exchange.holding = in.getHolding();
  return exchange;
}

Result<Wait> read(protocol::Wait::Reader in) {
  Wait wait{digest(in.getHeads()), {}};
  TRY(bounded(in.getExcept(), limits::max_streams_in_message, "streams"));
  for (auto id : in.getExcept()) wait.except.push_back(StreamId{uuid(id)});
  return wait;
}

std::optional<UnixMs> time_or_none(std::int64_t ms) {
  return ms == std::numeric_limits<std::int64_t>::min() ? std::nullopt : std::optional<UnixMs>(ms);
}

Result<CatalogPage> read(protocol::Catalog::Reader in) {
  CatalogPage page;
  TRY(bounded(in.getEntries(), CatalogPage::max_entries, "productions"));
  for (auto entry : in.getEntries())
    page.entries.push_back({.production = StreamId{uuid(entry.getProduction())},
                            .label = text(entry.getLabel()),
                            .client = text(entry.getClient()),
                            .show_name = text(entry.getShowName()),
                            .status = text(entry.getStatus()),
                            .load_in_ms = time_or_none(entry.getLoadInMs()),
                            .load_out_ms = time_or_none(entry.getLoadOutMs()),
                            .events = entry.getEvents(),
                            .bytes = entry.getBytes()});
  page.more = in.getMore();
  if (!ascending(page.entries, [](const CatalogEntry& entry) { return entry.production; }))
    return malformed("productions out of order");
  if (page.more && page.entries.empty()) return malformed("more, after nothing");
  return page;
}

Result<SnapshotWish> read(protocol::SnapshotWish::Reader in) {
  SnapshotWish wish{StreamId{uuid(in.getStream())}, {}};
  TRY(bounded(in.getBlocks(), limits::max_snapshot_blocks, "blocks"));
  for (auto entry : in.getBlocks()) {
    TRY_ASSIGN(BlockRef block, read(entry));
    wish.blocks.push_back(std::move(block));
  }
  return wish;
}

Result<SnapshotPart> read(protocol::SnapshotPart::Reader in) {
  SnapshotPart part{StreamId{uuid(in.getStream())}, bytes_of(in.getManifest()), {}};
  TRY(bounded(in.getBlocks(), limits::max_snapshot_blocks, "blocks"));
  for (auto block : in.getBlocks()) part.blocks.push_back(bytes_of(block));
  return part;
}

template <class Body>
Result<void> assign(Message& message, Result<Body> body) {
  if (!body.ok()) return std::move(body).error();
  message.body = std::move(body).value();
  return {};
}

Result<void> read_body(protocol::Message::Reader in, Message& message) {
  switch (in.which()) {
    case protocol::Message::HELLO:
      return assign(message, read(in.getHello()));
    case protocol::Message::COMPARE:
      return assign(message, read(in.getCompare()));
    case protocol::Message::STATES:
      return assign(message, read(in.getStates()));
    case protocol::Message::EXCHANGE_PAGE:
      return assign(message, read(in.getExchangePage()));
    case protocol::Message::WAIT:
      return assign(message, read(in.getWait()));
    case protocol::Message::REFUSAL:
      message.body =
          Refusal{code_of(in.getRefusal().getCode()), text(in.getRefusal().getMessage())};
      return {};
    case protocol::Message::CATALOG_WISH:
      message.body = CatalogWish{StreamId{uuid(in.getCatalogWish().getAfter())}};
      return {};
    case protocol::Message::CATALOG:
      return assign(message, read(in.getCatalog()));
    case protocol::Message::SNAPSHOT_WISH:
      return assign(message, read(in.getSnapshotWish()));
    case protocol::Message::SNAPSHOT_PART:
      return assign(message, read(in.getSnapshotPart()));
  }
  return Error{ErrorCode::unsupported,
               "a sync message of a kind that this node does not know: update it"};
}

// The payload in memory aligned for Cap'n Proto.
class Words : public PayloadBuffer {
 public:
  char* allocate(std::size_t size_bytes) override {
    size_bytes_ = size_bytes;
    words_ = kj::heapArray<capnp::word>((size_bytes + 7) / 8);
    return reinterpret_cast<char*>(words_.begin());
  }
  std::size_t size_bytes() const { return size_bytes_; }
  kj::ArrayPtr<const capnp::word> words() const { return words_; }

 private:
  std::size_t size_bytes_ = 0;
  kj::Array<capnp::word> words_;
};

Result<Message> read_message(const Words& payload) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 8 * payload.words().size() + 1024;
  options.nestingLimit = 16;
  capnp::FlatArrayMessageReader reader(payload.words(), options);
  auto in = reader.getRoot<protocol::Message>();
  Message message;
  message.exchange = in.getExchange();
  message.node.uuid = uuid(in.getNode());
  message.origin.uuid = uuid(in.getOrigin());
  message.subscription = digest(in.getSubscription());
  TRY(read_body(in, message));
  return message;
}

}  // namespace

Result<Message> decode(std::string_view frame) {
  Words payload;
  TRY(open(frame, payload));
  if (payload.size_bytes() % 8 != 0 || payload.size_bytes() == 0) return malformed("its length");
  try {
    return read_message(payload);
  } catch (const kj::Exception& exception) {
    return malformed(exception.getDescription().cStr());
  }
}

}  // namespace genlock::replication
