#include "engine/stability.h"

#include <algorithm>

namespace genlock {
namespace {

bool names(const std::vector<OriginId>& members, OriginId origin) {
  return std::ranges::binary_search(members, origin);
}

const Acknowledgement* said_by(const Standing& standing, OriginId origin) {
  const auto found = standing.said.find(origin);
  return found == standing.said.end() ? nullptr : &found->second;
}

std::optional<HoldBack> held_back_by(const Standing& standing, OriginId member) {
  const Acknowledgement* said = said_by(standing, member);
  if (!said) return HoldBack::silent;
  if (said->with != standing.members) return HoldBack::apart;
  if (!standing.held.includes(said->held)) return HoldBack::ahead;
  if (said->stable.empty()) return HoldBack::unstable;
  return std::nullopt;
}

// The events outside a cut that have seen least of it are the first ones of each origin: what one
// origin has seen only grows.
std::vector<Dot> first_outside(const VersionVector& cut, const VersionVector& held) {
  std::vector<Dot> first;
  for (const EventRange& range : cut.missing_from(held))
    first.push_back({range.origin, range.first});
  return first;
}

// Steps down to the greatest cut that all events held here have seen. Whatever legal cut is inside
// the one before is inside the next, too: it is in the context of each event outside.
Result<void> make_legal(VersionVector& cut, const Standing& standing, const VersionVector& floor,
                        const ContextOf& context_of) {
  for (bool is_legal = false; !is_legal && !floor.includes(cut);) {
    is_legal = true;
    for (const Dot& event : first_outside(cut, standing.held)) {
      TRY_ASSIGN(const VersionVector context, context_of(event));
      if (context.includes(cut)) continue;
      cut.meet(context);
      is_legal = false;
    }
  }
  return {};
}

// What `origin` said last where that promises no less than `mine`, and all is here that it had.
const Acknowledgement* promised_as_much(const Standing& standing, const Acknowledgement& mine,
                                        OriginId origin) {
  const Acknowledgement* said = said_by(standing, origin);
  const bool as_much =
      said && said->stable.includes(mine.stable) && standing.held.includes(said->held);
  return as_much ? said : nullptr;
}

// Somebody new may be let in without being asked at the door again. Whom it lets in is no stranger
// here, or has promised as much and lets in no stranger: an origin that was closed since.
bool has_come_in(const Standing& standing, const Acknowledgement& mine, OriginId newcomer) {
  if (mine.stable.empty()) return true;  // nothing was promised, so nothing is asked for
  const auto is_known = [&](OriginId origin) {
    return names(standing.members, origin) || names(mine.with, origin);
  };
  const auto is_safe = [&](OriginId origin) {
    if (is_known(origin)) return true;
    const Acknowledgement* said = promised_as_much(standing, mine, origin);
    return said && std::ranges::all_of(said->with, [&](OriginId other) {
             return other == origin || is_known(other);
           });
  };
  const Acknowledgement* said = promised_as_much(standing, mine, newcomer);
  return said && std::ranges::all_of(said->with, is_safe);
}

// Who begins promises at once what others have: it holds that, and has let nobody in before.
std::optional<VersionVector> adopted(const Standing& standing, const VersionVector& aged) {
  VersionVector stable;
  for (const OriginId& member : standing.members)
    if (const Acknowledgement* said = said_by(standing, member)) stable.merge(said->stable);
  if (stable.empty()) return aged;
  if (!standing.held.includes(stable)) return std::nullopt;
  return stable;
}

std::optional<VersionVector> next_promise(const Standing& standing, const Acknowledgement* mine,
                                          const VersionVector& aged) {
  if (!mine) return adopted(standing, aged);
  for (const OriginId& member : standing.members)
    if (!names(mine->with, member) && !has_come_in(standing, *mine, member)) return std::nullopt;
  VersionVector stable = mine->stable;
  stable.merge(aged);
  return stable;
}

}  // namespace

const char* to_string(HoldBack why) {
  switch (why) {
    case HoldBack::silent:
      return "silent";
    case HoldBack::apart:
      return "apart";
    case HoldBack::ahead:
      return "ahead";
    case HoldBack::unstable:
      return "unstable";
    case HoldBack::forked:
      return "forked";
  }
  return "";
}

std::vector<std::pair<OriginId, HoldBack>> held_back(const Standing& standing) {
  std::vector<std::pair<OriginId, HoldBack>> all;
  if (standing.is_forked) all.emplace_back(OriginId{}, HoldBack::forked);
  for (const OriginId& member : standing.members)
    if (const auto why = held_back_by(standing, member)) all.emplace_back(member, *why);
  return all;
}

Result<StableCut> stable_cut(const Standing& standing, const VersionVector& floor,
                             const ContextOf& context_of) {
  StableCut found{.cut = floor, .held_back = held_back(standing)};
  if (!found.held_back.empty() || standing.members.empty()) return found;
  VersionVector cut = said_by(standing, standing.members.front())->stable;
  for (const OriginId& member : standing.members) cut.meet(said_by(standing, member)->stable);
  TRY(make_legal(cut, standing, floor, context_of));
  found.cut.merge(cut);
  return found;
}

std::optional<Acknowledgement> next_acknowledgement(const Standing& standing, OriginId self,
                                                    const VersionVector& aged) {
  const Acknowledgement* mine = said_by(standing, self);
  std::optional<VersionVector> stable = next_promise(standing, mine, aged);
  if (!stable) return std::nullopt;
  if (mine && mine->stable == *stable && mine->with == standing.members) return std::nullopt;
  return Acknowledgement{*std::move(stable), standing.held, standing.members};
}

bool Door::lets_in(OriginId sender, OriginId writer, const VersionVector& context) const {
  return names(with, sender) || names(with, writer) || context.includes(cut);
}

namespace {

// Whom `a` lets in, `b` lets in.
bool asks_as_much(const Door& a, const Door& b) {
  return b.cut.empty() || (a.cut.includes(b.cut) && std::ranges::includes(b.with, a.with));
}

}  // namespace

Door joined(const Door& a, const Door& b) {
  if (asks_as_much(a, b)) return a;
  if (asks_as_much(b, a)) return b;
  Door both{a.cut, {}};
  both.cut.merge(b.cut);
  std::ranges::set_intersection(a.with, b.with, std::back_inserter(both.with));
  return both;
}

Door door_of(const std::optional<Acknowledgement>& mine) {
  return mine ? Door{mine->stable, mine->with} : Door{};
}

}  // namespace genlock
