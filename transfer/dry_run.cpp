#include "transfer/dry_run.h"

#include "engine/validate.h"
#include "transfer/show_file.h"

#include <algorithm>

namespace genlock::transfer {
namespace {

// Of a row and the rows nested in it. `is_new`: required columns must be there.
void check_row(const Table& table, RowInput row, bool is_new, FieldErrors& errors) {
  check_values(table, row.values, row.pointer, errors);
  if (is_new) check_required(table, row.values, row.pointer, errors);
  for (const auto& [id, children] : row.children)
    for (const RowInput& child : children) check_row(*find_table(id), child, is_new, errors);
}

}  // namespace

void DryRun::note_row(const Json& row) {
  if (member(row, "is_deleted").boolean) return;
  rows_.insert(text_of(row, "id"));
  for (const auto& [key, list] : row.members)
    for (const Json& item : list.items)
      if (item.is(Json::Kind::object) && item.find("id")) note_row(item);
}

Result<std::optional<std::string>> DryRun::lock_of(const Json& production) {
  const Json& lock = at(production, "_meta.lock");
  if (!lock.is(Json::Kind::object)) return std::optional<std::string>{};
  if (self_.empty()) {
    TRY_ASSIGN(Json status, client_.get("/api/sync/status"));
    self_ = text_of(member(status, "node"), "id");
  }
  const Json& holder = member(lock, "node");
  if (text_of(holder, "id") == self_) return std::optional<std::string>{};
  return std::optional("the production is locked by " + text_of(holder, "name"));
}

Result<bool> DryRun::is_taken_elsewhere(const FileRow& row) {
  std::string target = "/api/" + std::string(row.table->collection) + '/' + row.id.to_string();
  TRY_ASSIGN(ApiAnswer answer, client_.send({.target = target + "?deleted=true"}));
  if (answer.status >= 500) return error_of(answer);
  return answer.ok();
}

Result<std::optional<std::string>> DryRun::refusal(const Planned& planned, const RowInput& row) {
  const FileRow& file_row = *planned.row;
  bool is_new = planned.wish == Wish::create;
  FieldErrors errors;
  check_row(*file_row.table, row, is_new, errors);
  for (const Column& column : file_row.table->columns) {
    std::string id = text_of(file_row.json, column.name);
    if (column.set_null_target == TableId::none || id.empty() || rows_.contains(id)) continue;
    errors.push_back({"/" + std::string(column.name), "reference", "there is no row " + id});
  }
  if (!errors.empty())
    return std::optional(reason_of({ErrorCode::invalid_argument, "", std::move(errors)}));
  if (!is_new) return std::optional<std::string>{};
  TRY_ASSIGN(bool elsewhere, is_taken_elsewhere(file_row));
  if (elsewhere)
    return std::optional("the id " + file_row.id.to_string() +
                         " is taken by a row of another production");
  return std::optional<std::string>{};
}

}  // namespace genlock::transfer
