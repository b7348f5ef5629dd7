// Rows in JSON (docs/api.md, section 2): out to clients, and in from request bodies.
#pragma once

#include "engine/command.h"
#include "engine/view.h"
#include "projections/json.h"
#include "projections/stored_row.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genlock {

// --- out ----------------------------------------------------------------------------------------

// One nested list of a row: the stored rows of its children, in the order they are shown.
struct NestedRows {
  const Table* table = nullptr;
  std::vector<StoredRow> rows;
};

// The row of `view` as it is stored (projections/stored_row.h): all columns, always in the same
// order, everything a node adds by itself left open. `nested` has one entry for each nested list of
// the table, in the order of child_tables; `conflicts` are the record's conflicts, encoded
// (projections/conflict_codec.h): pending ones count into the ETag. `locked`: the stream has locks
// that may stand.
struct RowParts {
  std::vector<NestedRows> nested;
  std::vector<std::string> pending_conflicts;
  std::size_t conflict_rows = 0;
  bool locked = false;
};
std::string encode_row(const RecordView& view, const RowParts& parts);

// --- in -----------------------------------------------------------------------------------------

// A row as a client sent it. Checks JSON types only; the schema's rules are engine/decide's.
// `pointer`: where the row stands in the body ("" or "/ops/3/row"); errors point from there.
// ERRORS: invalid_argument with every field at fault.
Result<RowInput> parse_row(const Table& table, const Json& json, std::string_view pointer = "");
// The same from a whole body. ERRORS: also bad_request.
Result<RowInput> parse_row(const Table& table, std::string_view body);

// An object that names columns of `allowed` only, as a resolution gives them ({"h_res":1920}).
Result<ColumnValues> parse_values(const Table& table, std::span<const ColumnId> allowed,
                                  const Json& json, std::string_view pointer);

}  // namespace genlock
