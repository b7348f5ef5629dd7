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

class BundleWriter {
 public:
  BundleWriter(const EventLog& log, const Reader& reader, const BundleWish& wish,
               const WriteBytes& write)
      : log_(log), reader_(reader), wish_(wish), write_(write) {}

  Result<BundleSize> run() {
    TRY(put(hello()));
    for (std::size_t first = 0; first < wish_.streams.size(); first += max_streams_in_section) {
      const std::size_t count = std::min(max_streams_in_section, wish_.streams.size() - first);
      TRY(section(std::span(wish_.streams).subspan(first, count)));
    }
    TRY(put(States{}));
    return size_;
  }

 private:
  using Streams = std::span<const std::pair<StreamId, VersionVector>>;

  Hello hello() const {
    Hello hello;
    hello.role = wish_.self.role;
    hello.name = wish_.self.name;
    hello.software = wish_.software;
    hello.clock_ms = wish_.now_ms;
    hello.stream_count = static_cast<std::uint32_t>(wish_.streams.size());
    return hello;
  }

  Result<void> section(Streams streams) {
    Exchange intro;
    for (const auto& [stream, theirs] : streams) {
      TRY_ASSIGN(const StreamHead head, log_.head(reader_, stream));
      VersionVector base = theirs;
      base.meet(head.vector());
      TRY_ASSIGN(StreamState wants, state_of(log_, reader_, stream, base));
      TRY_ASSIGN(StreamState after, state_of(log_, reader_, stream, head.vector()));
      intro.wants.push_back(std::move(wants));
      intro.acknowledged.push_back(std::move(after));
    }
    std::vector<StreamState> states = intro.wants;
    size_.streams += states.size();
    TRY(put(std::move(intro)));
    return pages(states);
  }

  Result<void> pages(std::vector<StreamState>& states) {
    for (bool more = true; more;) {
      PageBuilder page(log_, reader_, page_bytes);
      for (const StreamState& state : states) TRY(page.add(state));
      for (const Failure& failure : page.take_failures())
        return Error{failure.code, "stream " + failure.stream.to_string() + ": " + failure.message};
      more = page.more();
      size_.events += page.event_count();
      Exchange exchange;
      exchange.chunks = page.take_chunks();
      if (exchange.chunks.empty()) return {};
      for (const Chunk& chunk : exchange.chunks)
        raise(*std::ranges::find(states, chunk.stream, &StreamState::stream), chunk);
      exchange.more = more;
      ++size_.pages;
      TRY(put(std::move(exchange)));
    }
    return {};
  }

  template <class Body>
  Result<void> put(Body body) {
    Message message;
    message.exchange = ++number_;
    message.node = wish_.self.node;
    message.origin = wish_.self.origin;
    message.body = std::move(body);
    const std::string frame = encode(message);
    size_.bytes += frame.size();
    return write_(frame);
  }

  const EventLog& log_;
  const Reader& reader_;
  const BundleWish& wish_;
  const WriteBytes& write_;
  std::uint64_t number_ = 0;
  BundleSize size_;
};

}  // namespace

Result<BundleSize> write_bundle(const EventLog& log, const Reader& reader, const BundleWish& wish,
                                const WriteBytes& write) {
  return BundleWriter(log, reader, wish, write).run();
}

}  // namespace genlock::replication
