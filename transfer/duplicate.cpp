#include "transfer/duplicate.h"

#include "transfer/api_client.h"

#include <map>

namespace genlock::transfer {
namespace {

using NewIds = std::map<std::string, std::string>;

void add_ids(const Json& row, RecordId to, NewIds& ids) {
  std::string id = text_of(row, "id");
  ids.emplace(id, Uuid::make_v5(to.uuid, id).to_string());
  for (const auto& [key, value] : row.members)
    for (const Json& item : value.items)
      if (item.find("_meta")) add_ids(item, to, ids);  // a nested row, not what looks like one
}

void remap(Json& json, const NewIds& ids) {
  if (json.is(Json::Kind::text)) {
    auto found = ids.find(json.text);
    if (found != ids.end()) json.text = found->second;
  }
  for (Json& item : json.items) remap(item, ids);
  for (auto& [key, value] : json.members) remap(value, ids);
}

}  // namespace

std::vector<FileRow> duplicated_rows(const Json& whole, const std::vector<Json>& attachments,
                                     RecordId to) {
  NewIds ids{{text_of(whole, "id"), to.to_string()}};
  std::vector<FileRow> rows;
  const auto each = [&](auto&& action) {
    for (TableId id : {table::sources, table::sends, table::connections})
      for (const Json& row : member(whole, find_table(id)->name).items) action(id, row);
    for (const Json& row : attachments) action(table::attachments, row);
  };
  each([&](TableId, const Json& row) { add_ids(row, to, ids); });
  each([&](TableId id, const Json& row) {
    const Table& table = *find_table(id);
    Json copy = file_row(table, row);
    remap(copy, ids);
    RecordId copy_id = *RecordId::parse(text_of(copy, "id"));
    std::string label = label_of(table, copy);
    rows.push_back({.table = &table,
                    .id = copy_id,
                    .json = std::move(copy),
                    .pointer = {},
                    .label = std::move(label)});
  });
  return rows;
}

}  // namespace genlock::transfer
