#include "projections/node_names.h"

#include "engine/schema.h"
#include "projections/json_text.h"
#include "projections/keys.h"
#include "projections/stored_row.h"

namespace genlock {
namespace {

// A column of a row of the directory, or null where there is no such row.
Result<Value> directory_value(const Reader& reader, TableId table_id, const Uuid& id,
                              std::string_view column) {
  const Table& table = *find_table(table_id);
  TRY_ASSIGN(auto bytes,
             reader.get(Space::rows, keys::row(table, directory_stream, {}, RecordId{id})));
  if (!bytes) return Value{};
  TRY_ASSIGN(StoredRow row, StoredRow::parse(*bytes));
  return row.column_value(table, table.column(column)->id);
}

std::optional<std::string> text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? std::optional(*text) : std::nullopt;
}

}  // namespace

Result<NodeName> NodeNames::of(OriginId origin) {
  auto [place, is_new] = by_origin_.try_emplace(origin);
  if (!is_new) return place->second;
  TRY_ASSIGN(Value node, directory_value(reader_, table::origins, origin.uuid, "node_id"));
  const Uuid* id = std::get_if<Uuid>(&node);
  if (!id) return place->second;
  TRY_ASSIGN(place->second, of(NodeId{*id}));
  return place->second;
}

Result<NodeName> NodeNames::of(NodeId node) {
  auto [place, is_new] = by_node_.try_emplace(node);
  if (!is_new) return place->second;
  place->second.id = node;
  TRY_ASSIGN(Value name, directory_value(reader_, table::nodes, node.uuid, "name"));
  TRY_ASSIGN(Value role, directory_value(reader_, table::nodes, node.uuid, "role"));
  place->second.name = text_of(name);
  place->second.role = text_of(role);
  return place->second;
}

void append_json(std::string& out, const NodeName& node) {
  out += "{\"id\":";
  append_json(out, node.id.uuid);
  out += ",\"name\":";
  node.name ? append_json_string(out, *node.name) : void(out += "null");
  out += ",\"role\":";
  node.role ? append_json_string(out, *node.role) : void(out += "null");
  out += '}';
}

}  // namespace genlock
