#include "cli/row_changes.h"

#include "cli/api_client.h"
#include "projections/json_text.h"
#include "transfer/json_print.h"

#include <array>

namespace genlock::cli {
namespace {

constexpr std::size_t max_value_length = 60;

std::string as_json(const Column& column, const Value& value) {
  std::string out;
  append_json(out, column.type, value);
  return out;
}

const std::string* text_value(const RecordView& view, std::string_view column_name) {
  const Column* column = view.table->column(column_name);
  const auto* text = column ? std::get_if<std::string>(&view.value(column->id)) : nullptr;
  return text && !text->empty() ? text : nullptr;
}

std::string what_happened(const std::optional<RecordView>& before, const RecordView& after) {
  if (!before) return after.is_deleted ? "deleted" : after.hidden_by ? "hidden" : "created";
  if (before->is_deleted != after.is_deleted) return after.is_deleted ? "deleted" : "restored";
  if (before->visible() != after.visible()) return after.visible() ? "shown" : "hidden";
  return "changed";
}

void add_columns(RowChange& change, const RecordView* before, const RecordView& after) {
  for (const Column& column : after.table->columns) {
    const Value& to = after.value(column.id);
    Value from = before ? before->value(column.id) : Value{};
    if (from != to)
      change.columns.push_back(
          {std::string(column.name), as_json(column, from), as_json(column, to)});
  }
}

std::string shortened(const std::string& value) {
  if (value.size() <= max_value_length) return value;
  std::size_t end = max_value_length;
  while ((static_cast<unsigned char>(value[end]) & 0xc0) == 0x80) --end;  // not inside a character
  return value.substr(0, end) + "..";
}

}  // namespace

std::optional<RowChange> compare(const std::optional<RecordView>& before,
                                 const std::optional<RecordView>& after) {
  if (!after) return std::nullopt;
  RowChange change{.table = after->table,
                   .id = after->id,
                   .label = label_of(*after),
                   .what = what_happened(before, *after),
                   .columns = {}};
  add_columns(change, before ? &*before : nullptr, *after);
  if (change.what == "changed" && change.columns.empty()) return std::nullopt;
  return change;
}

std::string label_of(const RecordView& view) {
  if (const auto* label = text_value(view, "label")) return *label;
  if (const auto* name = text_value(view, "name")) return *name;
  if (const auto* name = text_value(view, "show_name")) return *name;
  if (const auto* model = text_value(view, "model"))
    return (text_value(view, "manufacturer") ? *text_value(view, "manufacturer") + ' ' : "") +
           *model;
  return view.id.to_string().substr(0, 8);
}

std::string describe(const Person& person) {
  if (person.user.empty() && person.device.empty())
    return person.user_id.is_nil() ? "somebody" : person.user_id.to_string();
  if (person.device.empty()) return person.user;
  return (person.user.empty() ? "somebody" : person.user) + " (" + person.device + ')';
}

std::string describe(const RowChange& change) {
  std::string out(change.table->name);
  out += ' ' + change.label + ':';
  if (change.what != "changed") out += ' ' + change.what;
  const char* separator = change.what == "changed" ? " " : ", ";
  for (const ColumnChange& column : change.columns) {
    out += separator + column.column + ' ';
    if (change.what != "created") out += shortened(column.from) + " -> ";
    out += shortened(column.to);
    separator = ", ";
  }
  return out;
}

Json to_json(const RowChange& change) {
  Json columns = json_object();
  auto value = [](const std::string& text) {
    Result<Json> parsed = parse_json(text);
    return parsed.ok() ? *std::move(parsed) : json_text(text);
  };
  for (const ColumnChange& column : change.columns)
    columns.members.emplace_back(
        column.column, json_object({{"from", value(column.from)}, {"to", value(column.to)}}));
  return json_object({{"table", json_text(std::string(change.table->name))},
                      {"id", json_text(change.id.to_string())},
                      {"label", json_text(change.label)},
                      {"what", json_text(change.what)},
                      {"columns", std::move(columns)}});
}

}  // namespace genlock::cli
