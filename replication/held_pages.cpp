#include "replication/held_pages.h"

#include "replication/limits.h"

#include <algorithm>
#include <utility>

namespace genlock::replication {

bool HeldPages::add(std::vector<Chunk> chunks, UnixMs now_ms) {
  if (empty()) since_ms_ = now_ms;
  bool is_further = false;
  for (Chunk& chunk : chunks) {
    Heads& heads = heads_[chunk.stream];
    for (const auto& [dot, chain] : chunk.chains) {
      Head& head = heads[dot.origin];
      if (head.last < dot.sequence) head = {dot.origin, dot.sequence, shorten(chain)};
      Sequence& furthest = furthest_[chunk.stream][dot.origin];
      is_further = is_further || furthest < dot.sequence;
      furthest = std::max(furthest, dot.sequence);
    }
    for (const std::string& event : chunk.events) bytes_ += event.size();
    chunks_.push_back(std::move(chunk));
  }
  return is_further;
}

// A clock that went back counts as a long time.
bool HeldPages::due(UnixMs now_ms) const {
  return bytes_ >= limits::max_held_bytes || now_ms < since_ms_ ||
         now_ms - since_ms_ >= limits::max_hold_ms;
}

void HeldPages::raise(StreamState& state) const {
  const auto held = heads_.find(state.stream);
  if (held == heads_.end()) return;
  Heads all = held->second;
  for (const Head& known : state.have) {
    Head& head = all[known.origin];
    if (head.last <= known.last) head = known;
  }
  state.have.clear();
  for (const auto& [origin, head] : all) state.have.push_back(head);
}

void HeldPages::raise(StreamId stream, VersionVector& vector) const {
  const auto held = heads_.find(stream);
  if (held == heads_.end()) return;
  for (const auto& [origin, head] : held->second) vector.raise(origin, head.last);
}

std::vector<Chunk> HeldPages::take() {
  bytes_ = 0;
  return std::exchange(chunks_, {});
}

}  // namespace genlock::replication
