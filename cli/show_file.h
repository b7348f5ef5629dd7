// The files that Genlock imports and exports. Three shapes, told apart by what is in them:
//   equipment   [{category, manufacturer, model, io_ports, cards, ...}, ...]
//   show        {"production": {...}, "sources": [...], "sends": [...], "connections": [...]}
//   everything  {"equipment": [...], "shows": [{production, ...}, ...]}     as `export` writes it
// Rows have the columns of the API, without the derived ones. A row without an id gets one that is
// made from what it is (UUIDv5), so importing a file twice, or on two nodes, gives the same rows.
#pragma once

#include "engine/result.h"
#include "engine/schema.h"
#include "projections/json.h"

#include <string>
#include <vector>

namespace genlock::cli {

struct FileRow {
  const Table* table = nullptr;
  RecordId id;
  Json json;            // with "id", also in nested rows
  std::string pointer;  // where it stands in its file: "/sources/3"
  std::string label;    // for people: "Sony HDC-5500", "CAM 1"
};

struct ShowFile {
  FileRow production;
  std::vector<FileRow> children;  // sources, then sends, then connections
};

struct ImportFile {
  std::string name;
  std::vector<FileRow> equipment;
  std::vector<ShowFile> shows;
};

// ERRORS: not_found (no such file), bad_request (no JSON, or not one of the shapes; says what).
Result<ImportFile> read_import_file(const std::string& path);
Result<ImportFile> parse_import_file(const std::string& name, std::string_view text);

// The row as a file holds it: id, parent and the table's columns, nested rows inside.
Json file_row(const Table& table, const Json& served);

}  // namespace genlock::cli
