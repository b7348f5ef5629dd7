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

// Somebody new may be let in without being asked at the door again: promises no less, had nothing
// that is not here, and lets in no stranger.
bool has_come_in(const Standing& standing, const Acknowledgement& mine, OriginId newcomer) {
  if (mine.stable.empty()) return true;  // nothing was promised, so nothing is asked for
  const Acknowledgement* said = said_by(standing, newcomer);
  if (!said || !said->stable.includes(mine.stable) || !standing.held.includes(said->held))
    return false;
  return std::ranges::all_of(said->with, [&](OriginId other) {
    return names(standing.members, other) || names(mine.with, other);
  });
}

// What the members have promised together.
VersionVector promised(const Standing& standing) {
  VersionVector stable;
  for (const OriginId& member : standing.members)
    if (const Acknowledgement* said = said_by(standing, member)) stable.merge(said->stable);
  return stable;
}

// Who begins promises at once what others have: it holds that, and has let nobody in before.
std::optional<Acknowledgement> first_one(const Standing& standing, const VersionVector& aged) {
  VersionVector stable = promised(standing);
  if (stable.empty()) stable = aged;
  if (!standing.held.includes(stable)) return std::nullopt;
  return Acknowledgement{std::move(stable), standing.held, standing.members};
}

// Somebody new has not come through the door yet, and may wait for this one in turn. So that each
// finds the other's promise to be enough: promises what the others have, as soon as it is here, and
// forgets who is closed.
Acknowledgement while_waiting(const Standing& standing, const Acknowledgement& mine) {
  const VersionVector stable = promised(standing);
  Acknowledgement next{standing.held.includes(stable) ? stable : mine.stable, standing.held, {}};
  std::ranges::set_intersection(mine.with, standing.members, std::back_inserter(next.with));
  return next;
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
  if (!mine) return first_one(standing, aged);
  const bool are_in = std::ranges::all_of(standing.members, [&](OriginId member) {
    return names(mine->with, member) || has_come_in(standing, *mine, member);
  });
  Acknowledgement next{mine->stable, standing.held, standing.members};
  next.stable.merge(aged);
  if (!are_in) next = while_waiting(standing, *mine);
  if (mine->stable == next.stable && mine->with == next.with) return std::nullopt;
  return next;
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
