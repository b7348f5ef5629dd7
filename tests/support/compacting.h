// Compacts a stream of a replica, in batches as a job would.
#pragma once

#include "engine/compaction.h"

namespace genlock::test {

// How many events went. `keep` has them first.
template <class Node>
std::uint64_t compact(Node& node, StreamId stream, const VersionVector& cut,
                      const KeepDropped& keep = {}) {
  Compaction compaction(node.log, plan_compaction(node.store, node.log, stream, cut).value());
  for (bool has_more = true; has_more;) {
    if (keep) compaction.keep_next(node.store, keep).value();
    Overlay overlay(node.store);
    has_more = compaction.step(overlay).value();
    node.store.commit(overlay.take_batch(), true).value();
  }
  return compaction.dropped_count();
}

// At all that the node has: nobody else writes.
template <class Node>
std::uint64_t compact(Node& node, StreamId stream) {
  return compact(node, stream, node.head(stream).vector());
}

}  // namespace genlock::test
