#include "http/merge_patch.h"

#include "engine/state.h"
#include "engine/view.h"

#include <algorithm>

namespace genlock::http {
namespace {

void apply_member(Json& target, const std::string& name, const Json& patch) {
  auto at =
      std::ranges::find(target.members, name, [](const auto& member) { return member.first; });
  if (patch.is(Json::Kind::null)) {
    if (at != target.members.end()) target.members.erase(at);
    return;
  }
  if (at == target.members.end()) at = target.members.insert(at, {name, Json{}});
  at->second = merge_patch(std::move(at->second), patch);
}

// What the column shows now; null where it is empty.
Json present_value(const RecordView& view, ColumnId column) {
  const auto* text = std::get_if<std::string>(&view.value(column));
  Result<Json> json = parse_json(text ? *text : "null");
  return json.ok() ? *std::move(json) : Json{};
}

}  // namespace

Json merge_patch(Json target, const Json& patch) {
  if (!patch.is(Json::Kind::object)) return patch;
  if (!target.is(Json::Kind::object)) target = Json{.kind = Json::Kind::object};
  for (const auto& [name, value] : patch.members) apply_member(target, name, value);
  return target;
}

Result<void> patch_opaque_columns(const Reader& reader, const EventLog& log, const Json& patch,
                                  Command& command) {
  const Table* table = find_table(command.table);
  TRY_ASSIGN(std::optional<RecordView> row,
             view(State(reader, log, command.stream), {command.table, command.record}));
  if (!row) return {};
  for (const Column& column : table->columns) {
    const Json* named = patch.find(column.name);
    if (column.type != ColumnType::json || !named || !named->is(Json::Kind::object)) continue;
    set(command.row.values, column.id, dump(merge_patch(present_value(*row, column.id), *named)));
  }
  return {};
}

}  // namespace genlock::http
