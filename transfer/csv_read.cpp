#include "transfer/api_client.h"
#include "transfer/csv.h"
#include "transfer/csv_lists.h"
#include "transfer/csv_table.h"
#include "transfer/file_ids.h"
#include "transfer/fit.h"
#include "transfer/json_print.h"

#include <algorithm>
#include <set>

namespace genlock::transfer {
namespace {

struct Alias {
  std::string_view table, heading, target;  // table "": every one
};
constexpr Alias aliases[] = {{"sources", "out", "outputs"},
                             {"sources", "output", "outputs"},
                             {"sources", "connector", "outputs"},
                             {"sources", "connectors", "outputs"},
                             {"sends", "out", "output_connector"},
                             {"sends", "output", "output_connector"},
                             {"sends", "connector", "output_connector"},
                             {"", "res", "resolution"},
                             {"", "hres", "h_res"},
                             {"", "vres", "v_res"}};

Error bad(std::string message) { return {ErrorCode::bad_request, std::move(message)}; }

bool is_list(const Table& table, std::string_view target) {
  if (table.id == table::sources) return target == "outputs";
  return table.id == table::equipment_specs && (target == "inputs" || target == "outputs");
}

bool is_target(const Table& table, std::string_view target) {
  if (target == "id" || is_list(table, target)) return true;
  if (target == "resolution") return table.column("h_res") != nullptr;
  return target != "sort_order" && table.column(target);
}

std::string targets_of(const Table& table) {
  std::string names = "id";
  for (const Column& column : table.columns)
    if (column.name != "sort_order") names += ", " + std::string(column.name);
  for (const char* name : {"resolution", "inputs", "outputs"})
    if (is_target(table, name)) names += ", " + std::string(name);
  return names;
}

// What a heading means by its spelling; "" where that is not known.
std::string target_of(const Table& table, std::string_view heading) {
  std::string name = snake_case(heading);
  for (const Alias& alias : aliases)
    if ((alias.table.empty() || alias.table == table.name) && alias.heading == name &&
        is_target(table, alias.target))
      return std::string(alias.target);
  return is_target(table, name) ? name : "";
}

class CsvReader {
 public:
  CsvReader(const std::string& name, std::vector<CsvRow> rows, const CsvOptions& options)
      : options_(options),
        table_(*options.table),
        rows_(std::move(rows)),
        parent_(is_equipment() ? "" : options.production.to_string()),
        namer_(parent_) {
    file_.name = name;
  }

  Result<ImportFile> read() {
    if (rows_.empty()) return bad("the file is empty: its first line must name the columns");
    TRY(read_headings());
    std::vector<FileRow> made;
    for (std::size_t i = 1; i < rows_.size(); ++i)
      if (auto row = read_row(rows_[i])) made.push_back(*std::move(row));
    if (is_equipment()) {
      file_.equipment = std::move(made);
      return std::move(file_);
    }
    ShowFile show;
    show.is_table_alone = true;
    show.production.table = find_table(table::productions);
    show.production.id = options_.production;
    show.children = std::move(made);
    file_.shows.push_back(std::move(show));
    return std::move(file_);
  }

 private:
  bool is_equipment() const { return options_.table->id == table::equipment_specs; }

  std::string column_name(std::size_t i) const {
    return "column " + std::to_string(i + 1) + " (" + rows_[0].cells[i] + ")";
  }

  Result<void> read_headings() {
    for (std::size_t i = 0; i < rows_[0].cells.size(); ++i) {
      std::string& heading = rows_[0].cells[i];
      while (heading.ends_with(' ')) heading.pop_back();
      TRY_ASSIGN(std::string target, meaning_of(heading, i));
      targets_.push_back(target);
    }
    for (const auto& [heading, target] : options_.columns)
      if (std::ranges::find(rows_[0].cells, heading) == rows_[0].cells.end())
        return bad("line 1 has no column \"" + heading + "\"; it has " + all_headings());
    return check_targets();
  }

