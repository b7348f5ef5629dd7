#include "engine/decide_parts.h"

// Lock, unlock and named moments: events on the production's own record.
namespace genlock::decide_parts {
namespace {

Result<Row> need_production(const Work& work) {
  RecordKey key{table::productions, RecordId{work.state.stream().uuid}};
  TRY_ASSIGN(std::optional<Row> row, load_row(work.state, key));
  if (!row) return not_found(key);
  TRY(check_visible(work.state, row->view));
  return *std::move(row);
}

}  // namespace

Result<Draft> decide_lock(Work& work) {
  const Command& command = work.command;
  TRY_ASSIGN(Row row, need_production(work));
  work.draft.outcome.record = row.key();
  TRY(check_unlocked(work));
  TRY(check_if_match(work, row));
  work.fault(check_text(command.reason, "/reason"));
  if (command.until_ms != 0 && command.until_ms <= work.context.now_ms)
    work.fault("/until", "range", "must be in the future");
  Operation& operation = work.add(OperationKind::lock, row.key());
  operation.node = work.context.self;
  operation.until_ms = command.until_ms;
  operation.comment = command.reason;
  return finish(work);
}

Result<Draft> decide_unlock(Work& work) {
  const Command& command = work.command;
  TRY_ASSIGN(Row row, need_production(work));
  work.draft.outcome.record = row.key();
  if (!command.override_lock) TRY(check_unlocked(work));
  TRY(check_if_match(work, row));
  work.fault(check_text(command.reason, "/reason"));
  TRY_ASSIGN(LockState locks, work.state.locks());
  if (!locks.active(work.context.now_ms)) return finish(work);  // free already
  work.add(OperationKind::unlock, row.key()).comment = command.reason;
  return finish(work);
}

// A name for what the show is now, for those who look back.
Result<Draft> decide_moment(Work& work) {
  const std::string& name = work.command.reason;
  TRY_ASSIGN(Row row, need_production(work));
  work.draft.outcome.record = row.key();
  TRY(check_unlocked(work));
  work.fault(check_text(name, "/name"));
  if (name.empty()) work.fault("/name", "required", "must say what the moment is called");
  work.add(OperationKind::moment, row.key()).comment = name;
  return finish(work);
}

}  // namespace genlock::decide_parts
