#include "engine/conflicts_of.h"

#include "engine/event_codec.h"
#include "engine/merge.h"
#include "engine/sibling_merge.h"

#include <algorithm>
#include <map>
#include <set>

namespace genlock {

namespace {

// A side as its event tells it.
struct SideEvent {
  Event event;
  VersionVector context;
};

class Finder {
 public:
  Finder(const State& state, const RecordState& record, const RecordView& view)
      : state_(state), record_(record), view_(view) {}

  Result<std::vector<Conflict>> run() {
    for (const GroupState& group : record_.groups) TRY(of_group(group));
    TRY(of_life());
    TRY(of_slot());
    return std::move(found_);
  }

 private:
  // --- field groups ---

  Result<void> of_group(const GroupState& group) {
    Shown now = shown(view_.table, group);
    std::vector<Loss> losses;
    if (now.pending) {
      if (view_.visible()) TRY(pending_group(group, now));
    } else {
      if (group.decision) TRY(decided_group(group, now));
      for (const auto& [loser, by] : now.not_shown)
        losses.push_back({loser->dot, by->dot, by->role});
    }
    losses.insert(losses.end(), group.losses.begin(), group.losses.end());
    TRY(one_per_loser(losses));
    for (const Loss& lost : losses) TRY(loss(group, lost));
    return {};
  }

  // A loss has its loser's id. Where several writers replaced one write unseen, each with another
  // value before them, the highest winner stands for all.
  Result<void> one_per_loser(std::vector<Loss>& losses) {
    std::vector<Loss> kept;
    for (const Loss& lost : losses) {
      auto known = std::ranges::find(kept, lost.loser, &Loss::loser);
      if (known == kept.end()) {
        kept.push_back(lost);
        continue;
      }
      TRY(load_event(known->winner));
      TRY(load_event(lost.winner));
      if (events_.at(known->winner).event.rank() < events_.at(lost.winner).event.rank())
        *known = lost;
    }
    losses = std::move(kept);
    return {};
  }

  Result<void> pending_group(const GroupState& group, const Shown& now) {
    Conflict conflict =
        begin(field_conflict_id(state_.stream(), record_.key(), group.id), group.id);
    conflict.kind = now.lock_pending ? ConflictKind::lock : ConflictKind::field;
    std::vector<const Write*> sides = one_per_value(group, now);
    for (const Write* write : sides) {
      TRY_ASSIGN(ConflictSide side, make_side(write->dot));
      side.value = now.said_by(*write);
      if (write == now.write) conflict.shown = conflict.sides.size();
      conflict.sides.push_back(std::move(side));
      if (write->held && !conflict.lock) {
        TRY_ASSIGN(conflict.lock, holding_lock(write->dot));
      }
    }
    TRY_ASSIGN(conflict.base, base_of(group));
    finish(std::move(conflict));
    return {};
  }

  // Siblings of one value are one side, told by the highest of them (by the shown one where it is
  // among them); so are those that are merged.
  static std::vector<const Write*> one_per_value(const GroupState& group, const Shown& now) {
    std::vector<const Write*> sides;
    for (const Write& write : group.siblings) {
      auto same = std::find_if(sides.begin(), sides.end(), [&](const Write* s) {
        return now.said_by(*s) == now.said_by(write);
      });
      if (same == sides.end()) {
        sides.push_back(&write);
      } else if (*same != now.write) {
        *same = &write;
      }
    }
    std::sort(sides.begin(), sides.end(),
              [](const Write* a, const Write* b) { return a->rank() < b->rank(); });
    return sides;
  }

  Result<ColumnValues> base_of(const GroupState& group) {
    TRY(load_history());
    return SiblingMerge(record_.key(), group.id, history_, locks_).base_of(group.siblings);
  }

  Result<void> decided_group(const GroupState& group, const Shown& now) {
    Conflict conflict =
        begin(field_conflict_id(state_.stream(), record_.key(), group.id), group.id);
    for (const Dot& dot : group.decision->sides) {
      TRY_ASSIGN(ConflictSide side, make_side(dot));
      side.value = written_value(events_.at(dot).event, group.id);
      auto same = [&](const ConflictSide& other) { return other.value == side.value; };
      std::erase_if(conflict.sides, same);
      conflict.sides.push_back(std::move(side));
    }
    sort_sides(conflict);
    conflict.shown = conflict.sides.size();
    for (std::size_t i = 0; i < conflict.sides.size(); ++i)
      if (conflict.sides[i].value == *now.value) conflict.shown = i;
    TRY(note_decision(conflict, *group.decision));
    finish(std::move(conflict));
    return {};
  }

