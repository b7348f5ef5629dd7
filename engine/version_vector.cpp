#include "engine/version_vector.h"

#include "engine/check.h"

#include <algorithm>

namespace genlock {

namespace {

using Entries = std::vector<VersionVector::Entry>;

bool before(const VersionVector::Entry& entry, OriginId origin) { return entry.origin < origin; }

// The entry of `origin`, or the place where it belongs.
auto find_entry(auto& entries, OriginId origin) {
  return std::lower_bound(entries.begin(), entries.end(), origin, before);
}

// Walks two sorted vectors side by side: `visit(origin, a, b)` for each origin that either has.
void for_each_pair(const Entries& a, const Entries& b, auto visit) {
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->origin < right->origin)) {
      visit(left->origin, left->last, Sequence::none);
      ++left;
    } else if (left == a.end() || right->origin < left->origin) {
      visit(right->origin, Sequence::none, right->last);
      ++right;
    } else {
      visit(left->origin, left->last, right->last);
      ++left;
      ++right;
    }
  }
}

}  // namespace

Sequence VersionVector::last_seen(OriginId origin) const {
  auto entry = find_entry(entries_, origin);
  return entry != entries_.end() && entry->origin == origin ? entry->last : Sequence::none;
}

void VersionVector::advance(const Dot& dot) {
  CHECK(dot.sequence == next(last_seen(dot.origin)), dot, number(last_seen(dot.origin)));
  raise(dot.origin, dot.sequence);
}

void VersionVector::raise(OriginId origin, Sequence last) {
  if (last == Sequence::none) return;
  if (entries_.empty() || entries_.back().origin < origin) {  // as when one is read
    entries_.push_back({origin, last});
    return;
  }
  auto entry = find_entry(entries_, origin);
  if (entry == entries_.end() || entry->origin != origin) {
    entries_.insert(entry, {origin, last});
  } else {
    entry->last = std::max(entry->last, last);
  }
}

void VersionVector::merge(const VersionVector& other) {
  Entries merged;
  merged.reserve(std::max(entries_.size(), other.entries_.size()));
  for_each_pair(entries_, other.entries_, [&](OriginId origin, Sequence a, Sequence b) {
    merged.push_back({origin, std::max(a, b)});
  });
  entries_ = std::move(merged);
}

void VersionVector::meet(const VersionVector& other) {
  Entries met;
  for_each_pair(entries_, other.entries_, [&](OriginId origin, Sequence a, Sequence b) {
    if (Sequence least = std::min(a, b); least != Sequence::none) met.push_back({origin, least});
  });
  entries_ = std::move(met);
}

std::vector<EventRange> VersionVector::missing_from(const VersionVector& other) const {
  std::vector<EventRange> ranges;
  for_each_pair(entries_, other.entries_, [&](OriginId origin, Sequence mine, Sequence theirs) {
    if (theirs > mine) ranges.push_back({origin, next(mine), theirs});
  });
  return ranges;
}

bool VersionVector::includes(const VersionVector& other) const {
  return std::all_of(other.entries_.begin(), other.entries_.end(),
                     [&](const Entry& entry) { return last_seen(entry.origin) >= entry.last; });
}

std::uint64_t VersionVector::event_count() const {
  std::uint64_t count = 0;
  for (const Entry& entry : entries_) count += number(entry.last);
  return count;
}

std::partial_ordering VersionVector::operator<=>(const VersionVector& other) const {
  bool less = false, greater = false;
  for_each_pair(entries_, other.entries_, [&](OriginId, Sequence a, Sequence b) {
    less |= a < b;
    greater |= a > b;
  });
  if (less && greater) return std::partial_ordering::unordered;
  if (less) return std::partial_ordering::less;
  return greater ? std::partial_ordering::greater : std::partial_ordering::equivalent;
}

std::string VersionVector::to_string() const {
  std::string text;
  for (const Entry& entry : entries_) {
    if (!text.empty()) text += ' ';
    text += entry.origin.to_string().substr(0, 4) + "..:" + std::to_string(number(entry.last));
  }
  return text;
}

}  // namespace genlock
