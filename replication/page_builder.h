// Fills a page: the events of some streams that a peer lacks, in an order that extends causality.
// Within a stream the missing ranges are merged by hybrid time, which is greater than that of
// everything an event's writer had seen; so any beginning of the merge keeps the receiver's events
// closed under causality and a page can be cut anywhere (Petersen et al. 1997, the prefix property
// of Bayou). Memory: one page, and one buffer per missing range.
#pragma once

#include "engine/event_log.h"
#include "replication/messages.h"

#include <vector>

namespace genlock::replication {

class PageBuilder {
 public:
  // At most about `budget_bytes` of events: the last one may pass it, so that each page brings at
  // least one.
  PageBuilder(const EventLog& log, const Reader& reader, std::size_t budget_bytes);

  // Adds what a peer with `theirs` lacks of the stream. A stream that cannot be read, or of which
  // the peer has other events under the same names (fork), becomes a failure; the page goes on
  // without it. ERRORS: unavailable.
  Result<void> add(const StreamState& theirs);
  bool full() const { return left_bytes_ == 0; }
  // Events that add() had to leave for a later page.
  bool more() const { return more_; }
  std::size_t event_count() const { return event_count_; }
  std::size_t event_bytes() const { return event_bytes_; }

  std::vector<Chunk> take_chunks() { return std::move(chunks_); }
  std::vector<Failure> take_failures() { return std::move(failures_); }

 private:
  class Source;
  struct Item;
  Result<void> fill(const StreamState& theirs, Chunk& chunk);
  Result<void> add_paths(const Branches& branches, Chunk& chunk);
  Result<void> merge(StreamId stream, const std::vector<EventRange>& missing, Chunk& chunk);
  Result<void> copy(StreamId stream, const EventRange& missing, Chunk& chunk);
  // False: the page is full now.
  bool take(Chunk& chunk, const Dot& dot, std::string bytes, const ChainHash& chain);

  const EventLog& log_;
  const Reader& reader_;
  std::size_t left_bytes_;
  bool more_ = false;
  std::size_t event_count_ = 0;
  std::size_t event_bytes_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<Failure> failures_;
  std::vector<Dot> taken_;  // of the chunk that is being filled
};

}  // namespace genlock::replication
