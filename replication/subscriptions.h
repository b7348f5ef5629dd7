// This node's subscription, kept over restarts. A cloud node wants everything; a LAN node
// everything, or the productions it was told to, and in both cases a stream can be named that it
// does not want. What it holds without having been told anything (a production made here) it wants
// too, so local work always travels.
//
// Space::local:  "sync/mode"            "all" or "set"
//                "sync/stream/" id:16   "+" wanted, "-" not wanted
#pragma once

#include "engine/committer.h"
#include "replication/stream_index.h"
#include "replication/subscription.h"

#include <map>
#include <mutex>

namespace genlock::replication {

class Subscriptions {
 public:
  // ERRORS: corruption, unavailable.
  Result<void> load(const Reader& reader);

  bool everything() const;
  Result<void> set_everything(Committer& committer, bool everything);
  // Subscribes to a stream or unsubscribes from it; its rows stay. ERRORS: invalid_argument
  // (library, directory: they always come along), unavailable.
  Result<void> set(Committer& committer, StreamId stream, bool wanted);
  bool wants(StreamId stream, const StreamIndex& index) const;

  // As told to peers.
  Subscription current(const StreamIndex& index) const;

 private:
  mutable std::mutex mutex_;
  bool everything_ = true;
  std::map<StreamId, bool> named_;
  // The last answer of current(), for an index of this many streams.
  mutable Subscription cached_;
  mutable std::size_t cached_streams_ = ~std::size_t{0};
};

}  // namespace genlock::replication
