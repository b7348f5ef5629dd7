#include "engine/decide_parts.h"

#include <charconv>

// Errors for people: what is wrong, and the remedy where there is one.
namespace genlock::decide_parts {
namespace {

std::string name_of(const RecordKey& key) {
  const Table* table = find_table(key.table);
  return std::string(table ? table->name : "record") + " " + key.id.to_string();
}

std::string print(const Value& value) {
  struct Printer {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t n) const { return std::to_string(n); }
    std::string operator()(double n) const {
      char text[32];
      return {text, std::to_chars(text, text + sizeof text, n).ptr};
    }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const Uuid& id) const { return id.to_string(); }
  };
  std::string text = std::visit(Printer{}, value);
  return text.size() <= 60 ? text : std::string("a long text");
}

std::string print(const Person& person) {
  std::string user = person.user.empty() ? std::string("somebody") : person.user;
  return person.device.empty() ? user : user + " (" + person.device + ")";
}

// "h_res was set to 3840 by Ana (FOH tablet)": the first column that is not as it was.
std::string sentence(const FieldConflict& conflict) {
  const Table* table = find_table(conflict.record.table);
  for (const ColumnValue& theirs : conflict.theirs) {
    const Value* was = find(conflict.base, theirs.column);
    if (was && *was == theirs.value) continue;
    const Column* column = table ? table->column(theirs.column) : nullptr;
    return std::string(column ? column->name : "a field") + " was set to " + print(theirs.value) +
           " by " + print(conflict.by);
  }
  return "it was changed by " + print(conflict.by);
}

std::string message_of(const FieldErrors& errors) {
  const FieldError& first = errors.front();
  std::string message = first.pointer.empty() ? first.detail : first.pointer + " " + first.detail;
  if (errors.size() > 1) message += " (and " + std::to_string(errors.size() - 1) + " more)";
  return message;
}

Error field_conflict(Work& work) {
  std::string message =
      sentence(work.conflicts.front()) + " since the version you saw: reload and decide";
  if (work.command.kind != CommandKind::remove)
    message += ", or keep both with Prefer: conflict=record";
  ErrorDetail detail;
  detail.fields = std::move(work.conflicts);
  detail.mergeable = work.others_changed;
  detail.record = work.draft.outcome.record;
  return refuse(ErrorCode::conflict, std::move(message), std::move(detail));
}

// A row that was deleted: by whom, and when.
Result<void> gone(const State& state, const RecordKey& key, const std::string& remedy) {
  ErrorDetail detail;
  detail.record = key;
  TRY_ASSIGN(std::optional<RecordState> record, state.record(key));
  if (record && !record->life.deletes.empty()) {
    const StandingDelete& last = record->life.deletes.back();
    detail.deleted_ms = last.wall_ms;
    TRY_ASSIGN(Event event, read_event(state, last.dot));
    detail.by = event.by;
  }
  std::string message = name_of(key) + " was deleted by " + print(detail.by) + ": " + remedy;
  return refuse(ErrorCode::gone, std::move(message), std::move(detail));
}

}  // namespace

Error refuse(ErrorCode code, std::string message, ErrorDetail detail) {
  return {code, std::move(message), {}, std::make_shared<const ErrorDetail>(std::move(detail))};
}

Error not_found(const RecordKey& key) {
  return refuse(ErrorCode::not_found, "there is no " + name_of(key));
}

Result<void> check_visible(const State& state, const RecordView& view) {
  if (view.is_deleted) return gone(state, {view.table->id, view.id}, "restore it first");
  return check_not_hidden(state, view);
}

Result<void> check_not_hidden(const State& state, const RecordView& view) {
  if (!view.hidden_by) return {};
  return gone(state, *view.hidden_by, "restore that one first");
}

Result<void> check_unlocked(const Work& work) {
  TRY_ASSIGN(LockState locks, work.state.locks());
  const Lock* lock = locks.active(work.context.now_ms);
  if (!lock || lock->node == work.context.self) return {};
  ErrorDetail detail;
  detail.lock = *lock;
  std::string reason = lock->reason.empty() ? "" : " (" + lock->reason + ")";
  return refuse(ErrorCode::locked,
                "the production is locked by another node" + reason + ": write there, or ask " +
                    print(lock->by) + " to unlock it",
                std::move(detail));
}

Result<void> check_if_match(const Work& work, const Row& row) {
  const Command& command = work.command;
  bool matches = true;
  if (command.if_match_any) {
    matches = row.view.visible();
  } else if (command.if_match) {
    TRY_ASSIGN(std::optional<ETag> present,
               work.context.projection.etag(work.state.reader(), work.state.stream(), row.key()));
    matches = present && format(*present) == format(*command.if_match);
  }
  if (matches) return {};
  ErrorDetail detail;
  detail.record = row.key();
  return refuse(ErrorCode::precondition,
                name_of(row.key()) + " is not in that version any more: reload it",
                std::move(detail));
}

Error field_faults(const FieldErrors& errors) {
  return {ErrorCode::invalid_argument, message_of(errors), errors,
          std::make_shared<const ErrorDetail>()};
}

Result<Draft> finish(Work& work) {
  if (!work.errors.empty()) return field_faults(work.errors);
  if (!work.conflicts.empty()) return field_conflict(work);
  work.draft.outcome.merged = work.others_changed;
  return std::move(work.draft);
}

}  // namespace genlock::decide_parts
