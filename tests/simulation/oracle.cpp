#include "simulation/oracle.h"

#include "simulation/oracle_words.h"

#include <algorithm>

namespace genlock::simulation {
namespace {

// "A write replaces the earlier writes that stood in its context, or exactly those that it names."
// A held-off one replaces only held-off ones.
bool replaces(const Claim& later, const Claim& earlier) {
  if (later.fact == earlier.fact) return later.order > earlier.order;
  if (!saw(*later.fact, *earlier.fact) || (later.held && !earlier.held)) return false;
  return !later.named ||
         std::find(later.named->begin(), later.named->end(), earlier.dot()) != later.named->end();
}

}  // namespace

Oracle::Oracle(StreamId stream, const std::vector<Fact>& facts) : stream_(stream), facts_(facts) {
  for (const Fact& fact : facts_)
    for (const Operation& operation : fact.event.operations) {
      if (!is_edit(operation)) continue;
      RowKey key{operation.table, operation.record};
      rows_.insert(key);
      auto& events = by_row_[key];
      if (events.empty() || events.back() != &fact) events.push_back(&fact);
    }
  // The parent is that of the create of the lowest rank.
  for (const RowKey& key : rows_) {
    std::optional<Rank> first;
    for (const Fact* fact : by_row_[key])
      for (const Operation& operation : fact->event.operations) {
        if (!is_on(operation, key) || operation.kind != OperationKind::create) continue;
        if (first && *first < fact->event.rank()) continue;
        first = fact->event.rank();
        parents_[key] = operation.parent;
      }
  }
  locks_ = locks_in(nullptr);
  for (const Lock& lock : locks_) void_locks_ += !lock.stands;
}

// --- locks (rule 7) -----------------------------------------------------------------------------

// "Of concurrent locks a LAN node's stands before the cloud's, then the earlier."
std::vector<Oracle::Lock> Oracle::locks_in(const VersionVector* within) const {
  std::vector<Lock> found;
  for (const Fact& fact : facts_) {
    if (within && !within->contains(fact.event.dot)) continue;
    for (const Operation& operation : fact.event.operations)
      if (operation.kind == OperationKind::lock) found.push_back({&fact, true});
  }
  std::sort(found.begin(), found.end(), [](const Lock& a, const Lock& b) {
    bool a_is_cloud = a.fact->event.role == Role::cloud;
    bool b_is_cloud = b.fact->event.role == Role::cloud;
    return a_is_cloud != b_is_cloud ? b_is_cloud : a.fact->event.rank() < b.fact->event.rank();
  });
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (found[j].stands && concurrent(*found[i].fact, *found[j].fact)) found[i].stands = false;
  return found;
}

bool Oracle::held_off(const Fact& fact, const VersionVector* within) const {
  const std::vector<Lock> inside = within ? locks_in(within) : std::vector<Lock>{};
  const std::vector<Lock>& locks = within ? inside : locks_;
  return std::any_of(locks.begin(), locks.end(),
                     [&](const Lock& lock) { return lock.stands && concurrent(*lock.fact, fact); });
}

// --- field groups (rules 1 to 4, 7, 9) ----------------------------------------------------------

Claims Oracle::claims(const RowKey& key, const Group& group) const {
  Claims found;
  auto events = by_row_.find(key);
  if (events == by_row_.end()) return found;
  for (const Fact* fact : events->second) {
    bool held = held_off(*fact, nullptr);
    const auto& operations = fact->event.operations;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const Operation& operation = operations[i];
      bool writes =
          operation.kind == OperationKind::create ||
          ((operation.kind == OperationKind::set || operation.kind == OperationKind::resolve) &&
           operation.group == group.id);
      if (!writes || !is_on(operation, key)) continue;
      ColumnValues value;
      for (ColumnId column : group.columns) {
        const Value* written = find(operation.values, column);
        value.push_back({column, written ? *written : Value{}});
      }
      found.push_back(
          {fact, i, std::move(value), operation.replaces ? &*operation.replaces : nullptr, held});
    }
  }
  return found;
}

OracleGroup Oracle::group(const RowKey& key, const Group& group) const {
  Claims all = claims(key, group);
  OracleGroup result = settle(all, group);
  if (!result.siblings.empty()) note_overruled(all, group, result);
  return result;
}

OracleGroup Oracle::settle(Claims all, const Group& group) const {
  OracleGroup result;
  for (const Claim& claim : all)
    if (std::none_of(all.begin(), all.end(),
                     [&](const Claim& other) { return replaces(other, claim); }))
      result.siblings.push_back(claim);
  auto& siblings = result.siblings;
  if (siblings.empty()) return result;
  std::sort(siblings.begin(), siblings.end(),
            [](const Claim& a, const Claim& b) { return a.rank() < b.rank(); });
  // The highest rank shows; what a lock held off only where nothing else is.
  for (std::size_t i = 0; i < siblings.size(); ++i)
    if (!siblings[i].held || siblings[result.shown].held) result.shown = i;
  const Claim& shown = siblings[result.shown];
  bool differ = false, held_differs = false, marked = shown.fact->event.clock_suspect;
  for (const Claim& sibling : siblings) {
    if (sibling.value == shown.value) continue;
    (sibling.held ? held_differs : differ) = true;
    marked |= sibling.fact->event.clock_suspect;
  }
  result.may_merge =
      differ && group.columns.size() == 1 && group.policy == Policy::last_writer_wins;
  result.pending = held_differs || (differ && (group.policy == Policy::flagged || marked));
  return result;
}

// Rule 3, for each writer in turn: what it had seen, and what of that it replaced unseen.
void Oracle::note_overruled(const Claims& all, const Group& group, OracleGroup& result) const {
  std::map<Dot, Rank> ranks;
  auto keep = [&](const Claim& loser, const Claim& winner) {
    auto [at, is_first] = ranks.emplace(loser.dot(), winner.rank());
    if (!is_first && winner.rank() < at->second) return;
    at->second = winner.rank();
    result.overruled[loser.dot()] = winner.dot();
  };
  if (!result.pending)
    for (const Claim& sibling : result.siblings)
      if (sibling.value != result.siblings[result.shown].value)
        keep(sibling, result.siblings[result.shown]);
  for (const Claim& writer : all) {
    if (writer.named) continue;
    Claims seen;
    for (const Claim& claim : all) {
      bool own = claim.fact == writer.fact && claim.order < writer.order;
      if (!own && !saw(*writer.fact, *claim.fact)) continue;
      seen.push_back(claim);
      seen.back().held = !own && held_off(*claim.fact, &writer.fact->seen);
    }
    OracleGroup view = settle(seen, group);
    for (const Claim& sibling : view.siblings)
      if (sibling.value != view.siblings[view.shown].value && sibling.fact != writer.fact &&
          replaces(writer, sibling))
        keep(sibling, view.siblings[view.shown]);
  }
}

}  // namespace genlock::simulation
