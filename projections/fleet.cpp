#include "projections/fleet.h"

#include "engine/event_codec.h"

#include <algorithm>
#include <map>

namespace genlock {
namespace {

void note(FleetNode& node, HoldBack why) {
  ++node.streams_waiting;
  node.holds_back = std::min(node.holds_back.value_or(why), why);
}

// When the first event was written that a node has not acknowledged and others have.
Result<std::optional<UnixMs>> first_missing_ms(const Reader& reader, const EventLog& log,
                                               StreamId stream, const VersionVector& missing_from,
                                               const VersionVector& others) {
  std::optional<UnixMs> first;
  for (const EventRange& range : missing_from.missing_from(others)) {
    const auto stored = log.read(reader, {stream, {range.origin, range.first}});
    if (!stored.ok() && stored.error().code == ErrorCode::corruption) return stored.error();
    if (!stored.ok()) continue;  // not here yet
    TRY_ASSIGN(const Event event, decode_stored(*stored));
    first = std::min(first.value_or(event.wall_ms), event.wall_ms);
  }
  return first;
}

using Places = std::map<OriginId, std::size_t>;

Result<void> note_behind(const Reader& reader, const EventLog& log, StreamId stream,
                         const Standing& standing, const Places& places,
                         std::vector<FleetNode>& fleet) {
  VersionVector all;
  for (const auto& [origin, said] : standing.said) all.merge(said.stable);
  for (const OriginId& member : standing.members) {
    const auto said = standing.said.find(member);
    const auto place = places.find(member);
    if (said == standing.said.end() || place == places.end()) continue;
    TRY_ASSIGN(const auto since, first_missing_ms(reader, log, stream, said->second.stable, all));
    std::optional<UnixMs>& behind = fleet[place->second].behind_since_ms;
    if (!since) continue;
    behind = std::min(behind.value_or(*since), *since);
    ++fleet[place->second].streams_behind;
  }
  return {};
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
  Places places;
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
    const Standing standing = directory.standing(stream, head, false);
    for (const auto& [origin, why] : held_back(standing))
      if (const auto place = places.find(origin); place != places.end())
        note(fleet[place->second], why);
    TRY(note_behind(reader, log, stream, standing, places, fleet));
  }
  for (FleetNode& node : fleet)
    node.waiting_since_ms = node.acknowledged_ms.value_or(first_here_ms(node.entry));
  std::ranges::sort(fleet, [](const FleetNode& a, const FleetNode& b) {
    return std::pair(a.entry.name, a.entry.id) < std::pair(b.entry.name, b.entry.id);
  });
  return fleet;
}

std::optional<UnixMs> waits_since(const FleetNode& node) {
  if (node.holds_back) return node.waiting_since_ms;
  if (!node.behind_since_ms) return std::nullopt;
  return std::max(node.waiting_since_ms, *node.behind_since_ms);
}

namespace {

std::string days(UnixMs ms) {
  constexpr UnixMs hour = 3'600'000, day = 24 * hour;
  const UnixMs n = ms < 2 * day ? ms / hour : ms / day;
  return std::to_string(n) + (ms < 2 * day ? " hour" : " day") + (n == 1 ? "" : "s");
}

}  // namespace

Result<std::vector<SilentNodes::Silent>> SilentNodes::look(const Reader& reader,
                                                           const EventLog& log, NodeId self,
                                                           UnixMs now) {
  if (patience_ms_ == 0) return std::vector<Silent>{};
  TRY_ASSIGN(const StreamHead head, log.head(reader, directory_stream));
  const std::lock_guard lock(mutex_);
  if (read_ms_ == 0 || directory_ != head.vector() || now - read_ms_ > reread_ms) {
    TRY_ASSIGN(const std::vector<FleetNode> fleet, read_fleet(reader, log));
    waited_for_.clear();
    for (const FleetNode& node : fleet)
      if (const auto since = waits_since(node); since && node.entry.id != self)
        waited_for_.push_back(
            {node.entry.id, node.entry.name.empty() ? node.entry.id.to_string() : node.entry.name,
             node.acknowledged_ms, *since});
    std::ranges::stable_sort(waited_for_, {}, &Silent::since_ms);
    directory_ = head.vector();
    read_ms_ = now;
  }
  std::vector<Silent> silent = waited_for_;
  std::erase_if(silent, [&](const Silent& one) { return now - one.since_ms <= patience_ms_; });
  return silent;
}

std::string words_of(const SilentNodes::Silent& silent, UnixMs now) {
  const std::string heard =
      silent.acknowledged_ms
          ? " was last heard " + days(now - *silent.acknowledged_ms) + " ago"
          : " has acknowledged nothing in the " + days(now - silent.since_ms) + " that it is known";
  return silent.name + heard +
         " and holds back compaction: let it sync, or `genlock nodes retire " +
         silent.node.to_string() + " --reason TEXT` where it is gone";
}

}  // namespace genlock
