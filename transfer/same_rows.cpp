#include "transfer/same_rows.h"

#include "transfer/api_client.h"
#include "transfer/file_ids.h"
#include "transfer/json_print.h"

#include <algorithm>
#include <set>

namespace genlock::transfer {
namespace {

bool same_value(const Value& a, const Value& b) {
  auto as_number = [](const Value& value) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
  };
  auto first = as_number(a), second = as_number(b);
  return first && second ? *first == *second : a == b;
}

bool is_same_child(const Table& table, const RowInput& wanted, const RowInput& present) {
  if (wanted.id) return wanted.id == present.id;
  return std::ranges::all_of(table.nested_match, [&](ColumnId column) {
    const Value *first = find(wanted.values, column), *second = find(present.values, column);
    return first && second && same_value(*first, *second);
  });
}

bool same_list(const Table& table, const std::vector<RowInput>& wanted,
               const std::vector<RowInput>& present) {
  if (wanted.size() != present.size()) return false;
  return std::ranges::all_of(wanted, [&](const RowInput& row) {
    auto found = std::ranges::find_if(
        present, [&](const RowInput& there) { return is_same_child(table, row, there); });
    return found != present.end() && same_content(row, *found);
  });
}

}  // namespace

bool same_content(const RowInput& wanted, const RowInput& present) {
  for (const auto& [column, value] : wanted.values) {
    const Value* there = find(present.values, column);
    if (!there || !same_value(value, *there)) return false;
  }
  return std::ranges::all_of(wanted.children, [&](const auto& list) {
    auto found = present.children.find(list.first);
    return found != present.children.end() &&
           same_list(*find_table(list.first), list.second, found->second);
  });
}

void match_by_name(std::vector<FileRow>& rows, const PresentRows& present) {
  if (std::ranges::none_of(rows, &FileRow::match_by_name)) return;
  const Table& table = *rows.front().table;
  std::map<std::string, std::vector<const std::string*>> by_label, by_name;
  for (const auto& [id, row] : present) {
    if (member(row, "is_deleted").boolean) continue;
    if (std::string label = text_of(row, "label"); !label.empty()) by_label[label].push_back(&id);
    by_name[natural_name(table, row)].push_back(&id);
  }
  std::set<std::string> used;
  for (const FileRow& row : rows)
    if (!row.match_by_name) used.insert(row.id.to_string());
  for (FileRow& row : rows) {
    if (!row.match_by_name || present.contains(row.id.to_string())) continue;
    std::string label = text_of(row.json, "label");
    auto& names = label.empty() ? by_name : by_label;
    auto found = names.find(label.empty() ? natural_name(table, row.json) : label);
    if (found == names.end() || found->second.size() != 1) continue;
    const std::string& id = *found->second.front();
    if (!used.insert(id).second) continue;
    row.id = *RecordId::parse(id);
    set_member(row.json, "id", json_text(id));
  }
}

}  // namespace genlock::transfer
