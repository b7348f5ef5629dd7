#include "transfer/old_rows.h"

#include "transfer/api_client.h"
#include "transfer/fit.h"
#include "transfer/json_print.h"

#include <algorithm>
#include <array>

namespace genlock::transfer {
namespace {

constexpr std::size_t max_notes = 50;  // of single values

// Where the name of a member is not the column's in another spelling.
struct Alias {
  std::string_view table, old, column;
};
constexpr Alias aliases[] = {{"productions", "name", "show_name"},
                             {"sends", "output", "output_connector"},
                             {"equipment_specs", "formatByIO", "format_by_io"}};

const Column* column_of(const Table& table, std::string_view key) {
  for (const Alias& alias : aliases)
    if (alias.table == table.name && alias.old == key) return table.column(alias.column);
  return table.column(snake_case(key));
}

// The app stored these until it was loaded again, and then showed and stored the second.
constexpr std::array<std::array<std::string_view, 2>, 8> type_names{
    {{"LAPTOP", "Laptop"},
     {"CAM", "Camera"},
     {"SERVER", "Server"},
     {"PLAYBACK", "Playback"},
     {"GRAPHICS", "Graphics"},
     {"ROBO", "Robo"},
     {"MEDIA_SERVER", "Media Server"},
     {"OTHER", "Other"}}};

std::string plain(const Json& value) {
  if (value.is(Json::Kind::null)) return {};
  return value.is(Json::Kind::text) ? value.text : dump(value);
}

bool is_empty(const Json& value) {
  return value.is(Json::Kind::null) || (value.is(Json::Kind::text) && value.text.empty());
}

// A row's own UUID, where its app had come to have one.
std::optional<std::string> uuid_of(const Json& old) {
  auto id = RecordId::parse(text_of(old, "uuid"));
  return id && !id->uuid.is_nil() ? std::optional(id->to_string()) : std::nullopt;
}

std::string old_label(const Json& old) { return plain(member(old, "id")); }

void put(Json& row, std::string_view column, std::string text) {
  if (is_empty(member(row, column))) set_member(row, column, json_text(std::move(text)));
}

bool is_known_member(const Json& item, std::initializer_list<std::string_view> known) {
  return std::ranges::all_of(item.members, [&](const auto& m) {
    return is_empty(m.second) || std::ranges::find(known, m.first) != known.end();
  });
}

}  // namespace

FileRow OldRows::production(const Json& old) {
  const Table& table = *find_table(table::productions);
  Json left = json_object();
  Json row = row_of(table, old, left);
  put(row, "client", "Unknown");
  put(row, "show_name", "Unnamed show");
  std::string name = "old app\nproductions\n" + old_label(old) + '\n' + text_of(row, "client") +
                     '\n' + text_of(row, "show_name");
  production_id_ = uuid_of(old).value_or(file_id(name).to_string());
  row.members.insert(row.members.begin(), {"id", json_text(production_id_)});
  std::erase_if(row.members, [](const auto& m) { return m.first == "label"; });
  if (std::string id = old_label(old); !id.empty()) set_member(left, "id", json_text(id));
  keep("production", left);
  return finish(table, std::move(row), "/state/production");
}

std::vector<FileRow> OldRows::children(TableId id, const Json& list) {
  const Table& table = *find_table(id);
  std::string name(table.name);
  Namer namer(production_id_ + "\nold app");
  std::vector<FileRow> rows;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Json& old = list.items[i];
    std::string pointer = "/state/" + name + '/' + std::to_string(i);
    if (!old.is(Json::Kind::object)) {
      leave_out(table, pointer, dump(old).substr(0, 40), "is no object");
      continue;
    }
    Json left = json_object();
    Json row = row_of(table, old, left);
    put(row, "name", old_label(old).empty() ? "Unnamed" : old_label(old));
    put(row, "type", "Other");
    give_type(row);
    std::string named = old_label(old);
    if (named.empty()) named = text_of(row, "type") + '\n' + text_of(row, "name");
    std::string row_id = uuid_of(old).value_or(namer.id_of(name + '\n' + named));
    row.members.insert(row.members.begin(),
                       {{"id", json_text(row_id)}, {"production_id", json_text(production_id_)}});
    if (!left.members.empty() && !left.find("id") && !old_label(old).empty())
      left.members.insert(left.members.begin(), {"id", json_text(old_label(old))});
    keep(name, left);
    rows.push_back(finish(table, std::move(row), std::move(pointer)));
  }
  return rows;
}

std::vector<FileRow> OldRows::equipment(const Json& list) {
  const Table& table = *find_table(table::equipment_specs);
  Namer namer("");
  std::vector<FileRow> rows;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Json& old = list.items[i];
    std::string pointer = "/state/equipmentSpecs/" + std::to_string(i);
    if (!old.is(Json::Kind::object)) {
      leave_out(table, pointer, dump(old).substr(0, 40), "is no object");
      continue;
    }
    Json left = json_object();
    Json row = row_of(table, old, left);
    std::erase_if(row.members, [](const auto& m) { return m.first == "label"; });
    give_ports(old, row, left);
    if (auto id = uuid_of(old)) row.members.insert(row.members.begin(), {"id", json_text(*id)});
    namer.give_id(table, row);
    if (!left.members.empty() && !left.find("id"))
      left.members.insert(left.members.begin(), {"id", json_text(old_label(old))});
    keep("equipmentSpecs", left);
    rows.push_back(finish(table, std::move(row), std::move(pointer)));
  }
  return rows;
}

