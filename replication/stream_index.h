// Which streams this node has, as digests: what makes silence cheap. For each stream one hash of
// its heads (origins, last sequences, event hashes) and one of its rows; sums of them modulo 2^128
// stand for sets of streams.
//
// It is a cache that cannot lie: refresh() compares the log's last position with the one it has
// read up to, and reads only the streams of the events in between. Thread-safe. Memory: about 150
// bytes per stream.
#pragma once

#include "engine/event_log.h"
#include "engine/projection.h"
#include "replication/messages.h"

#include <map>
#include <mutex>
#include <vector>

namespace genlock::replication {

// hash(stream, heads) as in Hello.heads.
Digest heads_digest(StreamId stream, const StreamHead& head);
// What a node has of a stream; with the digest of its rows where `projection` is given.
Result<StreamState> read_stream_state(const EventLog& log, const Projection* projection,
                                      const Reader& reader, StreamId stream);
// Low bits of the last two bytes of the id.
std::uint16_t bucket_of(StreamId stream, std::uint8_t bits);

class StreamIndex {
 public:
  StreamIndex(const EventLog& log, const Projection& projection)
      : log_(log), projection_(projection) {}

  // Brings the index up to what `reader` shows, or leaves it where it knows more. Returns the
  // position it stands at. O(events since the last refresh), at most O(streams).
  Result<Position> refresh(const Reader& reader);
  // Rows were rebuilt without new events: read everything again at the next refresh.
  void invalidate();

  struct Summary {
    Digest heads, states;
    std::uint32_t stream_count = 0;
    Position position = Position::none;
    bool operator==(const Summary&) const = default;
  };
  // Over the streams of the scope. O(1) where nothing changed since the last call with this scope.
  Summary summary(const Scope& scope) const;
  // summary(scope).heads without these streams.
  Digest heads_without(const Scope& scope, const std::vector<StreamId>& except) const;
  // One number per bucket, as in Compare.
  Compare buckets(const Scope& scope, std::uint8_t bits) const;
  // Ids of the scope's streams in the named buckets, ascending, greater than `after`.
  std::vector<StreamId> streams(const Scope& scope, std::uint8_t bits,
                                const std::vector<std::uint16_t>& buckets, StreamId after) const;
  // Streams with events at positions after `position`.
  std::vector<StreamId> changed_since(Position position) const;
  std::vector<StreamId> all() const;
  // Grows whenever a stream appears.
  std::size_t stream_count() const;

 private:
  struct Entry {
    Digest heads, states;
    Position changed = Position::none;
  };
  struct CachedSummary {
    Digest ours, theirs;
    Summary summary;
  };
  Result<void> read_stream(const Reader& reader, StreamId stream, Position changed);
  Result<void> read_changes(const Reader& reader, Position last);
  Result<void> read_all(const Reader& reader, Position last);
  template <class Visit>
  void each_in(const Scope& scope, const Visit& visit) const;

  const EventLog& log_;
  const Projection& projection_;
  mutable std::mutex mutex_;
  std::map<StreamId, Entry> entries_;
  Digest heads_, states_;  // sums over all entries
  Position position_ = Position::none;
  mutable std::vector<CachedSummary> summaries_;
};

}  // namespace genlock::replication
