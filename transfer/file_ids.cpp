#include "transfer/file_ids.h"

#include "transfer/api_client.h"
#include "transfer/json_print.h"

#include <algorithm>

namespace genlock::transfer {
namespace {

std::string plain_text(const Json& json) {
  return json.is(Json::Kind::text) ? json.text : dump(json);
}

void give_nested(const Table& table, Json& parent) {
  Namer namer(text_of(parent, "id"));
  for (auto& [key, list] : parent.members) {
    if (key != table.nested_name || !list.is(Json::Kind::array)) continue;
    for (Json& row : list.items)
      if (row.is(Json::Kind::object)) namer.give_id(table, row);
  }
}

}  // namespace

Uuid file_id(std::string_view name) {
  static const Uuid space = *Uuid::parse("6f1d3c0a-52b7-4c55-9a0e-5d0c8a2b7e41");
  return Uuid::make_v5(space, name);
}

std::string natural_name(const Table& table, const Json& row) {
  std::vector<std::string_view> keys;
  if (table.id == table::equipment_specs) keys = {"manufacturer", "model"};
  if (table.id == table::productions) keys = {"client", "show_name"};
  if (table.id == table::sources || table.id == table::sends) keys = {"type", "name"};
  if (table.name == "attachments") keys = {"name"};
  for (ColumnId column : table.nested_match) keys.push_back(table.column(column)->name);
  std::string name(table.name);
  for (std::string_view key : keys) name += '\n' + plain_text(member(row, key));
  return name;
}

std::string Namer::id_of(std::string name) {
  name.insert(0, parent_ + '\n');
  name += '\n' + std::to_string(++counts_[name]);
  return file_id(name).to_string();
}

void Namer::give_id(const Table& table, Json& row) {
  if (!member(row, "id").is(Json::Kind::text)) {
    Json id = json_text(id_of(natural_name(table, row)));
    std::erase_if(row.members, [](const auto& m) { return m.first == "id"; });
    row.members.insert(row.members.begin(), {"id", std::move(id)});
  }
  for (const Table* child : child_tables(table.id))
    if (child->nested) give_nested(*child, row);
}

void set_member(Json& object, std::string_view key, Json value) {
  auto found = std::ranges::find(object.members, key, [](const auto& m) { return m.first; });
  if (found != object.members.end())
    found->second = std::move(value);
  else
    object.members.emplace_back(key, std::move(value));
}

}  // namespace genlock::transfer