void OldRows::add_notes() {
  if (more_notes_ > 0)
    file_.notes.push_back("and " + std::to_string(more_notes_) + " values more like these");
  if (assumed_midnight_) file_.notes.push_back("dates without a time are taken as midnight UTC");
  std::string types;
  for (const auto& [old, now] : renamed_types_)
    types += (types.empty() ? "" : ", ") + old + " as " + now;
  if (!types.empty()) file_.notes.push_back("types are spelled as the app showed them: " + types);
}

// --- one row ------------------------------------------------------------------------------------

Json OldRows::row_of(const Table& table, const Json& old, Json& left) {
  Json row = json_object();
  for (const auto& [key, value] : old.members) take_member(table, key, value, row, left);
  return row;
}

void OldRows::take_member(const Table& table, const std::string& key, const Json& value, Json& row,
                          Json& left) {
  bool is_io =
      table.id == table::equipment_specs && (key == "inputs" || key == "outputs" || key == "cards");
  if (key == "uuid" || is_empty(value) || is_io) return;
  if (key == "id") return set_member(row, "label", json_text(plain(value)));
  if (key == "outputs" && table.id == table::sources && value.is(Json::Kind::array))
    return set_member(row, "outputs", json_array(outputs(value, left)));
  const Column* column = column_of(table, key);
  if (!column || column->id == column::label || column->id == column::sort_order)
    return set_member(left, key, value);
  Result<Json> fitted = fit(*column, value, &assumed_midnight_);
  if (fitted.ok()) return set_member(row, column->name, *std::move(fitted));
  set_member(left, key, value);
  note(std::string(table.name) + ' ' + text_of(row, "label") + ' ' + key + ' ' +
       fitted.error().message + ": left empty, kept in an attachment");
}

void OldRows::give_type(Json& row) {
  std::string type = text_of(row, "type");
  for (const auto& [old, now] : type_names) {
    if (type != old) continue;
    set_member(row, "type", json_text(std::string(now)));
    renamed_types_.emplace(old, now);
  }
}

// Their old ids ("out-1") are the same for every source, so they name nothing.
std::vector<Json> OldRows::outputs(const Json& list, Json& left) {
  std::vector<Json> made;
  bool all_taken = true;
  std::int64_t index = 0;
  for (const Json& old : list.items) {
    ++index;
    std::string connector = old.is(Json::Kind::text) ? old.text : plain(member(old, "connector"));
    all_taken = all_taken && is_known_member(old, {"id", "connector"}) && !connector.empty();
    if (connector.empty()) continue;
    made.push_back(json_object(
        {{"connector", json_text(std::move(connector))}, {"output_index", json_number(index)}}));
  }
  if (!all_taken) set_member(left, "outputs", list);
  return made;
}

namespace {

// The ports of a device or a card; false where something of them has no column.
bool ports_of(const Json& old, Json& ports) {
  bool all_taken = true;
  for (std::string_view kind : {"input", "output"}) {
    const Json& list = member(old, std::string(kind) + 's');
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const Json& port = list.items[i];
      all_taken = all_taken && is_known_member(port, {"id", "type", "label", "format"});
      Json row = json_object({{"port_type", json_text(std::string(kind))},
                              {"io_type", member(port, "type")},
                              {"port_index", json_number(static_cast<std::int64_t>(i))}});
      for (const char* column : {"label", "format"})
        if (!is_empty(member(port, column))) set_member(row, column, member(port, column));
      ports.items.push_back(std::move(row));
    }
  }
  return all_taken;
}

}  // namespace

void OldRows::give_ports(const Json& old, Json& device, Json& left) {
  Json ports = json_array(), cards = json_array();
  if (!ports_of(old, ports))
    for (const char* key : {"inputs", "outputs"})
      if (old.find(key)) set_member(left, key, member(old, key));
  for (const Json& card : member(old, "cards").items) {
    Json io = json_array();
    bool all_taken =
        ports_of(card, io) && is_known_member(card, {"id", "slotNumber", "inputs", "outputs"});
    if (!all_taken) set_member(left, "cards", member(old, "cards"));
    cards.items.push_back(
        json_object({{"slot_number", member(card, "slotNumber")}, {"io", std::move(io)}}));
  }
  if (!ports.items.empty()) set_member(device, "io_ports", std::move(ports));
  if (!cards.items.empty()) set_member(device, "cards", std::move(cards));
}

// --- what becomes of it -------------------------------------------------------------------------

FileRow OldRows::finish(const Table& table, Json row, std::string pointer) {
  for (const Table* child : child_tables(table.id)) {  // outputs
    Namer namer(text_of(row, "id"));
    for (auto& [key, list] : row.members)
      if (child->nested && key == child->nested_name)
        for (Json& item : list.items)
          if (!item.find("id")) namer.give_id(*child, item);
  }
  RecordId id = *RecordId::parse(text_of(row, "id"));
  std::string label = label_of(table, row);
  return {.table = &table,
          .id = id,
          .json = std::move(row),
          .pointer = std::move(pointer),
          .label = std::move(label)};
}

void OldRows::keep(const std::string& list, const Json& left) {
  if (left.members.empty()) return;
  auto found = std::ranges::find(leftovers_, list, &Leftovers::value_type::first);
  if (found == leftovers_.end()) found = leftovers_.insert(found, {list, {}});
  found->second.push_back(left);
}

void OldRows::leave_out(const Table& table, std::string pointer, std::string label,
                        std::string reason) {
  file_.left_out.push_back(
      {&table, {file_.name, std::move(pointer), std::move(label), std::move(reason)}});
}

void OldRows::note(std::string text) {
  if (file_.notes.size() < max_notes)
    file_.notes.push_back(std::move(text));
  else
    ++more_notes_;
}

}  // namespace genlock::transfer
