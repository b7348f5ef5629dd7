#include "engine/decide_parts.h"
#include "engine/fractional_index.h"

#include <algorithm>

// New rows. Sending a create again is safe: the same id with the same content writes nothing.
namespace genlock::decide_parts {
namespace {

// --- values --------------------------------------------------------------------------------------

// All columns that a new row has: what was named, then defaults. Nulls are left out.
ColumnValues whole_row(Work& work, const Table& table, const RowInput& input) {
  ColumnValues named = input.values;
  check_values(table, named, input.pointer, work.errors);
  check_required(table, named, input.pointer, work.errors);
  for (const Column& column : table.columns) {
    if (!is_null(column.default_value) && !find(named, column.id))
      set(named, column.id, column.default_value);
  }
  std::erase_if(named, [](const ColumnValue& item) { return is_null(item.value); });
  return named;
}

bool shows_column(const RecordView& view, const ColumnValues& values, const Column& column) {
  const Value* value = find(values, column.id);
  if (!value && column.id == column::sort_order) return true;  // any place will do
  return view.value(column.id) == (value ? *value : Value{});
}

// --- the parent ----------------------------------------------------------------------------------

// Nil for a root. A production's children are created below it, so its id may go unsaid.
RecordId parent_of(const Work& work, const Table& table) {
  if (table.parent == TableId::none) return {};
  if (table.parent == table::productions) return {work.state.stream().uuid};
  return work.command.row.parent.value_or(RecordId{});
}

Result<void> check_parent(const Work& work, const Table& table, RecordId parent) {
  if (table.parent == TableId::none) return {};
  RecordKey key{table.parent, parent};
  TRY_ASSIGN(std::optional<RecordView> above, view(work.state, key));
  if (!above) return not_found(key);
  return check_visible(work.state, *above);
}

void check_identity(Work& work, const Table& table, const RecordKey& key, RecordId parent) {
  const RowInput& input = work.command.row;
  if (input.id && *input.id != key.id)
    work.fault(input.pointer + "/id", "read_only", "differs from the id of the row");
  if (input.parent && table.parent != TableId::none && *input.parent != parent)
    work.fault(input.pointer + "/" + std::string(table.parent_column), "read_only",
               "differs from the parent in the path");
  if (input.is_deleted.value_or(false))
    work.fault(input.pointer + "/is_deleted", "read_only", "a new row is not deleted");
}

// --- its place --------------------------------------------------------------------------------

Result<std::string> place_at_end(const Work& work, const Table& table, RecordId parent) {
  if (const Value* named = find(work.command.row.values, column::sort_order)) {
    if (!is_null(*named)) return std::string{};  // it has a place
  }
  TRY_ASSIGN(std::string last, work.state.greatest_order(parent, table.id));
  return key_after(last);
}

// --- an id that is there already -----------------------------------------------------------------

Error taken(const RecordKey& key) {
  ErrorDetail detail;
  detail.record = key;
  return refuse(
      ErrorCode::exists,
      "the id " + key.id.to_string() +
          " is taken by another row: change that one with PUT, or create under another id",
      std::move(detail));
}

// Would creating it again change nothing?
Result<bool> same_content(const Work& work, const Row& row) {
  const RowInput& input = work.command.row;
  Work trial{.command = work.command, .context = work.context, .state = work.state};
  ColumnValues values = whole_row(trial, *row.table, input);
  bool same = std::ranges::all_of(row.table->columns, [&](const Column& column) {
    return shows_column(row.view, values, column);
  });
  if (!same) return false;
  TRY(write_children(trial, *row.table, row.view.id, input));
  return trial.draft.operations.empty() && trial.errors.empty();
}

// A row that was deleted comes back as the new one: what the body leaves out is empty, or default.
Result<void> recreate(Work& work, const Row& row) {
  RowInput input = work.command.row;
  ColumnValues values = whole_row(work, *row.table, input);
  for (const Column& column : row.table->columns) {
    if (column.id == column::sort_order || find(values, column.id)) continue;
    if (!column.required) set(values, column.id, Value{});
  }
  input.values = std::move(values);
  return revive_row(work, row, input);
}

Result<Draft> create_again(Work& work, const Row& row, RecordId parent) {
  const Table& table = *row.table;
  if (!work.errors.empty()) return field_faults(work.errors);
  if (row.view.parent != parent) return taken(row.key());
  if (row.view.visible()) {
    whole_row(work, table, work.command.row);  // a bad body is refused here too
    if (!work.errors.empty()) return field_faults(work.errors);
    TRY_ASSIGN(bool same, same_content(work, row));
    if (!same) return taken(row.key());
    return finish(work);
  }
  if (!work.command.restore_gone) return taken(row.key());
  TRY(recreate(work, row));
  TRY(check_slot(work, table, parent, row.key(), work.command.row.values, ""));
  work.draft.outcome.created = true;
  return finish(work);
}

Result<Draft> create_new(Work& work, const Table& table, const RecordKey& key, RecordId parent) {
  const RowInput& input = work.command.row;
  TRY_ASSIGN(std::string sort_order, place_at_end(work, table, parent));
  TRY(create_row(work, {key, parent, std::move(sort_order)}, input));
  TRY(check_slot(work, table, parent, key, input.values, input.pointer));
  work.draft.outcome.created = true;
  return finish(work);
}

Error no_such_version(const RecordKey& key) {
  ErrorDetail detail;
  detail.record = key;
  return refuse(ErrorCode::precondition, "If-Match: there is no such row yet", std::move(detail));
}

}  // namespace

std::string sort_order_of(const RecordState& record) {
  const Table* table = find_table(record.table);
  if (!table) return {};
  ColumnValues values = written_values(*table, record, column::sort_order);
  const Value* value = find(values, column::sort_order);
  const std::string* text = value ? std::get_if<std::string>(value) : nullptr;
  return text ? *text : std::string{};
}

RecordId make_id(const Work& work, const Table& table, const std::string& pointer) {
  Command one;
  one.table = table.id;
  one.row.pointer = pointer;
  one.command_key = work.command.command_key;
  return id_for_create(one, work.context.now_ms, work.context.random);
}

Result<void> create_row(Work& work, const NewRow& place, const RowInput& input) {
  const Table& table = *find_table(place.key.table);
  ColumnValues values = whole_row(work, table, input);
  TRY(check_references(work, table, values, nullptr, input.pointer));
  if (!find(values, column::sort_order)) set(values, column::sort_order, place.sort_order);
  Operation& operation = work.add(OperationKind::create, place.key);
  operation.parent = place.parent;
  operation.values = std::move(values);
  return write_children(work, table, place.key.id, input);
}

Result<void> revive_row(Work& work, const Row& row, const RowInput& input) {
  ColumnValues named = input.values;
  check_values(*row.table, named, input.pointer, work.errors);
  TRY(check_references(work, *row.table, named, &row, input.pointer));
  work.add(OperationKind::restore, row.key());
  TRY(write_groups(work, row, named));
  return write_children(work, *row.table, row.view.id, input);
}

Result<Draft> decide_create(Work& work) {
  const Command& command = work.command;
  const Table* table = find_table(command.table);
  if (!table) return not_found({command.table, command.record});
  RecordKey key{table->id, id_for_create(command, work.context.now_ms, work.context.random)};
  bool opens_stream = table->id == table::productions;
  CHECK(!opens_stream || key.id.uuid == work.state.stream().uuid, key.id, work.state.stream());
  work.draft.outcome.record = key;

  RecordId parent = parent_of(work, *table);
  TRY(check_parent(work, *table, parent));
  TRY(check_unlocked(work));
  TRY_ASSIGN(std::optional<Row> row, load_row(work.state, key));
  bool strict = command.if_match || command.if_match_any;
  if (strict && !row) return no_such_version(key);
  if (row) TRY(check_if_match(work, *row));
  check_identity(work, *table, key, parent);
  if (row) return create_again(work, *row, parent);
  return create_new(work, *table, key, parent);
}

}  // namespace genlock::decide_parts
