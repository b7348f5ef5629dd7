#include "engine/decide.h"

#include "engine/decide_parts.h"
#include "engine/event_codec.h"
#include "engine/limits.h"

namespace genlock {

using namespace decide_parts;

namespace {

Result<Draft> dispatch(Work& work) {
  switch (work.command.kind) {
    case CommandKind::create:
      return decide_create(work);
    case CommandKind::update:
      return decide_update(work);
    case CommandKind::remove:
      return decide_remove(work);
    case CommandKind::restore:
      return decide_restore(work);
    case CommandKind::resolve:
      return decide_resolve(work);
    case CommandKind::lock:
      return decide_lock(work);
    case CommandKind::unlock:
      return decide_unlock(work);
    case CommandKind::moment:
      return decide_moment(work);
    case CommandKind::batch:
      return decide_batch(work);
  }
  return refuse(ErrorCode::invalid_argument, "unknown kind of command");
}

}  // namespace

RecordId id_for_create(const Command& command, UnixMs now_ms, Random& random) {
  if (!command.record.uuid.is_nil()) return command.record;
  if (command.row.id) return *command.row.id;
  const Table* table = find_table(command.table);
  std::string name = (table ? std::string(table->name) : "") + command.row.pointer;
  if (!command.command_key.is_nil()) return {Uuid::make_v5(command.command_key, name)};
  return {Uuid::make_v7(now_ms, random)};
}

Result<Draft> decide(const Command& command, DecideContext context) {
  bool strict = command.if_match || command.if_match_any;
  if (strict && command.base_version)
    return refuse(ErrorCode::bad_request, "send If-Match or Base-Version, not both");
  Work work{.command = command, .context = context, .state = context.state};
  work.draft.outcome.stream = context.state.stream();
  work.draft.outcome.record = {command.table, command.record};
  TRY_ASSIGN(Draft draft, dispatch(work));
  if (draft.operations.size() > limits::max_operations)
    return refuse(ErrorCode::too_large, "more than " + std::to_string(limits::max_operations) +
                                            " changes in one write: send them in parts");
  return draft;
}

Error first_fault(const Command& command, DecideContext context, Error body_fault) {
  Result<Draft> draft = decide(command, context);
  if (draft.ok()) return body_fault;
  switch (draft.error().code) {
    case ErrorCode::not_found:
    case ErrorCode::gone:
    case ErrorCode::locked:
    case ErrorCode::precondition:
      return std::move(draft).error();
    default:
      return body_fault;
  }
}

namespace decide_parts {

Operation& Work::add(OperationKind kind, const RecordKey& key) {
  Operation operation;
  operation.kind = kind;
  operation.table = key.table;
  operation.record = key.id;
  return draft.operations.emplace_back(std::move(operation));
}

void Work::fault(std::string pointer, std::string code, std::string detail) {
  errors.push_back({std::move(pointer), std::move(code), std::move(detail)});
}

void Work::fault(std::optional<FieldError> error) {
  if (error) errors.push_back(*std::move(error));
}

Result<std::optional<Row>> load_row(const State& state, const RecordKey& key) {
  TRY_ASSIGN(std::optional<RecordState> record, state.record(key));
  if (!record) return std::optional<Row>{};
  TRY_ASSIGN(std::optional<RecordView> seen, view(state, key));
  if (!seen) return std::optional<Row>{};
  return std::optional(Row{find_table(key.table), *std::move(record), *std::move(seen)});
}

Result<Row> need_row(const Work& work) {
  RecordKey key{work.command.table, work.command.record};
  TRY_ASSIGN(std::optional<Row> row, load_row(work.state, key));
  if (!row) return not_found(key);
  return *std::move(row);
}

Result<Row> need_visible_row(const Work& work) {
  TRY_ASSIGN(Row row, need_row(work));
  TRY(check_visible(work.state, row.view));
  return row;
}

Result<Event> read_event(const State& state, const Dot& dot) {
  TRY_ASSIGN(StoredEvent stored, state.log().read(state.reader(), {state.stream(), dot}));
  return decode_stored(stored);
}

ColumnValues shown_values(const RecordView& view, const Group& group) {
  ColumnValues values;
  for (ColumnId column : group.columns) values.push_back({column, view.value(column)});
  return values;
}

ColumnValues written_values(const Table& table, const RecordState& record, GroupId group) {
  const GroupState* state = record.group(group);
  const ColumnValues* value = state ? shown(&table, *state).value : nullptr;
  return value ? *value : ColumnValues{};
}

}  // namespace decide_parts

}  // namespace genlock