  Result<std::string> meaning_of(const std::string& heading, std::size_t i) {
    auto mapped = options_.columns.find(heading);
    if (mapped != options_.columns.end()) {
      if (!mapped->second.empty() && !is_target(table_, mapped->second))
        return bad("\"" + mapped->second + "\" is no column of " + std::string(table_.name) +
                   "; there are " + targets_of(table_));
      return mapped->second;
    }
    std::string target = target_of(table_, heading);
    bool is_mapped_elsewhere = std::ranges::any_of(
        options_.columns, [&](const auto& entry) { return entry.second == target; });
    if (!target.empty() && !is_mapped_elsewhere)
      return target == "id" && !holds_uuids(i) ? "label" : target;
    if (!heading.empty())
      file_.notes.push_back("line 1, " + column_name(i) + " is not taken: " +
                            (target.empty() ? "it is the name of no column, and no map names it"
                                            : "another column is mapped to " + target));
    return std::string();
  }

  // "SRC 1" in a column called ID is what people call the row.
  bool holds_uuids(std::size_t i) const {
    return std::ranges::all_of(rows_.begin() + 1, rows_.end(), [&](const CsvRow& row) {
      return i >= row.cells.size() || row.cells[i].empty() || Uuid::parse(row.cells[i]);
    });
  }

  Result<void> check_targets() {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < targets_.size(); ++i)
      if (!targets_[i].empty() && !seen.insert(targets_[i]).second)
        return bad("line 1, " + column_name(i) + ": another column is \"" + targets_[i] +
                   "\" already; map one of them to something else, or to nothing");
    if (seen.empty())
      return bad("line 1 names no column of " + std::string(table_.name) + "; it has " +
                 all_headings() + ", there are " + targets_of(table_));
    if (is_equipment() && seen.contains("inputs") != seen.contains("outputs"))
      return bad("inputs and outputs are one list of ports: give both, or neither");
    if (seen.contains("resolution") && (seen.contains("h_res") || seen.contains("v_res")))
      return bad("resolution stands for h_res and v_res: give the one or the others");
    has_rate_ = seen.contains("rate");
    return {};
  }

  std::string all_headings() const {
    std::string names;
    for (const std::string& cell : rows_[0].cells)
      names += (names.empty() ? "\"" : ", \"") + cell + '"';
    return names;
  }

  std::optional<FileRow> read_row(const CsvRow& row) {
    Json json = json_object();
    std::string faults;
    const auto fault = [&](std::string text) { faults += (faults.empty() ? "" : "; ") + text; };
    if (row.cells.size() > targets_.size())
      fault("there are " + std::to_string(row.cells.size()) + " cells and " +
            std::to_string(targets_.size()) +
            " headings: a text with a separator in it needs quotes");
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (targets_[i].empty()) continue;
      std::string cell = i < row.cells.size() ? unguarded(row.cells[i]) : "";
      Result<void> read = read_cell(targets_[i], cell, json);
      if (!read.ok()) fault(column_name(i) + ' ' + read.error().message);
    }
    std::string place = "line " + std::to_string(row.line);
    if (faults.empty()) return finish(std::move(json), std::move(place));
    file_.left_out.push_back({&table_, {file_.name, place, label_of(table_, json), faults}});
    return std::nullopt;
  }

  Result<void> read_cell(const std::string& target, const std::string& cell, Json& json) {
    if (target == "id") return read_id(cell, json);
    if (is_list(table_, target)) return read_list(target, cell, json);
    if (target == "resolution") return read_format(cell, json);
    const Column& column = *table_.column(target);
    TRY_ASSIGN(Json value, column.type == ColumnType::json ? read_opaque(column, cell)
                                                           : fit(column, json_text(cell)));
    set_member(json, target, std::move(value));
    return {};
  }

