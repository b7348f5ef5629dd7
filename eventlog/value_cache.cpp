#include "eventlog/value_cache.h"

#include <utility>

namespace genlock {

std::size_t ValueCache::Hash::operator()(std::string_view key) const {
  return std::hash<std::string_view>{}(key);
}

namespace {

std::size_t size_of(const ValueCache::Value& value) { return value ? value->size() : 0; }

}  // namespace

// With the node of the map and its strings' own bytes.
std::size_t ValueCache::cost(std::string_view key, const Value& value) {
  return key.size() + size_of(value) + 100;
}

bool ValueCache::is_small(std::string_view key, const Value& value) const {
  return cost(key, value) <= max_bytes_ / 1'000;
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
  if (bytes_ + cost(key, value) > max_bytes_) sweep();
  Values& values = spaces_[static_cast<std::size_t>(space)];
  if (values.try_emplace(std::string(key), Entry{value}).second) bytes_ += cost(key, value);
}

void ValueCache::sweep() {
  for (Values& values : spaces_) {
    for (auto at = values.begin(); at != values.end();) {
      if (std::exchange(at->second.asked_for, false)) {
        ++at;
      } else {
        bytes_ -= cost(at->first, at->second.value);
        at = values.erase(at);
      }
    }
  }
  if (bytes_ <= max_bytes_ / 2) return;
  for (Values& values : spaces_) values.clear();
  bytes_ = 0;
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
