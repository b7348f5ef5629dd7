// What one event changed in one row as people see it: the difference of two views.
#pragma once

#include "engine/view.h"
#include "projections/json.h"

#include <optional>
#include <string>
#include <vector>

namespace genlock::cli {

struct ColumnChange {
  std::string column;
  std::string from, to;  // as JSON
};

struct RowChange {
  const Table* table = nullptr;
  RecordId id;
  std::string label;
  std::string what;  // "created" "changed" "deleted" "restored" "hidden" "shown"
  std::vector<ColumnChange> columns;
};

// nullopt: nothing that shows. A row that was not there before shows all it holds.
std::optional<RowChange> compare(const std::optional<RecordView>& before,
                                 const std::optional<RecordView>& after);

// What people call a row: its label, its name, its maker and model; else the start of its id.
std::string label_of(const RecordView& view);
// "Ana (FOH tablet)", "somebody"
std::string describe(const Person& person);
// `sources SRC 7: h_res 1920 -> 3840, v_res 1080 -> 2160`
std::string describe(const RowChange& change);
Json to_json(const RowChange& change);

}  // namespace genlock::cli
