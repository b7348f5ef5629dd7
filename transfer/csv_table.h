// Sources, sends and equipment as one table of text, for spreadsheets. A line is a row; cells are
// the columns of the table, and
//   id          the row's UUID; without one a line is the row on the node with that label, or else
//               that name, and a new row where there is none
//   resolution  "1920x1080" or "1920 x 1080 @ 59.94", for h_res, v_res (and rate): taken in only
//   outputs     of a source: its connectors, "HDMI | SDI"
//   inputs, outputs  of equipment: the types of its ports, "12G-SDI | 12G-SDI" or "2 x 12G-SDI"
// An empty cell empties its column; a column that is not there is left as it is. Cards, labels and
// formats of ports have no cells.
#pragma once

#include "transfer/show_file.h"

#include <map>

namespace genlock::transfer {

struct CsvOptions {
  const Table* table = nullptr;  // sources, sends or equipment_specs
  RecordId production;           // not for equipment
  // What a heading stands for; a heading that is not here is matched by its spelling ("H RES" is
  // h_res), and "" is left alone.
  std::map<std::string, std::string> columns;
};

// "sources", "sends", "equipment". ERRORS: invalid_argument.
Result<const Table*> csv_table(std::string_view name);
// "Name=name,Res=resolution"; quotes as in CSV. ERRORS: bad_request.
Result<std::map<std::string, std::string>> read_csv_map(std::string_view text);

// A line with a cell that does not fit is left out, with its line and column; the others go on.
// ERRORS: bad_request: what makes the whole file unreadable, with the place.
Result<ImportFile> read_csv(const std::string& name, std::string_view text,
                            const CsvOptions& options);

// Rows as the API serves them, with headings and a byte order mark, so that a spreadsheet takes it
// for UTF-8. With a semicolon numbers have a decimal comma. The same rows give the same bytes.
std::string write_csv(const Table& table, const std::vector<Json>& rows, char separator = ',');

}  // namespace genlock::transfer
