// Version vectors (Parker et al. 1983): what a replica has seen of one stream, the last sequence
// per origin.
//   a <=> b   less: all of a is in b    greater: the converse
//             equivalent: the same      unordered: concurrent
// merge is commutative, associative and idempotent (tests/properties/version_vector_laws_test.cpp).
// Entries are kept sorted by origin; a missing entry and Sequence::none are the same.
#pragma once

#include "engine/ids.h"

#include <compare>
#include <string>
#include <vector>

namespace genlock {

class VersionVector {
 public:
  struct Entry {
    OriginId origin;
    Sequence last = Sequence::none;
    bool operator==(const Entry&) const = default;
  };

  // The last sequence seen from `origin`, or Sequence::none.
  Sequence last_seen(OriginId origin) const;
  bool contains(const Dot& dot) const { return last_seen(dot.origin) >= dot.sequence; }
  // Notes one more event. REQUIRES: dot.sequence == next(last_seen(dot.origin)).
  void advance(const Dot& dot);
  // Raises the entry of `origin` to `last` where that is higher.
  void raise(OriginId origin, Sequence last);
  void merge(const VersionVector& other);
  // The entries both have: pointwise minimum. The meet of causally closed sets is causally closed.
  void meet(const VersionVector& other);
  // The ranges `other` has and this lacks, by origin. O(origins).
  std::vector<EventRange> missing_from(const VersionVector& other) const;
  bool includes(const VersionVector& other) const;
  std::uint64_t event_count() const;

  std::partial_ordering operator<=>(const VersionVector& other) const;
  bool operator==(const VersionVector& other) const = default;
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }
  void reserve(std::size_t count) { entries_.reserve(count); }
  // "a1b2..:3 c3d4..:1"
  std::string to_string() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace genlock
