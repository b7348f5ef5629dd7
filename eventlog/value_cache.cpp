#include "eventlog/value_cache.h"

#include <algorithm>
#include <utility>

namespace genlock {

std::size_t ValueCache::Hash::operator()(std::string_view key) const {
  return std::hash<std::string_view>{}(key);
}

namespace {

std::size_t size_of(const ValueCache::Value& value) { return value ? value->size() : 0; }

}  // namespace

// With the node of the map, its strings' own bytes and its place under the hand.
std::size_t ValueCache::cost(std::string_view key, const Value& value) {
  return key.size() + size_of(value) + 100;
}

bool ValueCache::is_small(std::string_view key, const Value& value) const {
  constexpr std::size_t most = 16 << 10;
  return cost(key, value) <= std::min(max_bytes_ / 1'000, most);
}

std::optional<ValueCache::Value> ValueCache::find(Space space, std::string_view key,
                                                  Ticket& ticket) {
  std::lock_guard lock(mutex_);
  ticket = commits_begun_;
  Values& values = spaces_[static_cast<std::size_t>(space)];
  const auto at = values.find(key);
  if (at == values.end() || !at->second.known) return std::nullopt;
  at->second.asked_for = true;
  return at->second.value;
}

void ValueCache::remember(Space space, std::string_view key, const Value& value, Ticket ticket) {
  if (!is_small(key, value)) return;
  std::lock_guard lock(mutex_);
  if (committing_ || ticket != commits_begun_) return;
  const auto index = static_cast<std::size_t>(space);
  const auto [entry, is_new] = spaces_[index].try_emplace(std::string(key), Entry{value});
  if (!is_new) return;
  kept_.push_back({index, &*entry});
  bytes_ += cost(key, value);
  make_room();
}

// The hand spares a few at a time only: no caller waits for a whole round.
void ValueCache::make_room() {
  constexpr int most_spared = 64;
  for (int spared = 0; bytes_ > max_bytes_ && !kept_.empty();) {
    if (hand_ >= kept_.size()) hand_ = 0;
    auto& [space, item] = kept_[hand_];
    if (std::exchange(item->second.asked_for, false) && spared < most_spared) {
      ++hand_;
      ++spared;
      continue;
    }
    bytes_ -= cost(item->first, item->second.value);
    spaces_[space].erase(spaces_[space].find(item->first));
    kept_[hand_] = kept_.back();
    kept_.pop_back();
  }
}

void ValueCache::begin_commit(const Batch& batch) {
  std::lock_guard lock(mutex_);
  ++commits_begun_;
  committing_ = true;
  for (std::size_t i = 0; i < space_count; ++i) {
    if (spaces_[i].empty()) continue;
    for (const auto& [key, value] : batch.spaces[i]) {
      const auto at = spaces_[i].find(key);
      if (at == spaces_[i].end()) continue;
      at->second.known = false;
      writing_.emplace_back(&at->second, &value);
    }
  }
}

// What a failed commit has written is not known until the store is opened again.
void ValueCache::end_commit(bool committed) {
  std::lock_guard lock(mutex_);
  committing_ = false;
  for (const auto& [entry, value] : writing_) {
    bytes_ += size_of(*value);
    bytes_ -= size_of(entry->value);
    entry->value = *value;
    entry->known = committed;
  }
  writing_.clear();
}

}  // namespace genlock
