#include "engine/value.h"

#include <algorithm>

namespace genlock {

namespace {

auto find_place(auto& values, ColumnId column) {
  return std::lower_bound(values.begin(), values.end(), column,
                          [](const ColumnValue& value, ColumnId id) { return value.column < id; });
}

}  // namespace

const Value* find(const ColumnValues& values, ColumnId column) {
  auto place = find_place(values, column);
  return place != values.end() && place->column == column ? &place->value : nullptr;
}

void set(ColumnValues& values, ColumnId column, Value value) {
  auto place = find_place(values, column);
  if (place != values.end() && place->column == column) {
    place->value = std::move(value);
  } else {
    values.insert(place, ColumnValue{column, std::move(value)});
  }
}

}  // namespace genlock
