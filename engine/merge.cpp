#include "engine/merge.h"

#include "engine/sibling_merge.h"

#include <algorithm>

namespace genlock {

namespace {

// One write of a group, with what decides what it replaces.
struct Claim {
  Write write;
  const VersionVector& context;
  const std::vector<Dot>* named;  // nullptr: replaces everything in the context
};

bool replaces(const Claim& claim, const Write& earlier) {
  if (earlier.dot == claim.write.dot)
    return true;  // of two operations of one event the later counts
  if (!claim.context.contains(earlier.dot)) return false;
  if (claim.write.held && !earlier.held)
    return false;  // rule 7: a held-off write replaces only held-off ones
  if (!claim.named) return true;
  return std::find(claim.named->begin(), claim.named->end(), earlier.dot) != claim.named->end();
}

void insert_by_rank(std::vector<Write>& siblings, Write write) {
  auto at = std::lower_bound(siblings.begin(), siblings.end(), write,
                             [](const Write& a, const Write& b) { return a.rank() < b.rank(); });
  siblings.insert(at, std::move(write));
}

void stand_beside(std::vector<Write>& siblings, Claim claim) {
  std::erase_if(siblings, [&](const Write& earlier) { return replaces(claim, earlier); });
  insert_by_rank(siblings, std::move(claim.write));
}

Write make_write(const Event& event, bool held, ColumnValues value) {
  return {event.dot, event.time, event.role, event.clock_suspect, held, std::move(value)};
}

// What an operation of an event says of a group, if it does.
std::optional<Claim> claim_on(const Table* table, GroupId group, const Operation& operation,
                              const Event& event, const VersionVector& context, bool held) {
  bool creates = operation.kind == OperationKind::create && table && table->group(group);
  bool writes =
      (operation.kind == OperationKind::set || operation.kind == OperationKind::resolve) &&
      operation.group == group;
  if (!creates && !writes) return std::nullopt;
  return Claim{make_write(event, held, group_values(table, group, operation)), context,
               operation.replaces ? &*operation.replaces : nullptr};
}

GroupState& group_of(RecordState& record, GroupId id) {
  auto at = std::lower_bound(record.groups.begin(), record.groups.end(), id,
                             [](const GroupState& g, GroupId wanted) { return g.id < wanted; });
  if (at == record.groups.end() || at->id != id)
    at = record.groups.insert(at, GroupState{.id = id});
  return *at;
}

template <class T>
void insert_sorted(std::vector<T>& list, T item) {
  auto at = std::lower_bound(list.begin(), list.end(), item);
  if (at == list.end() || *at != item) list.insert(at, std::move(item));
}

void note_head(std::vector<Dot>& heads, const Event& event, const VersionVector& context) {
  std::erase_if(heads, [&](const Dot& head) { return context.contains(head); });
  insert_sorted(heads, event.dot);
}

void keep_latest(std::optional<Decision>& kept, Decision decision) {
  Rank rank{decision.time, decision.by.origin};
  if (!kept || Rank{kept->time, kept->by.origin} < rank) kept = std::move(decision);
}

class Step {
 public:
  Step(RecordState& record, const MergeStep& step, const HistorySource& history)
      : record_(record),
        step_(step),
        source_(history),
        table_(find_table(record.table)),
        held_(step.locks.holding_off(step.event.dot, step.context) != nullptr) {}

  Result<bool> run() {
    note_event();
    for (const Operation* operation : step_.operations) {
      if (operation->kind == OperationKind::create) TRY(create(*operation));
      if (deletes(*operation)) remove(*operation);
      if (restores(*operation)) restore(*operation);
      if (writes_group(*operation)) TRY(write(operation->group, *operation));
    }
    return life_changed_;
  }

 private:
  static bool writes_group(const Operation& operation) {
    return (operation.kind == OperationKind::set || operation.kind == OperationKind::resolve) &&
           operation.group != life_group;
  }

  // The derived columns: version, created_at, updated_at, last_modified_by; and the heads.
  void note_event() {
    const Event& event = step_.event;
    Rank rank = event.rank();
    ++record_.version;
    if (record_.version == 1 || rank < record_.first) {
      record_.first = rank;
      record_.created_ms = event.wall_ms;
    }
    if (record_.version == 1 || record_.latest < rank) {
      record_.latest = rank;
      record_.latest_sequence = event.dot.sequence;
      record_.updated_ms = event.wall_ms;
      record_.latest_by = event.by;
    }
    note_head(record_.heads, event, step_.context);
  }

