#include "projections/json_text.h"
#include "projections/row_json.h"
#include "projections/time_text.h"

#include <algorithm>
#include <cmath>

namespace genlock {
namespace {

constexpr std::string_view ignored_keys[] = {"version",   "created_at",       "updated_at",
                                             "synced_at", "last_modified_by", "_meta"};

bool is_ignored(std::string_view key) {
  return std::ranges::find(ignored_keys, key) != std::end(ignored_keys);
}

Error to_error(std::vector<FieldError> errors) {
  std::string message = errors.front().pointer.empty() ? "the body" : errors.front().pointer;
  message += " " + errors.front().detail;
  if (errors.size() > 1) message += ", and " + std::to_string(errors.size() - 1) + " more";
  return {ErrorCode::invalid_argument, std::move(message), std::move(errors)};
}

// Reads one row and the rows nested in it; what is wrong is collected, so that a client learns of
// it all at once.
class RowReader {
 public:
  explicit RowReader(std::vector<FieldError>& errors) : errors_(errors) {}

  RowInput read(const Table& table, const Json& json, std::string pointer) {
    RowInput row;
    row.pointer = std::move(pointer);
    if (!json.is(Json::Kind::object)) {
      wrong(row.pointer, "type", "must be an object, not " + std::string(to_string(json.kind)));
      return row;
    }
    for (const auto& [key, value] : json.members) read_member(table, key, value, row);
    return row;
  }

  // A value of a column; nullopt after an error.
  std::optional<Value> read_value(ColumnType type, const Json& json, const std::string& pointer) {
    if (json.is(Json::Kind::null)) return Value{};
    switch (type) {
      case ColumnType::text:
        return read_text(json, pointer);
      case ColumnType::integer:
        return read_integer(json, pointer);
      case ColumnType::real:
        return read_real(json, pointer);
      case ColumnType::boolean:
        return read_boolean(json, pointer);
      case ColumnType::time:
        return read_time(json, pointer);
      case ColumnType::uuid:
        return read_uuid(json, pointer);
      case ColumnType::json:
        return Value{dump(json)};
    }
    return std::nullopt;
  }

  std::nullopt_t wrong(const std::string& pointer, std::string code, std::string detail) {
    errors_.push_back({pointer, std::move(code), std::move(detail)});
    return std::nullopt;
  }

 private:
  void read_member(const Table& table, const std::string& key, const Json& value, RowInput& row) {
    if (is_ignored(key)) return;
    std::string pointer = pointer_to(row.pointer, key);
    if (key == "id") {
      row.id = read_id(value, pointer);
    } else if (!table.parent_column.empty() && key == table.parent_column) {
      row.parent = read_id(value, pointer);
    } else if (key == "is_deleted") {
      row.is_deleted = read_flag(value, pointer);
    } else if (const Column* column = table.column(key)) {
      auto read = read_value(column->type, value, pointer);
      if (read) set(row.values, column->id, *std::move(read));
    } else if (const Table* nested = nested_table(table, key)) {
      read_children(*nested, value, pointer, row.children[nested->id]);
    } else {
      wrong(pointer, "unknown", "is no column of " + std::string(table.name) + ": leave it out");
    }
  }

  static const Table* nested_table(const Table& table, std::string_view key) {
    for (const Table* child : child_tables(table.id)) {
      if (child->nested && child->nested_name == key) return child;
    }
    return nullptr;
  }

  void read_children(const Table& table, const Json& json, const std::string& pointer,
                     std::vector<RowInput>& children) {
    if (!json.is(Json::Kind::array)) {
      wrong(pointer, "type", "must be an array of rows, not " + std::string(to_string(json.kind)));
      return;
    }
    for (std::size_t i = 0; i < json.items.size(); ++i) {
      children.push_back(read(table, json.items[i], pointer_to(pointer, std::to_string(i))));
    }
  }

  std::optional<RecordId> read_id(const Json& json, const std::string& pointer) {
    auto value = read_uuid(json, pointer);
    if (!value) return std::nullopt;
    return RecordId{std::get<Uuid>(*value)};
  }

