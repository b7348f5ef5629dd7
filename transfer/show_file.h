// The files that Genlock imports and exports, told apart by what is in them:
//   equipment   [{category, manufacturer, model, io_ports, cards, ...}, ...]
//   show        {"production": {...}, "sources": [...], "sends": [...], "connections": [...],
//                "attachments": [...]}
//   everything  {"equipment": [...], "shows": [{production, ...}, ...]}     as `export` writes it
//   old app     the browser storage of the app before Genlock (transfer/old_app.h), taken in only
// Tables alone come as CSV (transfer/csv_table.h).
// Rows have the columns of the API, without the derived ones. A row without an id gets one that is
// made from what it is (UUIDv5), so importing a file twice, or on two nodes, gives the same rows.
#pragma once

#include "engine/result.h"
#include "engine/schema.h"
#include "projections/json.h"

#include <string>
#include <vector>

namespace genlock::transfer {

struct FileRow {
  const Table* table = nullptr;
  RecordId id;
  Json json;            // with "id", also in nested rows
  std::string pointer;  // where it stands in its file: "/sources/3"
  std::string label;    // for people: "Sony HDC-5500", "SRC 18 CAM 1"
  // The file gave no id: the one row on the node with that label, or else that name, is this row.
  bool match_by_name = false;
};

struct ShowFile {
  FileRow production;
  bool is_table_alone = false;    // the production is only named: it must be on the node
  std::vector<FileRow> children;  // sources, then sends, connections, attachments
};

// Something in a file that can't be taken, and why.
struct LeftOut {
  std::string file, pointer, label, reason;
};

// What no table has a place for, kept with the production as it was.
struct Kept {
  std::string name;  // of the attachment
  std::size_t items = 0, bytes = 0;
};

struct ImportFile {
  std::string name;
  std::vector<FileRow> equipment;
  std::vector<ShowFile> shows;
  // Found while reading: `table` counts the row there.
  std::vector<std::pair<const Table*, LeftOut>> left_out;
  std::vector<Kept> kept;
  std::vector<std::string> notes;  // for people: what was read in a way they should know of
};

// ERRORS: not_found (no such file), bad_request (no JSON, or not one of the shapes; says what).
Result<ImportFile> read_import_file(const std::string& path);
Result<std::string> read_file(const std::string& path);
Result<ImportFile> parse_import_file(const std::string& name, std::string_view text);

// What people call a row.
std::string label_of(const Table& table, const Json& row);

// The row as a file holds it: id, parent and the table's columns, nested rows inside.
Json file_row(const Table& table, const Json& served);

}  // namespace genlock::transfer
