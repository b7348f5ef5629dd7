#include "cli/show_file.h"

#include "cli/api_client.h"
#include "cli/json_print.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace genlock::cli {
namespace {

// The space of the ids made here. Never change it: ids of rows that were imported depend on it.
Uuid id_space() { return *Uuid::parse("6f1d3c0a-52b7-4c55-9a0e-5d0c8a2b7e41"); }

std::string plain_text(const Json& json) {
  return json.is(Json::Kind::text) ? json.text : dump(json);
}

// What a row is called among its siblings, where it has no id.
std::string natural_name(const Table& table, const Json& row) {
  std::vector<std::string_view> keys;
  if (table.id == table::equipment_specs) keys = {"manufacturer", "model"};
  if (table.id == table::productions) keys = {"client", "show_name"};
  if (table.id == table::sources || table.id == table::sends) keys = {"type", "name"};
  for (ColumnId column : table.nested_match) keys.push_back(table.column(column)->name);
  std::string name(table.name);
  for (std::string_view key : keys) name += '\n' + plain_text(member(row, key));
  return name;
}

void set_member(Json& object, std::string_view key, Json value) {
  auto found = std::ranges::find(object.members, key, [](const auto& m) { return m.first; });
  if (found != object.members.end())
    found->second = std::move(value);
  else
    object.members.emplace_back(key, std::move(value));
}

// Gives ids to the rows of one list that have none: the n-th of its name below its parent.
class Namer {
 public:
  explicit Namer(std::string parent) : parent_(std::move(parent)) {}

  void give_id(const Table& table, Json& row) {
    if (!member(row, "id").is(Json::Kind::text)) {
      std::string name = parent_ + '\n' + natural_name(table, row);
      name += '\n' + std::to_string(++counts_[name]);
      Json id = json_text(Uuid::make_v5(id_space(), name).to_string());
      std::erase_if(row.members, [](const auto& m) { return m.first == "id"; });
      row.members.insert(row.members.begin(), {"id", std::move(id)});
    }
    for (const Table* child : child_tables(table.id))
      if (child->nested) give_nested(*child, row);
  }

 private:
  static void give_nested(const Table& table, Json& parent) {
    Namer namer(text_of(parent, "id"));
    for (auto& [key, list] : parent.members) {
      if (key != table.nested_name || !list.is(Json::Kind::array)) continue;
      for (Json& row : list.items)
        if (row.is(Json::Kind::object)) namer.give_id(table, row);
    }
  }

  std::string parent_;
  std::map<std::string, int> counts_;
};

std::string label_of(const Table& table, const Json& row) {
  if (table.id == table::equipment_specs)
    return text_of(row, "manufacturer") + ' ' + text_of(row, "model");
  if (table.id == table::productions) return text_of(row, "show_name");
  std::string name = text_of(row, "name");
  return name.empty() ? text_of(row, "id") : name;
}

Error not_this(const std::string& pointer, const std::string& what) {
  return {ErrorCode::bad_request, (pointer.empty() ? "the file" : pointer) + ' ' + what};
}

Result<FileRow> make_row(const Table& table, Json json, std::string pointer, Namer& namer) {
  if (!json.is(Json::Kind::object)) return not_this(pointer, "is no object");
  namer.give_id(table, json);
  auto id = RecordId::parse(text_of(json, "id"));
  if (!id) return not_this(pointer + "/id", "is no lower-case UUID");
  std::string label = label_of(table, json);
  return FileRow{&table, *id, std::move(json), std::move(pointer), std::move(label)};
}

Result<std::vector<FileRow>> make_rows(const Table& table, const Json& list,
                                       const std::string& pointer, const std::string& parent) {
  if (!list.is(Json::Kind::array)) return not_this(pointer, "is no list");
  std::vector<FileRow> rows;
  Namer namer(parent);
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    std::string place = pointer + '/' + std::to_string(i);
    TRY_ASSIGN(FileRow row, make_row(table, list.items[i], std::move(place), namer));
    if (!parent.empty() && !row.json.find(table.parent_column))
      set_member(row.json, table.parent_column, json_text(parent));
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<ShowFile> make_show(const Json& json, const std::string& pointer) {
  ShowFile show;
  Namer namer("");
  const Table& productions = *find_table(table::productions);
  std::string place = pointer + "/production";
  TRY_ASSIGN(show.production, make_row(productions, member(json, "production"), place, namer));
  std::string parent = show.production.id.to_string();
  for (TableId id : {table::sources, table::sends, table::connections}) {
    const Table& table = *find_table(id);
    const Json* list = json.find(table.name);
    if (!list) continue;
    std::string list_place = pointer + '/' + std::string(table.name);
    TRY_ASSIGN(std::vector<FileRow> rows, make_rows(table, *list, list_place, parent));
    std::ranges::move(rows, std::back_inserter(show.children));
  }
  return show;
}

}  // namespace

Result<ImportFile> parse_import_file(const std::string& name, std::string_view text) {
  TRY_ASSIGN(Json json, parse_json(text));
  ImportFile file{.name = name, .equipment = {}, .shows = {}};
  const Table& equipment = *find_table(table::equipment_specs);
  if (json.is(Json::Kind::array)) {
    TRY_ASSIGN(file.equipment, make_rows(equipment, json, "", ""));
    return file;
  }
  if (json.find("production")) {
    TRY_ASSIGN(ShowFile show, make_show(json, ""));
    file.shows.push_back(std::move(show));
    return file;
  }
  const Json &list = member(json, "equipment"), &shows = member(json, "shows");
  if (!list.is(Json::Kind::array) && !shows.is(Json::Kind::array))
    return not_this("",
                    "is neither a list of equipment nor a show: {\"production\", \"sources\","
                    " \"sends\", \"connections\"}");
  if (list.is(Json::Kind::array)) {
    TRY_ASSIGN(file.equipment, make_rows(equipment, list, "/equipment", ""));
  }
  for (std::size_t i = 0; i < shows.items.size(); ++i) {
    TRY_ASSIGN(ShowFile show, make_show(shows.items[i], "/shows/" + std::to_string(i)));
    file.shows.push_back(std::move(show));
  }
  return file;
}

Result<ImportFile> read_import_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::not_found, "can't read " + path};
  Result<ImportFile> file = parse_import_file(path, text.str());
  if (!file.ok()) return std::move(file).error().in(path);
  return file;
}

Json file_row(const Table& table, const Json& served) {
  Json row = json_object();
  for (const auto& [key, value] : served.members) {
    bool parent = key == table.parent_column && !table.nested;
    if (key == "id" || parent || table.column(key)) row.members.emplace_back(key, value);
    for (const Table* child : child_tables(table.id)) {
      if (!child->nested || key != child->nested_name) continue;
      Json list = json_array();
      for (const Json& item : value.items) list.items.push_back(file_row(*child, item));
      row.members.emplace_back(key, std::move(list));
    }
  }
  return row;
}

}  // namespace genlock::cli
