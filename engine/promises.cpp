#include "engine/promises.h"

#include <algorithm>

namespace genlock {

VersionVector held_by_members(const Said& said, const Door& door) {
  VersionVector held;
  for (const OriginId& member : door.with)
    if (const auto found = said.find(member); found != said.end()) held.merge(found->second.held);
  return held;
}

bool gives_way(const VersionVector& mine, const VersionVector& theirs) {
  const std::uint64_t here = mine.event_count(), there = theirs.event_count();
  if (here != there) return here < there;
  const auto named = [](const VersionVector::Entry& entry) {
    return std::pair(entry.origin, entry.last);
  };
  return std::ranges::lexicographical_compare(mine.entries(), theirs.entries(), {}, named, named);
}

bool is_outweighed(const VersionVector& mine, const std::vector<VersionVector>& promises,
                   const Dot& event) {
  return std::ranges::any_of(promises, [&](const VersionVector& promise) {
    return promise.contains(event) && gives_way(mine, promise);
  });
}

}  // namespace genlock
