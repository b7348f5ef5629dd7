#include "engine/event_log.h"

#include <algorithm>

namespace genlock {

namespace {

auto find_origin(auto& origins, OriginId origin) {
  return std::lower_bound(origins.begin(), origins.end(), origin,
                          [](const auto& entry, OriginId id) { return entry.first < id; });
}

}  // namespace

const OriginHead* StreamHead::find(OriginId origin) const {
  auto entry = find_origin(origins, origin);
  return entry != origins.end() && entry->first == origin ? &entry->second : nullptr;
}

OriginHead& StreamHead::at(OriginId origin) {
  auto entry = find_origin(origins, origin);
  if (entry == origins.end() || entry->first != origin) {
    entry = origins.insert(entry, {origin, OriginHead{}});
  }
  return entry->second;
}

VersionVector StreamHead::vector() const {
  VersionVector vector;
  vector.reserve(origins.size());
  for (const auto& [origin, head] : origins) vector.raise(origin, head.last);
  return vector;
}

}  // namespace genlock