  Result<void> create(const Operation& operation) {
    LifeState& life = record_.life;
    Write write = make_write(step_.event, held_, {});
    if (!life.created || write.rank() < life.create.rank()) {
      life.created = true;
      life.create = std::move(write);
      record_.parent = operation.parent;
    }
    life_changed_ = true;
    if (!table_) return {};
    for (const Group& group : table_->groups) TRY(this->write(group.id, operation));
    return {};
  }

  void remove(const Operation& operation) {
    drop_seen_deletes(!held_);
    const Event& event = step_.event;
    StandingDelete standing{event.dot, event.time, event.wall_ms, held_};
    auto& list = record_.life.deletes;
    auto at = std::lower_bound(list.begin(), list.end(), event.rank(),
                               [](const StandingDelete& d, const Rank& rank) {
                                 return Rank{d.time, d.dot.origin} < rank;
                               });
    list.insert(at, standing);
    note_life_decision(operation);
    life_changed_ = true;
  }

  // Also where a lock held it off: it can only bring something back (docs/adr/0005).
  void restore(const Operation& operation) {
    drop_seen_deletes(true);
    LifeState& life = record_.life;
    if (Rank{life.restored, life.restored_by.origin} < step_.event.rank()) {
      life.restored = step_.event.time;
      life.restored_by = step_.event.dot;
    }
    note_life_decision(operation);
    life_changed_ = true;
  }

  // Rule 7: what was held off replaces only what was, too, unless it `takes_all`.
  void drop_seen_deletes(bool takes_all) {
    std::erase_if(record_.life.deletes, [&](const StandingDelete& d) {
      return step_.context.contains(d.dot) && (takes_all || d.held);
    });
  }

  void note_life_decision(const Operation& operation) {
    if (operation.kind != OperationKind::resolve) return;
    keep_latest(record_.life.decision, decision(operation));
  }

  Decision decision(const Operation& operation) const {
    Resolution resolution =
        operation.kind == OperationKind::resolve ? operation.resolution : Resolution::manual;
    std::vector<Dot> sides;
    if (operation.replaces)
      for (const Dot& dot : *operation.replaces)
        if (step_.context.contains(dot)) sides.push_back(dot);
    std::sort(sides.begin(), sides.end());
    return {step_.event.dot, step_.event.time, resolution, std::move(sides)};
  }

  Result<void> write(GroupId id, const Operation& operation) {
    Claim claim = *claim_on(table_, id, operation, step_.event, step_.context, held_);
    GroupState& group = group_of(record_, id);
    if (!group.siblings.empty()) TRY(judge(group, claim, operation));
    stand_beside(group.siblings, std::move(claim));
    return merge_finer(group);
  }

  // Rule 8. Asks for the history only where siblings differ in what can be merged.
  Result<void> merge_finer(GroupState& group) {
    group.merged.reset();
    if (group.siblings.size() < 2 || grain_of(table_, group.id) == Grain::whole) return {};
    if (shown(table_, group).not_shown.empty()) return {};
    TRY_ASSIGN(const std::vector<RecordEvent>* history, source_());
    SiblingMerge merge(record_.key(), group.id, *history, step_.locks);
    merge.add(step_.event, step_.context);
    group.merged = merge.merge(group.siblings);
    return {};
  }

  // What the writer had seen decides which values it replaced unseen (rule 3) and whether it
  // decided a conflict.
  Result<void> judge(GroupState& group, const Claim& claim, const Operation& operation) {
    GroupState before;
    const GroupState* seen = &group;
    if (!had_seen_all(group)) {
      TRY_ASSIGN(before, seen_before(group.id, operation));
      seen = &before;
    }
    if (seen->siblings.empty()) return {};
    Shown at_that_time = shown(table_, *seen);
    for (const auto& [hidden, by] : at_that_time.not_shown)
      if (!claim.named && hidden->dot != step_.event.dot && replaces(claim, *hidden))
        insert_sorted(group.losses, Loss{hidden->dot, by->dot, by->role});
    bool chose = operation.kind == OperationKind::resolve ||
                 (claim.named && names_differing(claim, *seen, at_that_time));
    if (chose) keep_latest(group.decision, decision(operation));
    return {};
  }

