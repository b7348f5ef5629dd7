#include "replication/page_builder.h"

#include "engine/event_codec.h"
#include "replication/limits.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <queue>

namespace genlock::replication {

struct PageBuilder::Item {
  Dot dot;
  Rank rank;
  std::string bytes;
  ChainHash chain{};
};

// One missing range, read a little ahead.
class PageBuilder::Source {
 public:
  Source(const EventLog& log, const Reader& reader, StreamId stream, EventRange range,
         std::size_t read_bytes)
      : log_(log), reader_(reader), stream_(stream), left_(range), read_bytes_(read_bytes) {}

  // nullptr: at the end.
  Result<Item*> front() {
    if (items_.empty() && left_.first <= left_.last) TRY(read());
    return items_.empty() ? nullptr : &items_.front();
  }
  void pop() { items_.pop_front(); }

 private:
  Result<void> read() {
    std::size_t bytes = 0;
    std::optional<Error> error;
    TRY(log_.read_range(reader_, stream_, left_, [&](const EventId& id, const StoredEvent& event) {
      Result<EventHeader> header = decode_header(event.bytes);
      if (!header.ok()) {
        error = header.error();
        return false;
      }
      items_.push_back({id.dot, {header->time, id.dot.origin}, event.bytes, event.chain});
      left_.first = next(id.dot.sequence);
      bytes += event.bytes.size();
      return bytes < read_bytes_;
    }));
    if (error) return *error;
    if (items_.empty())
      return Error{ErrorCode::corruption,
                   "the log lacks event " + Dot{left_.origin, left_.first}.to_string()};
    return {};
  }

  const EventLog& log_;
  const Reader& reader_;
  StreamId stream_;
  EventRange left_;
  std::size_t read_bytes_;
  std::deque<Item> items_;
};

PageBuilder::PageBuilder(const EventLog& log, const Reader& reader, std::size_t budget_bytes)
    : log_(log),
      reader_(reader),
      left_bytes_(std::clamp<std::size_t>(budget_bytes, 1, limits::max_page_bytes)) {}

Result<void> PageBuilder::add(const StreamState& theirs) {
  if (full() || chunks_.size() + failures_.size() >= limits::max_streams_in_message) {
    more_ = true;
    return {};
  }
  Chunk chunk;
  chunk.stream = theirs.stream;
  Result<void> filled = fill(theirs, chunk);
  if (!filled.ok()) {
    if (filled.error().code == ErrorCode::unavailable) return filled;
    failures_.push_back({theirs.stream, filled.error().code, filled.error().message});
  }
  // What was read before the damage is sound and may travel.
  if (!chunk.events.empty()) chunks_.push_back(std::move(chunk));
  return {};
}

Result<void> PageBuilder::fill(const StreamState& theirs, Chunk& chunk) {
  TRY_ASSIGN(StreamHead head, log_.head(reader_, theirs.stream));
  TRY(check_same_history(log_, reader_, head, theirs));
  std::vector<EventRange> missing = theirs.vector().missing_from(head.vector());
  if (missing.size() == 1) return copy(theirs.stream, missing.front(), chunk);
  if (!missing.empty()) return merge(theirs.stream, missing, chunk);
  return {};
}

bool PageBuilder::take(Chunk& chunk, const Dot& dot, std::string bytes, const ChainHash& chain) {
  auto at = std::find_if(chunk.chains.begin(), chunk.chains.end(),
                         [&](const auto& entry) { return entry.first.origin == dot.origin; });
  if (at == chunk.chains.end()) {
    chunk.chains.emplace_back(dot, chain);
  } else {
    *at = {dot, chain};
  }
  left_bytes_ -= std::min(left_bytes_, bytes.size());
  event_bytes_ += bytes.size();
  ++event_count_;
  chunk.events.push_back(std::move(bytes));
  return left_bytes_ > 0;
}

Result<void> PageBuilder::copy(StreamId stream, const EventRange& missing, Chunk& chunk) {
  Sequence last = Sequence::none;
  TRY(log_.read_range(reader_, stream, missing, [&](const EventId& id, const StoredEvent& event) {
    last = id.dot.sequence;
    return take(chunk, id.dot, event.bytes, event.chain);
  }));
  if (last < missing.last) {
    if (!full())
      return Error{ErrorCode::corruption,
                   "the log ends before its own head in stream " + stream.to_string()};
    more_ = true;
  }
  return {};
}

Result<void> PageBuilder::merge(StreamId stream, const std::vector<EventRange>& missing,
                                Chunk& chunk) {
  std::size_t read_bytes = std::max<std::size_t>(left_bytes_ / missing.size(), 1'024);
  std::deque<Source> sources;
  using Next = std::pair<Rank, std::size_t>;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  for (const EventRange& range : missing) {
    sources.emplace_back(log_, reader_, stream, range, read_bytes);
    TRY_ASSIGN(Item * item, sources.back().front());
    if (item) queue.emplace(item->rank, sources.size() - 1);
  }
  while (!queue.empty()) {
    if (full()) {
      more_ = true;
      return {};
    }
    Source& source = sources[queue.top().second];
    std::size_t number = queue.top().second;
    queue.pop();
    TRY_ASSIGN(Item * item, source.front());
    take(chunk, item->dot, std::move(item->bytes), item->chain);
    source.pop();
    TRY_ASSIGN(item, source.front());
    if (item) queue.emplace(item->rank, number);
  }
  return {};
}

Result<void> check_same_history(const EventLog& log, const Reader& reader, const StreamHead& ours,
                                const StreamState& theirs) {
  for (const Head& head : theirs.have) {
    const OriginHead* own = ours.find(head.origin);
    if (!own || own->last < head.last) continue;
    ChainHash chain = own->chain;
    if (own->last > head.last) {
      TRY_ASSIGN(StoredEvent event, log.read(reader, {theirs.stream, {head.origin, head.last}}));
      chain = event.chain;
    }
    if (shorten(chain) != head.hash)
      return Error{ErrorCode::fork,
                   "the peer has another event " + Dot{head.origin, head.last}.to_string() +
                       ": that origin's log was copied or restored and went on twice"};
  }
  return {};
}

}  // namespace genlock::replication
