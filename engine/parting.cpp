#include "engine/parting.h"

#include <algorithm>
#include <map>

namespace genlock {
namespace {

struct Compared {
  Sequence same = Sequence::none;  // the last event that is known to be the same
  std::optional<Sequence> other;   // the first one that is known to be another
};

// What the snapshot has kept of the events that are here.
Result<std::map<OriginId, Compared>> compare(const EventLog& log, const Reader& reader,
                                             const StreamHead& head, const StreamBase& base) {
  std::map<OriginId, Compared> found;
  TRY_ASSIGN(const VersionVector floor, log.floor(reader, base.stream));
  for (const VersionVector::Entry& entry : floor.entries()) found[entry.origin].same = entry.last;
  for (const KeptEvent& kept : base.events) {
    const OriginHead* here = head.find(kept.dot.origin);
    if (!here || kept.dot.sequence > here->last || floor.contains(kept.dot)) continue;
    TRY_ASSIGN(const StoredEvent ours, log.read(reader, {base.stream, kept.dot}));
    Compared& compared = found[kept.dot.origin];
    if (ours.chain == kept.chain)
      compared.same = std::max(compared.same, kept.dot.sequence);
    else
      compared.other = std::min(compared.other.value_or(kept.dot.sequence), kept.dot.sequence);
  }
  return found;
}

}  // namespace

Result<std::vector<Parting>> partings(const EventLog& log, const Reader& reader,
                                      const StreamBase& base, std::span<const OriginId> own,
                                      const VersionVector& shared) {
  TRY_ASSIGN(const StreamHead head, log.head(reader, base.stream));
  TRY_ASSIGN(auto found, compare(log, reader, head, base));
  std::vector<Parting> parted;
  for (const auto& [origin, here] : head.origins) {
    const auto& [same, other] = found[origin];
    const bool is_older = here.last < base.at.last_seen(origin) && std::ranges::count(own, origin);
    if (!other && !is_older) continue;
    const Sequence beyond = other.value_or(next(here.last));
    const Sequence told = std::min(shared.last_seen(origin), Sequence{number(beyond) - 1});
    const Dot first{origin, next(std::max(same, told))};
    if (first.sequence <= here.last) parted.push_back({first, other.has_value()});
  }
  return parted;
}

}  // namespace genlock