  // The group as it stood for the writer before `operation`: what it knew, and what it wrote
  // itself in the same event.
  Result<GroupState> seen_before(GroupId id, const Operation& operation) {
    TRY_ASSIGN(const std::vector<RecordEvent>* history, source_());
    LockState locks = locks_within(step_.locks, step_.context);
    SiblingMerge merge(record_.key(), id, *history, locks);
    merge.add(step_.event, step_.context);
    GroupState seen = merge.at(step_.context);
    for (const Operation* before : step_.operations) {
      if (before == &operation) break;
      auto own = claim_on(table_, id, *before, step_.event, step_.context, false);
      if (!own) continue;
      stand_beside(seen.siblings, *std::move(own));
      seen.merged = merge.merge(seen.siblings);
    }
    return seen;
  }

  bool had_seen_all(const GroupState& group) const {
    bool siblings = std::all_of(group.siblings.begin(), group.siblings.end(), [&](const Write& s) {
      return s.dot == step_.event.dot || step_.context.contains(s.dot);
    });
    return siblings &&
           std::all_of(step_.locks.locks.begin(), step_.locks.locks.end(),
                       [&](const Lock& lock) { return step_.context.contains(lock.dot); });
  }

  static bool names_differing(const Claim& claim, const GroupState& seen, const Shown& then) {
    const ColumnValues* first = nullptr;
    for (const Write& sibling : seen.siblings) {
      if (std::find(claim.named->begin(), claim.named->end(), sibling.dot) == claim.named->end())
        continue;
      const ColumnValues& said = then.said_by(sibling);
      if (first && *first != said) return true;
      first = &said;
    }
    return false;
  }

  RecordState& record_;
  const MergeStep& step_;
  const HistorySource& source_;
  const Table* table_;
  bool held_;
  bool life_changed_ = false;
};

}  // namespace

Result<bool> merge_event(RecordState& record, const MergeStep& step, const HistorySource& history) {
  return Step(record, step, history).run();
}

GroupWriter::GroupWriter(const RecordKey& record, GroupId group, const LockState& locks)
    : record_(record), group_(group), table_(find_table(record.table)), locks_(locks) {}

void GroupWriter::write(const Event& event, const VersionVector& context,
                        std::vector<Write>& siblings) const {
  bool held = locks_.holding_off(event.dot, context) != nullptr;
  for (const Operation* operation : operations_on(event, record_))
    if (auto claim = claim_on(table_, group_, *operation, event, context, held))
      stand_beside(siblings, *std::move(claim));
}

Result<RecordState> merge_history(const RecordKey& key, const std::vector<RecordEvent>& history,
                                  const LockState& locks) {
  RecordState record;
  record.table = key.table;
  record.id = key.id;
  // A step judges by what its writer had seen, which is inside `history` and before it.
  HistorySource source = [&]() -> Result<const std::vector<RecordEvent>*> { return &history; };
  for (const RecordEvent& past : history) {
    std::vector<const Operation*> operations = operations_on(past.event, key);
    TRY(merge_event(record, {past.event, past.context, operations, locks}, source));
  }
  return record;
}

LockState locks_within(const LockState& locks, const VersionVector& within) {
  LockState inside;
  for (const Lock& lock : locks.locks)
    if (within.contains(lock.dot)) inside.add(lock);
  return inside;
}

std::vector<const Operation*> operations_on(const Event& event, const RecordKey& key) {
  std::vector<const Operation*> operations;
  for (const Operation& operation : event.operations)
    if (on_record(operation) && operation.table == key.table && operation.record == key.id)
      operations.push_back(&operation);
  return operations;
}

bool on_record(const Operation& operation) {
  return operation.kind >= OperationKind::create && operation.kind <= OperationKind::resolve;
}

namespace {

// A resolution of a life: one value, true for the deletion.
bool resolves_life(const Operation& operation, bool deleted) {
  return operation.kind == OperationKind::resolve && operation.group == life_group &&
         operation.values.size() == 1 && operation.values.front().value == Value(deleted);
}

}  // namespace

bool deletes(const Operation& operation) {
  return operation.kind == OperationKind::remove || resolves_life(operation, true);
}

bool restores(const Operation& operation) {
  return operation.kind == OperationKind::restore || resolves_life(operation, false);
}

bool touches(const Operation& operation) { return on_record(operation) && !deletes(operation); }

ColumnValues group_values(const Table* table, GroupId group, const Operation& operation) {
  const Group* rules = table ? table->group(group) : nullptr;
  if (!rules) return operation.values;
  ColumnValues values;
  values.reserve(rules->columns.size());
  for (ColumnId column : rules->columns) {
    const Value* value = find(operation.values, column);
    values.push_back({column, value ? *value : Value{}});
  }
  return values;
}

}  // namespace genlock
