#include "transfer/api_client.h"
#include "transfer/csv.h"
#include "transfer/csv_lists.h"
#include "transfer/csv_table.h"

#include <algorithm>

namespace genlock::transfer {
namespace {

// A list of formats as people write it, where reading gives the same list again.
std::string opaque_cell(const Column& column, const Json& value) {
  if (column.name != "device_formats" || !value.is(Json::Kind::array) || value.items.empty())
    return dump(value);
  std::vector<Listed> list;
  for (const Json& item : value.items)
    list.push_back({static_cast<std::int64_t>(list.size()), item.text});
  std::string cell = list_cell(list, 0);
  Result<std::vector<Listed>> again = read_list_cell(cell, 0);
  bool is_same =
      again.ok() && cell.find_first_of("[{\"") != 0 &&
      std::ranges::equal(*again, value.items, {}, &Listed::name, &Json::text) &&
      std::ranges::all_of(value.items, [](const Json& item) { return item.is(Json::Kind::text); });
  return is_same ? cell : dump(value);
}

std::string cell_of(const Column& column, const Json& value, char separator) {
  if (value.is(Json::Kind::null)) return {};
  if (column.type == ColumnType::json) return opaque_cell(column, value);
  if (value.is(Json::Kind::text)) return value.text;
  std::string text = dump(value);
  if (separator == ';') std::ranges::replace(text, '.', ',');
  return text;
}

std::string outputs_cell(const Json& row) {
  std::vector<Listed> list;
  for (const Json& output : member(row, "outputs").items)
    list.push_back({integer_of(output, "output_index"), text_of(output, "connector")});
  return list_cell(std::move(list), 1);
}

std::string ports_cell(const Json& row, std::string_view kind) {
  std::vector<Listed> list;
  for (const Json& port : member(row, "io_ports").items)
    if (text_of(port, "port_type") == kind)
      list.push_back({integer_of(port, "port_index"), text_of(port, "io_type")});
  return list_cell(std::move(list), 0);
}

}  // namespace

std::string write_csv(const Table& table, const std::vector<Json>& rows, char separator) {
  std::vector<const Column*> columns{table.column("label")};
  for (const Column& column : table.columns)
    if (column.id != column::label && column.id != column::sort_order) columns.push_back(&column);
  bool is_equipment = table.id == table::equipment_specs;
  std::vector<std::string> headings{"id"};
  for (const Column* column : columns) headings.emplace_back(column->name);
  if (is_equipment) headings.emplace_back("inputs");
  if (is_equipment || table.id == table::sources) headings.emplace_back("outputs");
  std::string out = "\xef\xbb\xbf" + csv_line(headings, separator);
  for (const Json& row : rows) {
    std::vector<std::string> cells{text_of(row, "id")};
    for (const Column* column : columns)
      cells.push_back(guarded(cell_of(*column, member(row, column->name), separator)));
    if (is_equipment) cells.push_back(guarded(ports_cell(row, "input")));
    if (is_equipment) cells.push_back(guarded(ports_cell(row, "output")));
    if (table.id == table::sources) cells.push_back(guarded(outputs_cell(row)));
    out += csv_line(cells, separator);
  }
  return out;
}

}  // namespace genlock::transfer
