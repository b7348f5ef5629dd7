// The components of rows, from the relational schema.
#include "engine/limits.h"
#include "http/shapes.h"
#include "projections/stored_row.h"

#include <nlohmann/json.hpp>

namespace genlock::http {
namespace {

using nlohmann::ordered_json;

enum class Use { answered, created, changed };

std::string_view suffix(Use use) {
  if (use == Use::created) return "New";
  return use == Use::changed ? "Edit" : "";
}

// In the columns of a row that its table does not hold.
ordered_json derived_schema(std::string_view name) {
  if (name == "version") return schema_of("integer 1..9007199254740991");
  if (name == "created_at" || name == "updated_at") return schema_of("time");
  if (name == "synced_at") return schema_of("time?");
  if (name == "last_modified_by") return schema_of("uuid?");
  return schema_of(name == "is_deleted" ? "boolean" : "uuid");
}

bool is_ignored_in_bodies(std::string_view name) {
  return name == "version" || name == "created_at" || name == "updated_at" || name == "synced_at" ||
         name == "last_modified_by";
}

ordered_json ignored() {
  return {{"readOnly", true}, {"description", "ignored when it is sent back"}};
}

std::string_view derived_words(const Field& field, const Table& table) {
  if (field.name == table.parent_column) return "what the row belongs to; fixed when it is created";
  if (field.name == "id") return "may be chosen by who creates it";
  if (field.name == "is_deleted") return "as it is: DELETE and restore change it";
  return "";
}

ordered_json field_schema(const Table& table, const Field& field, Use use) {
  if (const Column* column = table.column(field.column)) return column_schema(*column);
  if (use != Use::answered && is_ignored_in_bodies(field.name)) return ignored();
  ordered_json schema = derived_schema(field.name);
  std::string_view words = derived_words(field, table);
  if (!words.empty()) schema["description"] = words;
  if (use == Use::answered && words.empty()) schema["readOnly"] = true;
  return schema;
}

// What the engine fills in, or the path says.
bool must_be_sent(const Table& table, const Field& field) {
  const Column* column = table.column(field.column);
  if (column) return column->required;
  return table.id == table::connections && field.name == table.parent_column;
}

ordered_json nested_schema(const Table& child, Use use) {
  std::string item = component_name(child) + std::string(use == Use::answered ? "" : "Edit");
  ordered_json schema = schema_of("[" + item + "]");
  if (use != Use::answered)
    schema["description"] =
        "the whole list: a known id is changed, a new one or none is created, what is not in the "
        "list is deleted";
  return schema;
}

ordered_json row_schema(const Table& table, Use use) {
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  for (const Field& field : shape_of(table)) {
    properties[field.name] = field_schema(table, field, use);
    if (use == Use::answered || (use == Use::created && must_be_sent(table, field)))
      required.push_back(field.name);
  }
  for (const Table* child : child_tables(table.id)) {
    if (!child->nested) continue;
    properties[child->nested_name] = nested_schema(*child, use);
    if (use == Use::answered) required.push_back(child->nested_name);
  }
  std::string meta = table.id == table::productions ? "ProductionMeta" : "RowMeta";
  properties["_meta"] = use == Use::answered ? schema_of(meta) : ignored();
  if (use == Use::answered) required.push_back("_meta");
  ordered_json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

// A production with all that belongs to it: ?include=all.
ordered_json whole_production() {
  ordered_json schema = row_schema(*find_table(table::productions), Use::answered);
  for (const Table* child : child_tables(table::productions)) {
    if (child->id == table::attachments)
      continue;  // as large as they like: asked for by themselves
    schema["properties"][child->collection] = schema_of("[" + component_name(*child) + "]");
    schema["required"].push_back(child->collection);
  }
  schema["properties"]["conflicts"] = schema_of("[Conflict]");
  schema["required"].push_back("conflicts");
  return schema;
}

ordered_json text_schema(const Column& column) {
  ordered_json schema = {{"type", "string"}};
  if (!column.allowed.empty()) {
    schema["enum"] = column.allowed;
    return schema;
  }
  if (column.required) schema["minLength"] = 1;
  std::size_t max_bytes = column.max_bytes ? column.max_bytes : limits::max_text_bytes;
  schema["maxLength"] = max_bytes;
  if (column.id == column::sort_order) {
    schema["pattern"] = "^[0-9A-Za-z]+$";
    schema["description"] =
        "compared by bytes; made as the npm package fractional-indexing makes them";
  } else {
    schema["description"] = "at most " + std::to_string(max_bytes) + " bytes of UTF-8";
  }
  return schema;
}

ordered_json number_schema(const Column& column) {
  ordered_json schema = {{"type", column.type == ColumnType::integer ? "integer" : "number"}};
  if (column.minimum == 0 && column.maximum == 0) return schema;
  const auto print = [](double bound) { return static_cast<std::int64_t>(bound); };
  schema[column.minimum_is_open ? "exclusiveMinimum" : "minimum"] = print(column.minimum);
  schema["maximum"] = print(column.maximum);
  return schema;
}

ordered_json json_schema(const Column& column) {
  return {{"description", "any JSON of at most " + std::to_string(column.max_bytes >> 10) +
                              " KiB; its keys keep their order"}};
}

ordered_json value_schema(const Column& column) {
  switch (column.type) {
    case ColumnType::text:
      return text_schema(column);
    case ColumnType::integer:
    case ColumnType::real:
      return number_schema(column);
    case ColumnType::boolean:
      return schema_of("boolean");
    case ColumnType::time:
      return schema_of("time");
    case ColumnType::uuid:
      return schema_of("uuid");
    case ColumnType::json:
      return json_schema(column);
  }
  return ordered_json::object();
}

std::string reference_words(const Column& column) {
  const Table* target = find_table(column.set_null_target);
  return target ? "a row of " + std::string(target->name) + "; null where that was deleted" : "";
}

}  // namespace

ordered_json column_schema(const Column& column) {
  ordered_json schema = value_schema(column);
  if (!column.required && schema.contains("type")) {
    schema["type"] = {schema["type"], "null"};
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
  }
  if (std::string words = reference_words(column); !words.empty()) schema["description"] = words;
  return schema;
}

std::string component_name(const Table& table) {
  std::string name;
  bool begins = true;
  for (char c : table.name) {
    if (c == '_') {
      begins = true;
      continue;
    }
    name += begins ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  if (name.ends_with('s')) name.pop_back();
  return name;
}

void add_row_shapes(ordered_json& schemas) {
  for (const Table& table : tables()) {
    if (table.collection.empty()) continue;
    for (Use use : {Use::answered, Use::created, Use::changed}) {
      if (table.nested && use == Use::created) continue;
      schemas[component_name(table) + std::string(suffix(use))] = row_schema(table, use);
    }
  }
  schemas["WholeProduction"] = whole_production();
}

}  // namespace genlock::http
