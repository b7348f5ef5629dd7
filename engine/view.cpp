#include "engine/view.h"

#include "engine/conflicts_of.h"
#include "engine/merge.h"

#include <algorithm>

namespace genlock {

const Value& RecordView::value(ColumnId column) const {
  const Value* value = find(values, column);
  CHECK(value, number(column));
  return *value;
}

namespace {

RecordKey parent_of(const RecordState& record) {
  const Table* table = find_table(record.table);
  return {table ? table->parent : TableId::none, record.parent};
}

// The nearest gone ancestor. A parent that is unknown here hides nothing.
Result<std::optional<RecordKey>> gone_ancestor(const State& state, const RecordState& record) {
  RecordKey at = parent_of(record);
  while (at.table != TableId::none && !at.id.uuid.is_nil()) {
    TRY_ASSIGN(const RecordState* parent, state.find(at));
    if (!parent) break;
    if (parent->deleted()) return std::optional<RecordKey>(at);
    at = parent_of(*parent);
  }
  return std::optional<RecordKey>{};
}

Result<bool> visible(const State& state, const RecordState& record) {
  if (!record.alive()) return false;
  TRY_ASSIGN(std::optional<RecordKey> hidden, gone_ancestor(state, record));
  return !hidden;
}

// ON DELETE SET NULL: a reference shows null while its target is gone or hidden; an unknown target
// is left as it is.
Result<Value> shown_reference(const State& state, const Column& column, const Value& value) {
  const Uuid* target = std::get_if<Uuid>(&value);
  if (!target || column.set_null_target == TableId::none) return value;
  TRY_ASSIGN(const RecordState* record, state.find({column.set_null_target, RecordId{*target}}));
  if (!record) return value;
  TRY_ASSIGN(bool is_visible, visible(state, *record));
  return is_visible ? value : Value{};
}

Result<ColumnValues> shown_values(const State& state, const Table& table,
                                  const RecordState& record) {
  ColumnValues values;
  values.reserve(table.columns.size());
  values = {{column::label, {}}, {column::sort_order, {}}};  // the table has them last
  for (const Column& column : table.columns) set(values, column.id, {});
  for (const GroupState& group : record.groups) {
    const ColumnValues* written = shown(&table, group).value;
    if (!written) continue;
    for (const ColumnValue& entry : *written) {
      const Column* column = table.column(entry.column);
      if (!column) continue;  // of a newer schema: shown after an upgrade
      TRY_ASSIGN(Value value, shown_reference(state, *column, entry.value));
      set(values, entry.column, std::move(value));
    }
  }
  return values;
}

// nullptr: nothing to show.
Result<const RecordState*> record_to_show(const State& state, const RecordKey& key) {
  const RecordState* none = nullptr;
  if (!find_table(key.table)) return none;
  TRY_ASSIGN(const RecordState* record, state.find(key));
  return record && record->life.created ? record : none;
}

Result<RecordView> view_of(const State& state, const RecordState& record) {
  RecordView view;
  view.table = find_table(record.table);
  view.id = record.id;
  view.parent = record.parent;
  TRY_ASSIGN(view.values, shown_values(state, *view.table, record));
  view.is_deleted = record.deleted();
  if (view.is_deleted) view.deleted_ms = record.life.deletes.back().wall_ms;
  TRY_ASSIGN(view.hidden_by, gone_ancestor(state, record));
  view.version = record.version;
  view.created_ms = record.created_ms;
  view.updated_ms = record.updated_ms;
  view.by = record.latest_by;
  view.heads = record.document_heads.empty() ? record.heads : record.document_heads;
  if (view.visible() && view.table->unique_in_parent != ColumnId::none) {
    TRY_ASSIGN(SlotOrder slot, slot_order(state, *view.table, record));
    if (!slot.claimants.empty() && slot.claimants.front().id != view.id)
      view.slot_taken_by = slot.claimants.front().id;
  }
  return view;
}

}  // namespace

Result<std::optional<RecordWithConflicts>> view_with_conflicts(const State& state,
                                                               const RecordKey& key) {
  TRY_ASSIGN(const RecordState* record, record_to_show(state, key));
  if (!record) return std::optional<RecordWithConflicts>{};
  RecordWithConflicts result;
  TRY_ASSIGN(result.view, view_of(state, *record));
  TRY_ASSIGN(result.conflicts, conflicts_of(state, *record, result.view));
  for (const Conflict& conflict : result.conflicts)
    result.view.pending_conflicts += conflict.pending();
  return std::optional(std::move(result));
}

Result<std::optional<RecordView>> view_without_conflicts(const State& state, const RecordKey& key) {
  TRY_ASSIGN(const RecordState* record, record_to_show(state, key));
  if (!record) return std::optional<RecordView>{};
  TRY_ASSIGN(RecordView view, view_of(state, *record));
  return std::optional(std::move(view));
}

Result<std::optional<RecordView>> view(const State& state, const RecordKey& key) {
  TRY_ASSIGN(std::optional<RecordWithConflicts> both, view_with_conflicts(state, key));
  if (!both) return std::optional<RecordView>{};
  return std::optional<RecordView>(std::move(both->view));
}

Result<std::optional<RecordState>> record_at(const State& state, const RecordKey& key,
                                             const VersionVector& within) {
  TRY_ASSIGN(std::vector<RecordEvent> history, state.history(key, within));
  if (history.empty()) return std::optional<RecordState>{};
  TRY_ASSIGN(LockState locks, state.locks());
  TRY_ASSIGN(RecordState record, merge_history(key, history, locks_within(locks, within)));
  return std::optional<RecordState>(std::move(record));
}

Result<SlotOrder> slot_order(const State& state, const Table& table, const RecordState& record) {
  SlotOrder order;
  const Group* group = table.group_of(table.unique_in_parent);
  auto claim = [&](const RecordState& of) -> const Write* {
    const GroupState* state_of = of.group(group->id);
    return state_of ? shown(&table, *state_of).write : nullptr;
  };
  const Write* mine = claim(record);
  const Value* value = mine ? find(mine->value, table.unique_in_parent) : nullptr;
  if (!value || is_null(*value)) return order;
  order.value = *value;
  TRY_ASSIGN(std::vector<RecordKey> keys,
             state.claimants(table.unique_id, record.parent, order.value));
  for (const RecordKey& key : keys) {
    TRY_ASSIGN(const RecordState* rival, state.find(key));
    if (!rival) continue;
    TRY_ASSIGN(bool counts, visible(state, *rival));
    const Write* write = counts ? claim(*rival) : nullptr;
    if (!write) continue;
    Rank restored{rival->life.restored, rival->life.restored_by.origin};
    bool by_restore = write->rank() < restored;
    order.claimants.push_back({key.id, by_restore ? restored : write->rank(),
                               by_restore ? rival->life.restored_by : write->dot});
  }
  std::sort(order.claimants.begin(), order.claimants.end(), [](const auto& a, const auto& b) {
    return std::tie(a.dated, a.id) < std::tie(b.dated, b.id);
  });
  return order;
}

}  // namespace genlock
