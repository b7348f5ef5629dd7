// What a column holds. Times are stored as UTC milliseconds, opaque JSON as the text that came in
// (compact, key order kept), REAL as double.
#pragma once

#include "engine/ids.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace genlock {

using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, Uuid>;

inline bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }

// Stable numeric ids of the relational schema. They can never change or be reused.
enum class TableId : std::uint16_t { none = 0 };
enum class ColumnId : std::uint16_t { none = 0 };
inline std::uint16_t number(TableId t) { return static_cast<std::uint16_t>(t); }
inline std::uint16_t number(ColumnId c) { return static_cast<std::uint16_t>(c); }
// A field group is named by the lowest column id in it; a column alone is its own group.
using GroupId = ColumnId;
// The pseudo group of a record's existence: create, delete, restore.
inline constexpr GroupId life_group{0xffff};

struct ColumnValue {
  ColumnId column = ColumnId::none;
  Value value;
  bool operator==(const ColumnValue&) const = default;
};
// Sorted by column id, each column once.
using ColumnValues = std::vector<ColumnValue>;

// The value of `column`, or nullptr where it is absent.
const Value* find(const ColumnValues& values, ColumnId column);
// Sets or adds `column`, keeping the order.
void set(ColumnValues& values, ColumnId column, Value value);

}  // namespace genlock