  std::optional<bool> read_flag(const Json& json, const std::string& pointer) {
    auto value = read_boolean(json, pointer);
    if (!value) return std::nullopt;
    return std::get<bool>(*value);
  }

  std::nullopt_t wrong_type(const std::string& pointer, std::string_view wanted, const Json& json) {
    return wrong(pointer, "type",
                 "must be " + std::string(wanted) + ", not " + std::string(to_string(json.kind)));
  }

  std::optional<Value> read_text(const Json& json, const std::string& pointer) {
    if (!json.is(Json::Kind::text)) return wrong_type(pointer, "a text", json);
    return Value{json.text};
  }

  // 60.0 is a whole number as 60 is.
  std::optional<Value> read_integer(const Json& json, const std::string& pointer) {
    if (json.is(Json::Kind::integer)) return Value{json.integer};
    if (!json.is(Json::Kind::real)) return wrong_type(pointer, "a whole number", json);
    if (json.real != std::floor(json.real)) {
      return wrong(pointer, "type", "must be a whole number, without a fraction");
    }
    constexpr double exact = 9'007'199'254'740'992;  // 2^53: greater doubles have gaps between them
    if (std::abs(json.real) > exact)
      return wrong(pointer, "range", "is too great for a whole number");
    return Value{static_cast<std::int64_t>(json.real)};
  }

  std::optional<Value> read_real(const Json& json, const std::string& pointer) {
    if (!json.is_number()) return wrong_type(pointer, "a number", json);
    return Value{json.real};
  }

  std::optional<Value> read_boolean(const Json& json, const std::string& pointer) {
    if (!json.is(Json::Kind::boolean)) return wrong_type(pointer, "true or false", json);
    return Value{json.boolean};
  }

  std::optional<Value> read_time(const Json& json, const std::string& pointer) {
    if (!json.is(Json::Kind::text)) return wrong_type(pointer, "a time as text", json);
    auto ms = parse_time(json.text);
    if (ms) return Value{std::int64_t{*ms}};
    return wrong(pointer, "format",
                 "must be a time with date and offset, like 2026-11-22T18:42:03Z or "
                 "2026-11-22T19:42:03+01:00");
  }

  std::optional<Value> read_uuid(const Json& json, const std::string& pointer) {
    if (!json.is(Json::Kind::text)) return wrong_type(pointer, "a UUID as text", json);
    auto uuid = Uuid::parse(json.text);
    if (uuid && !uuid->is_nil()) return Value{*uuid};
    if (uuid)
      return wrong(pointer, "format", "must not be the nil UUID, which names nothing: send null");
    return wrong(pointer, "format",
                 "must be a lower-case UUID, like 018f6b1e-0000-7000-8000-000000000000");
  }

  std::vector<FieldError>& errors_;
};

}  // namespace

Result<RowInput> parse_row(const Table& table, const Json& json, std::string_view pointer) {
  std::vector<FieldError> errors;
  RowInput row = RowReader(errors).read(table, json, std::string(pointer));
  if (!errors.empty()) return to_error(std::move(errors));
  return row;
}

Result<RowInput> parse_row(const Table& table, std::string_view body) {
  TRY_ASSIGN(Json json, parse_json(body));
  return parse_row(table, json, "");
}

Result<ColumnValues> parse_values(const Table& table, std::span<const ColumnId> allowed,
                                  const Json& json, std::string_view pointer) {
  std::vector<FieldError> errors;
  RowReader reader(errors);
  ColumnValues values;
  if (!json.is(Json::Kind::object)) {
    reader.wrong(std::string(pointer), "type",
                 "must be an object, not " + std::string(to_string(json.kind)));
  }
  for (const auto& [key, value] : json.members) {
    std::string at = pointer_to(pointer, key);
    const Column* column = table.column(key);
    if (!column || std::ranges::find(allowed, column->id) == allowed.end()) {
      reader.wrong(at, "unknown", "is no column of this field group: leave it out");
    } else if (auto read = reader.read_value(column->type, value, at)) {
      set(values, column->id, *std::move(read));
    }
  }
  if (!errors.empty()) return to_error(std::move(errors));
  return values;
}

}  // namespace genlock
