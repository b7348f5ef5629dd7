#include "replication/page_builder.h"

#include "engine/event_codec.h"
#include "replication/limits.h"
#include "replication/peer_vector.h"

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
  TRY_ASSIGN(const PeerVector peer, read_peer_vector(log_, reader_, head, theirs));
  TRY(check_known(peer));
  TRY_ASSIGN(const VersionVector floor, log_.floor(reader_, theirs.stream));
  if (!peer.seen.includes(floor))
    return Error{ErrorCode::compacted, "the history of stream " + theirs.stream.to_string() +
                                           " that is missing there was compacted here: a snapshot "
                                           "has to come first (update an older program)"};
  TRY_ASSIGN(const Branches branches, log_.branches(reader_, theirs.stream));
  taken_.clear();
  std::vector<EventRange> missing = peer.seen.missing_from(head.vector());
  Result<void> copied = missing.size() == 1 ? copy(theirs.stream, missing.front(), chunk)
                        : missing.empty()   ? Result<void>{}
                                            : merge(theirs.stream, missing, chunk);
  if (!branches.empty() || !theirs.branches.empty()) TRY(add_paths(branches, chunk));
  return copied;
}

// Which branch each event is of.
Result<void> PageBuilder::add_paths(const Branches& branches, Chunk& chunk) {
  for (const Dot& dot : taken_) {
    auto at = std::find_if(chunk.paths.begin(), chunk.paths.end(),
                           [&](const auto& path) { return path.first == dot.origin; });
    if (at == chunk.paths.end()) {
      ChainHash start{};
      const Dot before = branches.before(dot);
      if (before.sequence != Sequence::none) {
        TRY_ASSIGN(StoredEvent event, log_.read(reader_, {chunk.stream, before}));
        start = event.chain;
      }
      at = chunk.paths.emplace(chunk.paths.end(), dot.origin, start);
    }
    chunk.path_of.push_back(static_cast<std::uint16_t>(at - chunk.paths.begin()));
  }
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
  taken_.push_back(dot);
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

}  // namespace genlock::replication
