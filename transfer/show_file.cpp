#include "transfer/show_file.h"

#include "transfer/api_client.h"
#include "transfer/file_ids.h"
#include "transfer/json_print.h"
#include "transfer/old_app.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace genlock::transfer {
namespace {}  // namespace

std::string label_of(const Table& table, const Json& row) {
  if (table.id == table::equipment_specs)
    return text_of(row, "manufacturer") + ' ' + text_of(row, "model");
  if (table.id == table::productions) return text_of(row, "show_name");
  std::string label = text_of(row, "label"), name = text_of(row, "name");
  if (name.empty()) return label.empty() ? text_of(row, "id") : label;
  return label.empty() ? name : label + ' ' + name;
}

namespace {

Error not_this(const std::string& pointer, const std::string& what) {
  return {ErrorCode::bad_request, (pointer.empty() ? "the file" : pointer) + ' ' + what};
}

Result<FileRow> make_row(const Table& table, Json json, std::string pointer, Namer& namer) {
  if (!json.is(Json::Kind::object)) return not_this(pointer, "is no object");
  namer.give_id(table, json);
  auto id = RecordId::parse(text_of(json, "id"));
  if (!id) return not_this(pointer + "/id", "is no lower-case UUID");
  std::string label = label_of(table, json);
  return FileRow{.table = &table,
                 .id = *id,
                 .json = std::move(json),
                 .pointer = std::move(pointer),
                 .label = std::move(label)};
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
  for (TableId id : {table::sources, table::sends, table::connections, table::attachments}) {
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
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  TRY_ASSIGN(Json json, parse_json(text));
  if (is_old_app(json)) return read_old_app(name, std::move(json));
  ImportFile file;
  file.name = name;
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
  if (json.find("archive"))
    return not_this("",
                    "is an archive of a show with its history: `genlock import FILE` takes it, "
                    "by itself");
  const Json &list = member(json, "equipment"), &shows = member(json, "shows");
  if (!list.is(Json::Kind::array) && !shows.is(Json::Kind::array))
    return not_this("",
                    "is neither a list of equipment, nor a show: {\"production\", \"sources\","
                    " \"sends\", \"connections\"}, nor the browser storage of the old app:"
                    " {\"video-production-storage\"}");
  if (list.is(Json::Kind::array)) {
    TRY_ASSIGN(file.equipment, make_rows(equipment, list, "/equipment", ""));
  }
  for (std::size_t i = 0; i < shows.items.size(); ++i) {
    TRY_ASSIGN(ShowFile show, make_show(shows.items[i], "/shows/" + std::to_string(i)));
    file.shows.push_back(std::move(show));
  }
  return file;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::not_found, "can't read " + path};
  return text.str();
}

Result<ImportFile> read_import_file(const std::string& path) {
  TRY_ASSIGN(std::string text, read_file(path));
  Result<ImportFile> file = parse_import_file(path, text);
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

}  // namespace genlock::transfer