  Result<void> loss(const GroupState& group, const Loss& loss) {
    Conflict conflict =
        begin(loss_id(state_.stream(), loss.loser, record_.key(), group.id), group.id);
    conflict.loss = true;
    conflict.resolution =
        loss.winner_role == Role::cloud ? Resolution::cloud_wins : Resolution::local_wins;
    for (const Dot& dot : {loss.loser, loss.winner}) {
      TRY_ASSIGN(ConflictSide side, make_side(dot));
      side.value = written_value(events_.at(dot).event, group.id);
      conflict.sides.push_back(std::move(side));
    }
    sort_sides(conflict);
    for (std::size_t i = 0; i < conflict.sides.size(); ++i)
      if (conflict.sides[i].event == loss.winner) conflict.shown = i;
    conflict.resolved_by_event = loss.winner;
    conflict.resolved_ms = events_.at(loss.winner).event.wall_ms;
    finish(std::move(conflict));
    return {};
  }

  // --- life ---

  Result<void> of_life() {
    if (record_.life_pending()) {
      if (!view_.hidden_by) TRY(pending_life());
    } else if (record_.life.decision) {
      Conflict conflict =
          begin(field_conflict_id(state_.stream(), record_.key(), life_group), life_group);
      conflict.kind = ConflictKind::life;
      for (const Dot& dot : record_.life.decision->sides) {
        TRY_ASSIGN(ConflictSide side, make_side(dot));
        const Event& event = events_.at(dot).event;
        std::vector<const Operation*> operations = operations_on(event, record_.key());
        side.deleted = std::any_of(operations.begin(), operations.end(),
                                   [](const Operation* o) { return deletes(*o); });
        conflict.sides.push_back(std::move(side));
      }
      sort_sides(conflict);
      conflict.shown = conflict.sides.size();
      for (std::size_t i = 0; i < conflict.sides.size(); ++i)
        if (conflict.sides[i].deleted == record_.deleted()) conflict.shown = i;
      TRY(note_decision(conflict, *record_.life.decision));
      finish(std::move(conflict));
    }
    return {};
  }

  Result<void> pending_life() {
    Conflict conflict =
        begin(field_conflict_id(state_.stream(), record_.key(), life_group), life_group);
    const LifeState& life = record_.life;
    bool by_lock = !life.witness;
    conflict.kind = by_lock ? ConflictKind::lock : ConflictKind::life;
    Dot alive = life.witness ? life.witness->dot : life.create.dot;
    TRY_ASSIGN(ConflictSide keep, make_side(alive));
    conflict.sides.push_back(std::move(keep));
    if (!life.deletes.empty()) {
      TRY_ASSIGN(ConflictSide gone, make_side(life.deletes.back().dot));
      gone.deleted = true;
      conflict.sides.push_back(std::move(gone));
    }
    if (by_lock) {
      const Dot& held_off = life.deletes.empty() ? life.create.dot : life.deletes.back().dot;
      TRY_ASSIGN(conflict.lock, holding_lock(held_off));
    }
    sort_sides(conflict);
    for (std::size_t i = 0; i < conflict.sides.size(); ++i)
      if (!conflict.sides[i].deleted) conflict.shown = i;
    finish(std::move(conflict));
    return {};
  }

  // --- unique slots ---

  Result<void> of_slot() {
    if (!view_.visible() || view_.table->unique_in_parent == ColumnId::none || view_.slot_taken_by)
      return {};
    TRY_ASSIGN(SlotOrder slot, slot_order(state_, *view_.table, record_));
    if (slot.claimants.size() < 2) return {};
    ColumnId column = view_.table->unique_in_parent;
    Conflict conflict = begin(
        unique_conflict_id(state_.stream(), view_.table->unique_id, record_.parent, slot.value),
        view_.table->group_of(column)->id);
    conflict.kind = ConflictKind::unique;
    for (const SlotOrder::Claimant& claimant : slot.claimants) {
      TRY_ASSIGN(ConflictSide side, make_side(claimant.event, {record_.table, claimant.id}));
      side.record = claimant.id;
      side.value = {{column, slot.value}};
      conflict.sides.push_back(std::move(side));
    }
    conflict.shown = 0;  // the earliest claim
    TRY_ASSIGN(conflict.proposed, free_slot());
    finish(std::move(conflict));
    return {};
  }

  // The least slot number that no visible row of the same parent shows.
  Result<std::optional<std::int64_t>> free_slot() {
    ColumnId column = view_.table->unique_in_parent;
    TRY_ASSIGN(std::vector<RecordKey> rows, state_.children(record_.parent, record_.table));
    std::set<std::int64_t> taken;
    for (const RecordKey& key : rows) {
      TRY_ASSIGN(const RecordState* row, state_.find(key));
      if (!row || row->deleted()) continue;
      const GroupState* group = row->group(view_.table->group_of(column)->id);
      const ColumnValues* values = group ? shown(view_.table, *group).value : nullptr;
      const Value* value = values ? find(*values, column) : nullptr;
      if (const auto* number = value ? std::get_if<std::int64_t>(value) : nullptr)
        taken.insert(*number);
    }
    const Column* rules = view_.table->column(column);
    for (auto n = static_cast<std::int64_t>(rules->minimum);
         n <= static_cast<std::int64_t>(rules->maximum); ++n)
      if (!taken.contains(n)) return std::optional<std::int64_t>(n);
    return std::optional<std::int64_t>{};
  }

