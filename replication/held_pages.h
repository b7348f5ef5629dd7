// Pages that a session has received and not stored yet: several are stored as one batch, so that a
// record that many of them changed is folded, and its row made, once. Bounded in bytes and time
// (limits.h). What is held is nowhere else: a session that ends stores it first, and one that is
// destroyed loses it, to be asked for again.
#pragma once

#include "replication/messages.h"

#include <map>
#include <vector>

namespace genlock::replication {

class HeldPages {
 public:
  // False: nothing in it is further than what came before, in this session.
  bool add(std::vector<Chunk> chunks, UnixMs now_ms);
  bool empty() const { return chunks_.empty(); }
  // Enough bytes, or held for long enough.
  bool due(UnixMs now_ms) const;

  // Raises what this node has of a stream by what is held of it.
  void raise(StreamState& state) const;
  void raise(StreamId stream, VersionVector& vector) const;

  // All chunks in the order they came. Their heads stay until forget(): they are on their way.
  std::vector<Chunk> take();
  void forget() { heads_.clear(); }
  // What came was refused, and may come once more.
  void expect_again() { furthest_.clear(); }

 private:
  using Heads = std::map<OriginId, Head>;
  std::vector<Chunk> chunks_;
  std::size_t bytes_ = 0;
  UnixMs since_ms_ = 0;
  std::map<StreamId, Heads> heads_;
  std::map<StreamId, std::map<OriginId, Sequence>> furthest_;  // what ever came
};

}  // namespace genlock::replication
