#include "replication/bundle.h"
#include "replication/page_builder.h"
#include "replication/wire.h"

#include <algorithm>
#include <span>

namespace genlock::replication {
namespace {

constexpr std::size_t page_bytes = 256 << 10;  // what one damaged byte can cost

// What `reader` has of a stream, as far as it is within `vector`.
Result<StreamState> state_of(const EventLog& log, const Reader& reader, StreamId stream,
                             const VersionVector& vector) {
  StreamState state{stream, {}, {}};
  for (const VersionVector::Entry& entry : vector.entries()) {
    TRY_ASSIGN(const StoredEvent event, log.read(reader, {stream, {entry.origin, entry.last}}));
    state.have.push_back({entry.origin, entry.last, shorten(event.chain)});
  }
  return state;
}

// After a page, its reader has what came in it.
void raise(StreamState& state, const Chunk& chunk) {
  for (const auto& [dot, chain] : chunk.chains) {
    const Head head{dot.origin, dot.sequence, shorten(chain)};
    auto at = std::ranges::lower_bound(state.have, dot.origin, {}, &Head::origin);
    if (at != state.have.end() && at->origin == dot.origin)
      *at = head;
    else
      state.have.insert(at, head);
  }
}

}  // namespace

BundleWriter::BundleWriter(const EventLog& log, const Reader& reader, BundleWish wish)
    : log_(log), reader_(reader), wish_(std::move(wish)) {}

Result<std::string> BundleWriter::next() {
  if (is_over_) return std::string();
  if (number_ == 0) return frame(hello());
  if (!states_.empty()) {
    TRY_ASSIGN(std::optional<Exchange> page, next_page());
    if (page) return frame(*std::move(page));
  }
  if (first_ < wish_.streams.size()) return section();
  is_over_ = true;
  return frame(States{});
}

Hello BundleWriter::hello() const {
  Hello hello;
  hello.role = wish_.self.role;
  hello.name = wish_.self.name;
  hello.software = wish_.software;
  hello.clock_ms = wish_.now_ms;
  hello.stream_count = static_cast<std::uint32_t>(wish_.streams.size());
  return hello;
}

Result<std::string> BundleWriter::section() {
  const std::size_t count = std::min(max_streams_in_section, wish_.streams.size() - first_);
  Exchange intro;
  for (const auto& [stream, theirs] : std::span(wish_.streams).subspan(first_, count)) {
    TRY_ASSIGN(const StreamHead head, log_.head(reader_, stream));
    VersionVector base = theirs;
    base.meet(head.vector());
    TRY_ASSIGN(StreamState wants, state_of(log_, reader_, stream, base));
    TRY_ASSIGN(StreamState after, state_of(log_, reader_, stream, head.vector()));
    intro.wants.push_back(std::move(wants));
    intro.acknowledged.push_back(std::move(after));
  }
  first_ += count;
  states_ = intro.wants;
  size_.streams += count;
  return frame(std::move(intro));
}

Result<std::optional<Exchange>> BundleWriter::next_page() {
  PageBuilder page(log_, reader_, page_bytes);
  for (const StreamState& state : states_) TRY(page.add(state));
  for (const Failure& failure : page.take_failures())
    return Error{failure.code, "stream " + failure.stream.to_string() + ": " + failure.message};
  size_.events += page.event_count();
  Exchange exchange;
  exchange.more = page.more();
  exchange.chunks = page.take_chunks();
  for (const Chunk& chunk : exchange.chunks)
    raise(*std::ranges::find(states_, chunk.stream, &StreamState::stream), chunk);
  if (!exchange.more) states_.clear();
  if (exchange.chunks.empty()) return std::optional<Exchange>();
  ++size_.pages;
  return std::optional(std::move(exchange));
}

template <class Body>
std::string BundleWriter::frame(Body body) {
  Message message;
  message.exchange = ++number_;
  message.node = wish_.self.node;
  message.origin = wish_.self.origin;
  message.body = std::move(body);
  std::string bytes = encode(message);
  size_.bytes += bytes.size();
  return bytes;
}

Result<BundleSize> write_bundle(const EventLog& log, const Reader& reader, const BundleWish& wish,
                                const WriteBytes& write) {
  BundleWriter writer(log, reader, wish);
  for (;;) {
    TRY_ASSIGN(const std::string frame, writer.next());
    if (frame.empty()) return writer.size();
    TRY(write(frame));
  }
}

}  // namespace genlock::replication
