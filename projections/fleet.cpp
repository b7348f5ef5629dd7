#include "projections/fleet.h"

#include <algorithm>
#include <map>

namespace genlock {
namespace {

void note(FleetNode& node, HoldBack why) {
  ++node.streams_waiting;
  node.holds_back = std::min(node.holds_back.value_or(why), why);
}

UnixMs first_here_ms(const NodeEntry& node) {
  UnixMs first = 0;
  for (const OriginEntry& origin : node.origins)
    if (!origin.closed_ms)
      first = first == 0 ? origin.opened_ms : std::min(first, origin.opened_ms);
  return first;
}

}  // namespace

Result<std::vector<FleetNode>> read_fleet(const Reader& reader, const EventLog& log) {
  TRY_ASSIGN(const NodeDirectory directory, read_directory(reader, log));
  std::vector<FleetNode> fleet;
  std::map<OriginId, std::size_t> places;
  for (const NodeEntry& node : directory.nodes) {
    for (const OriginEntry& origin : node.origins) places[origin.id] = fleet.size();
    fleet.push_back({.entry = node, .acknowledged_ms = {}, .holds_back = {}});
  }
  for (const SaidEntry& said : directory.said) {
    const auto place = places.find(said.origin);
    if (place == places.end()) continue;
    std::optional<UnixMs>& latest = fleet[place->second].acknowledged_ms;
    latest = std::max(latest.value_or(said.at_ms), said.at_ms);
  }
  TRY_ASSIGN(const std::vector<StreamId> streams, log.streams(reader));
  for (const StreamId stream : streams) {
    if (stream == directory_stream) continue;  // spoken of beside others only
    TRY_ASSIGN(const StreamHead head, log.head(reader, stream));
    for (const auto& [origin, why] : held_back(directory.standing(stream, head, false)))
      if (const auto place = places.find(origin); place != places.end())
        note(fleet[place->second], why);
  }
  for (FleetNode& node : fleet)
    node.waiting_since_ms = node.acknowledged_ms.value_or(first_here_ms(node.entry));
  std::ranges::sort(fleet, [](const FleetNode& a, const FleetNode& b) {
    return std::pair(a.entry.name, a.entry.id) < std::pair(b.entry.name, b.entry.id);
  });
  return fleet;
}

}  // namespace genlock
