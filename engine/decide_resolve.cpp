#include "engine/decide_parts.h"

#include <algorithm>

// Resolving is an event: it names every side that its author saw, so a side that comes later opens
// the conflict again.
namespace genlock::decide_parts {
namespace {

// --- the choice ----------------------------------------------------------------------------------

// cloud_wins, local_wins or a pick, as a side; errors go to `work`.
const ConflictSide* chosen_side(Work& work, const Conflict& conflict) {
  const ResolveChoice& choice = work.command.choice;
  const ConflictSide* side = nullptr;
  switch (choice.resolution) {
    case Resolution::cloud_wins:
      side = conflict.cloud_side();
      break;
    case Resolution::local_wins:
      side = conflict.local_side();
      break;
    default: {
      auto at = std::ranges::find(conflict.sides, *choice.pick, &ConflictSide::key);
      if (at == conflict.sides.end()) {
        work.fault("/pick", "enum", "is no side of this conflict");
        return nullptr;
      }
      return &*at;
    }
  }
  if (!side) work.fault("/resolution", "enum", "this conflict has no such side: pick one");
  return side;
}

bool picks_side(const ResolveChoice& choice) {
  return choice.resolution != Resolution::manual || choice.pick.has_value();
}

// Exactly one way to choose, and one that fits the kind of conflict.
void check_choice(Work& work, const Conflict& conflict) {
  const ResolveChoice& choice = work.command.choice;
  bool has_value = choice.value.has_value() || choice.deleted.has_value();
  if (choice.resolution == Resolution::pending)
    work.fault("/resolution", "enum", "must be one of cloud_wins, local_wins, manual");
  if (choice.resolution != Resolution::manual && (choice.pick || has_value))
    work.fault("/resolution", "enum", "a pick or a value goes with manual");
  if (choice.resolution == Resolution::manual && !choice.pick && !has_value)
    work.fault("/value", "required", "manual needs a pick or a value");
  if (choice.pick && has_value) work.fault("/pick", "enum", "send a pick or a value, not both");
  bool is_life = conflict.group == life_group;
  if (is_life && choice.value)
    work.fault("/value", "type", "must be {\"is_deleted\": true} or {\"is_deleted\": false}");
  if (!is_life && choice.deleted)
    work.fault("/value/is_deleted", "unknown", "this conflict is about values");
  work.fault(check_text(choice.comment, "/comment"));
}

// --- field groups, and what a lock held off ------------------------------------------------------

void check_own_value(Work& work, const Group& group, const Table& table, ColumnValues& values) {
  check_values(table, values, "/value", work.errors);
  for (const ColumnValue& item : values) {
    const Column* column = table.column(item.column);
    if (column && table.group_of(item.column)->id != group.id)
      work.fault("/value/" + std::string(column->name), "unknown",
                 "is not of the group " + std::string(group.name));
  }
}

// The whole group: what was chosen, and what shows for the rest. `group` is null for one of a newer
// schema: a side can be taken as it is, but nothing can be said about its columns.
Result<ColumnValues> resolved_values(Work& work, const Row& row, const Conflict& conflict,
                                     const Group* group) {
  ColumnValues values;
  if (picks_side(work.command.choice)) {
    const ConflictSide* side = chosen_side(work, conflict);
    if (!group) return side ? side->value : values;
    for (ColumnId column : group->columns) {
      const Value* value = side ? find(side->value, column) : nullptr;
      set(values, column, value ? *value : Value{});
    }
    return values;
  }
  if (!group) {
    work.fault("/value", "unknown",
               "is of columns that a newer version has: pick a side, or decide it there");
    return values;
  }
  ColumnValues named = *work.command.choice.value;
  check_own_value(work, *group, *row.table, named);
  TRY(check_references(work, *row.table, named, &row, "/value"));
  values = shown_values(row.view, *group);
  for (const ColumnValue& item : named) set(values, item.column, item.value);
  return values;
}

Operation& add_resolve(Work& work, const Conflict& conflict) {
  Operation& operation = work.add(OperationKind::resolve, conflict.record);
  operation.group = conflict.group;
  operation.resolution = work.command.choice.resolution;
  operation.comment = work.command.choice.comment;
  operation.replaces.emplace();
  return operation;
}

Result<void> resolve_field(Work& work, const Row& row, const Conflict& conflict) {
  const Group* group = row.table->group(conflict.group);
  TRY_ASSIGN(ColumnValues values, resolved_values(work, row, conflict, group));
  if (!work.errors.empty()) return {};
  Operation& operation = add_resolve(work, conflict);
  operation.values = std::move(values);
  operation.base = conflict.base;
  // Siblings rather than sides: several writes of one value are one side.
  for (const Write& sibling : row.record.group(conflict.group)->siblings)
    operation.replaces->push_back(sibling.dot);
  return {};
}

// --- life ----------------------------------------------------------------------------------------

void resolve_life(Work& work, const Conflict& conflict) {
  const ResolveChoice& choice = work.command.choice;
  bool is_deleted = choice.deleted.value_or(false);
  if (picks_side(choice)) {
    const ConflictSide* side = chosen_side(work, conflict);
    if (!side) return;
    is_deleted = side->deleted;
  }
  Operation& operation = add_resolve(work, conflict);
  operation.values = {{ColumnId::none, is_deleted}};
  for (const ConflictSide& side : conflict.sides) operation.replaces->push_back(side.event);
}

// --- slots ---------------------------------------------------------------------------------------

Result<void> move_to_slot(Work& work, const Table& table, RecordId claimant, std::int64_t slot) {
  TRY_ASSIGN(std::optional<Row> row, load_row(work.state, {table.id, claimant}));
  if (!row) return not_found({table.id, claimant});
  return write_groups(work, *row, {{table.unique_in_parent, slot}});
}

// A slot somebody named for the claimant that does not show. nullopt: errors were noted.
std::optional<std::int64_t> named_slot(Work& work, const Table& table,
                                       const std::vector<Value>& used) {
  ColumnValues values = *work.command.choice.value;
  const Group& group = *table.group_of(table.unique_in_parent);
  check_own_value(work, group, table, values);
  const Value* slot = find(values, table.unique_in_parent);
  if (!slot) {
    work.fault("/value", "required", "must name the slot to move to");
  } else if (std::ranges::find(used, *slot) != used.end()) {
    work.fault(slot_taken(table, "/value", *slot, used));
  }
  const auto* number = slot ? std::get_if<std::int64_t>(slot) : nullptr;
  return work.errors.empty() && number ? std::optional{*number} : std::nullopt;
}

// One claimant keeps the slot; each of the others goes to the next free one.
Result<void> resolve_unique(Work& work, const Row& row, const Conflict& conflict) {
  const Table& table = *row.table;
  TRY_ASSIGN(std::vector<Value> used, used_slots(work.state, table, row.view.parent));
  const ConflictSide* keeper = &conflict.sides[conflict.shown];
  std::optional<std::int64_t> named;
  if (picks_side(work.command.choice)) {
    keeper = chosen_side(work, conflict);
  } else {
    named = named_slot(work, table, used);
  }
  if (!work.errors.empty()) return {};
  for (const ConflictSide& side : conflict.sides) {
    if (side.record == keeper->record) continue;
    std::int64_t slot = named ? *named : free_slot(table, used);
    named.reset();
    used.push_back(slot);
    TRY(move_to_slot(work, table, side.record, slot));
  }
  return {};
}

// --- the command ---------------------------------------------------------------------------------

Result<Conflict> need_conflict(const Work& work) {
  const Uuid& id = work.command.conflict;
  TRY_ASSIGN(std::optional<Conflict> conflict,
             work.context.projection.find_conflict(work.state, id));
  if (conflict) return *std::move(conflict);
  return refuse(ErrorCode::not_found, "there is no conflict " + id.to_string());
}

ErrorDetail detail_of(const Conflict& conflict) {
  ErrorDetail detail;
  detail.conflict = conflict.id;
  detail.record = conflict.record;
  return detail;
}

Error already_resolved(const Conflict& conflict) {
  ErrorDetail detail = detail_of(conflict);
  detail.already_resolved = true;
  std::string who = conflict.resolved_by.user.empty() ? "" : " by " + conflict.resolved_by.user;
  return refuse(ErrorCode::conflict, "this conflict was resolved" + who + " already",
                std::move(detail));
}

Result<void> check_sides(const Work& work, const Conflict& conflict) {
  if (work.command.conflict_etag == etag_of(conflict)) return {};
  return refuse(ErrorCode::precondition,
                "the conflict has other sides now: look at them and resolve it again",
                detail_of(conflict));
}

Result<void> resolve(Work& work, const Row& row, const Conflict& conflict) {
  if (conflict.kind == ConflictKind::unique) return resolve_unique(work, row, conflict);
  if (conflict.group != life_group) return resolve_field(work, row, conflict);
  resolve_life(work, conflict);
  return {};
}

}  // namespace

Result<Draft> decide_resolve(Work& work) {
  TRY_ASSIGN(Conflict conflict, need_conflict(work));
  work.draft.outcome.record = conflict.record;
  TRY_ASSIGN(std::optional<Row> row, load_row(work.state, conflict.record));
  if (!row) return not_found(conflict.record);
  if (conflict.pending()) TRY(check_visible(work.state, row->view));
  TRY(check_unlocked(work));
  // Said before the ETag: that one differs too, but there are no new sides to look at.
  if (!conflict.pending()) return already_resolved(conflict);
  TRY(check_sides(work, conflict));
  check_choice(work, conflict);
  if (work.errors.empty()) TRY(resolve(work, *row, conflict));
  return finish(work);
}

}  // namespace genlock::decide_parts