  static Result<void> read_id(const std::string& cell, Json& json) {
    if (cell.empty()) return {};
    std::string text = cell;
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!Uuid::parse(text)) return bad("must be a UUID, not " + dump(json_text(cell)));
    set_member(json, "id", json_text(text));
    return {};
  }

  Result<void> read_list(const std::string& target, const std::string& cell, Json& json) {
    bool is_ports = is_equipment();
    TRY_ASSIGN(std::vector<Listed> list, read_list_cell(cell, is_ports ? 0 : 1));
    const char* key = is_ports ? "io_ports" : "outputs";
    Json rows = member(json, key);
    if (!rows.is(Json::Kind::array)) rows = json_array();
    for (Listed& entry : list) {
      Json name = json_text(std::move(entry.name)), index = json_number(entry.index);
      if (is_ports)
        rows.items.push_back(
            json_object({{"port_type", json_text(target == "inputs" ? "input" : "output")},
                         {"io_type", std::move(name)},
                         {"port_index", std::move(index)}}));
      else
        rows.items.push_back(
            json_object({{"connector", std::move(name)}, {"output_index", std::move(index)}}));
    }
    set_member(json, key, std::move(rows));
    return {};
  }

  Result<void> read_format(const std::string& cell, Json& json) {
    Json made = json_object({{"h_res", {}}, {"v_res", {}}});
    if (!cell.empty()) {
      TRY_ASSIGN(made, read_resolution(cell));
    }
    for (const auto& [name, value] : made.members) {
      if (name == "rate" && has_rate_) continue;
      TRY_ASSIGN(Json fitted, fit(*table_.column(name), value));
      set_member(json, name, std::move(fitted));
    }
    return {};
  }

  // JSON as it is; for formats a list of names will do, too.
  static Result<Json> read_opaque(const Column& column, const std::string& cell) {
    if (cell.empty()) return Json{};
    bool looks_json = cell.find_first_of("[{\"") == 0;
    if (!looks_json && column.name == "device_formats") {
      TRY_ASSIGN(std::vector<Listed> list, read_list_cell(cell, 0));
      Json names = json_array();
      for (const Listed& entry : list) names.items.push_back(json_text(entry.name));
      return names;
    }
    Result<Json> json = parse_json(cell);
    if (!json.ok()) return bad("must be JSON: " + json.error().message);
    return fit(column, *json);
  }

  FileRow finish(Json json, std::string place) {
    bool has_id = json.find("id") != nullptr;
    std::string label = text_of(json, "label");
    std::string name = natural_name(table_, json);
    if (!label.empty()) name = std::string(table_.name) + "\nlabel\n" + label;
    if (!has_id) json.members.insert(json.members.begin(), {"id", json_text(namer_.id_of(name))});
    if (!is_equipment())
      json.members.insert(json.members.begin() + 1, {"production_id", json_text(parent_)});
    RecordId id = *RecordId::parse(text_of(json, "id"));
    std::string called = label_of(table_, json);
    return {.table = &table_,
            .id = id,
            .json = std::move(json),
            .pointer = std::move(place),
            .label = std::move(called),
            .match_by_name = !has_id};
  }

  const CsvOptions& options_;
  const Table& table_;
  std::vector<CsvRow> rows_;
  std::string parent_;
  Namer namer_;
  std::vector<std::string> targets_;  // of each column; "": not taken
  bool has_rate_ = false;
  ImportFile file_;
};

}  // namespace

Result<const Table*> csv_table(std::string_view name) {
  for (TableId id : {table::sources, table::sends, table::equipment_specs}) {
    const Table* table = find_table(id);
    if (name == table->name || name == table->collection) return table;
  }
  return Error{ErrorCode::invalid_argument, "the table must be sources, sends or equipment"};
}

Result<std::map<std::string, std::string>> read_csv_map(std::string_view text) {
  std::map<std::string, std::string> map;
  if (text.empty()) return map;
  TRY_ASSIGN(std::vector<CsvRow> rows, parse_csv(text));
  for (const CsvRow& row : rows)
    for (const std::string& cell : row.cells) {
      auto equals = cell.rfind('=');
      if (equals == cell.npos || equals == 0)
        return bad("a map is Heading=column,Heading=column; \"" + cell + "\" is not");
      map[cell.substr(0, equals)] = cell.substr(equals + 1);
    }
  return map;
}

Result<ImportFile> read_csv(const std::string& name, std::string_view text,
                            const CsvOptions& options) {
  Result<std::vector<CsvRow>> rows = parse_csv(text);
  if (!rows.ok()) return std::move(rows).error().in(name);
  Result<ImportFile> file = CsvReader(name, *std::move(rows), options).read();
  if (!file.ok()) return std::move(file).error().in(name);
  return file;
}

}  // namespace genlock::transfer
