// Nodes whose logs are compacted.
#pragma once

#include "engine/compaction.h"
#include "engine/state_keys.h"
#include "replication/test_node.h"

namespace genlock::replication::test {

// The log of the stream behind `cut`; all that this node has of it where none is given.
inline void compact(TestNode& node, StreamId stream, std::optional<VersionVector> cut = {}) {
  if (!cut) cut = node.vector(stream);
  Compaction compaction(node.log, plan_compaction(node.store, node.log, stream, *cut).value());
  for (bool has_more = true; has_more;)
    has_more = node.writer.run_for<bool>([&](Overlay& overlay) { return compaction.step(overlay); })
                   .value();
}

inline void edit_often(TestNode& node, StreamId stream, int times, std::uint8_t rows = 3) {
  for (int i = 0; i < times; ++i)
    node.edit(stream, "CAM " + std::to_string(i), static_cast<std::uint8_t>(1 + i % rows));
}

inline bool same_rows_when_folded_again(TestNode& node, StreamId stream) {
  const std::string before = node.rows();
  Overlay overlay(node.store);
  std::vector<std::string> keys;
  for (char kind : state_keys::kinds)
    overlay
        .scan_prefix(Space::state, state_keys::begin(kind, stream),
                     [&](std::string_view key, std::string_view) {
                       keys.emplace_back(key);
                       return true;
                     })
        .value();
  for (std::string& key : keys) overlay.erase(Space::state, std::move(key));
  node.projection.drop(overlay, stream).value();
  node.engine.refold(stream, overlay).value();
  node.store.commit(overlay.take_batch(), true).value();
  return node.rows() == before;
}

}  // namespace genlock::replication::test