  // --- parts ---

  Conflict begin(const Uuid& id, GroupId group) const {
    Conflict conflict;
    conflict.id = id;
    conflict.stream = state_.stream();
    conflict.record = record_.key();
    conflict.group = group;
    const Value* label = find(view_.values, column::label);
    if (const auto* text = label ? std::get_if<std::string>(label) : nullptr)
      conflict.label = *text;
    return conflict;
  }

  void finish(Conflict conflict) {
    UnixMs latest = 0;
    HybridTime highest = HybridTime::zero;
    for (std::size_t i = 0; i < conflict.sides.size(); ++i) {
      conflict.sides[i].key =
          i < 26 ? std::string(1, static_cast<char>('a' + i)) : "s" + std::to_string(i + 1);
      if (conflict.sides[i].time < highest) continue;
      highest = conflict.sides[i].time;
      latest = conflict.sides[i].wall_ms;
    }
    conflict.created_ms = latest;
    found_.push_back(std::move(conflict));
  }

  static void sort_sides(Conflict& conflict) {
    std::sort(conflict.sides.begin(), conflict.sides.end(),
              [](const ConflictSide& a, const ConflictSide& b) {
                return Rank{a.time, a.event.origin} < Rank{b.time, b.event.origin};
              });
  }

  Result<void> note_decision(Conflict& conflict, const Decision& decision) {
    TRY(load_event(decision.by));
    const Event& event = events_.at(decision.by).event;
    conflict.resolution = decision.resolution;
    conflict.resolved_by_event = decision.by;
    conflict.resolved_ms = event.wall_ms;
    conflict.resolved_by = event.by;
    return {};
  }

  Result<std::optional<Dot>> holding_lock(const Dot& dot) {
    TRY(load_history());
    TRY(load_event(dot));
    const Lock* lock = locks_.holding_off(dot, events_.at(dot).context);
    return lock ? std::optional<Dot>(lock->dot) : std::nullopt;
  }

  ColumnValues written_value(const Event& event, GroupId group) const {
    ColumnValues value;
    for (const Operation* operation : operations_on(event, record_.key()))
      if (operation->group == group || operation->kind == OperationKind::create)
        value = group_values(view_.table, group, *operation);
    return value;
  }

  Result<ConflictSide> make_side(const Dot& dot) { return make_side(dot, record_.key()); }

  Result<ConflictSide> make_side(const Dot& dot, const RecordKey& of) {
    TRY(load_event(dot));
    const SideEvent& known = events_.at(dot);
    ConflictSide side;
    side.record = of.id;
    side.event = dot;
    side.time = known.event.time;
    side.wall_ms = known.event.wall_ms;
    side.role = known.event.role;
    side.by = known.event.by;
    auto dots = dots_.find(of);
    if (dots == dots_.end()) {
      TRY_ASSIGN(std::vector<Dot> all, state_.event_dots(of));
      dots = dots_.emplace(of, std::move(all)).first;
    }
    TRY_ASSIGN(side.version, state_.dropped_before(of, dot));
    side.version += static_cast<std::uint64_t>(std::ranges::count_if(
        dots->second, [&](const Dot& d) { return d == dot || known.context.contains(d); }));
    return side;
  }

  Result<void> load_event(const Dot& dot) {
    if (events_.contains(dot)) return {};
    EventId id{state_.stream(), dot};
    TRY_ASSIGN(StoredEvent stored, state_.log().read(state_.reader(), id));
    TRY_ASSIGN(Event event, decode_stored(stored));
    TRY_ASSIGN(VersionVector context, state_.log().context_of(state_.reader(), id));
    events_.emplace(dot, SideEvent{std::move(event), std::move(context)});
    return {};
  }

  Result<void> load_history() {
    if (history_loaded_) return {};
    TRY_ASSIGN(history_, state_.history(record_.key()));
    TRY_ASSIGN(locks_, state_.locks());
    history_loaded_ = true;
    return {};
  }

  const State& state_;
  const RecordState& record_;
  const RecordView& view_;
  std::vector<Conflict> found_;
  std::map<Dot, SideEvent> events_;
  std::map<RecordKey, std::vector<Dot>> dots_;  // names of the events on a record
  bool history_loaded_ = false;
  std::vector<RecordEvent> history_;
  LockState locks_;
};

}  // namespace

Result<std::vector<Conflict>> conflicts_of(const State& state, const RecordState& record,
                                           const RecordView& view) {
  return Finder(state, record, view).run();
}

}  // namespace genlock
