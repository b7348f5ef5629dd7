// Rows of the old app (transfer/old_app.h) as rows of Genlock. Internal to transfer/old_*.cpp.
#pragma once

#include "transfer/file_ids.h"
#include "transfer/show_file.h"

namespace genlock::transfer {

// Members and values of rows that no column takes, by the name of their list.
using Leftovers = std::vector<std::pair<std::string, std::vector<Json>>>;

// Maps the rows of one file, noting in it what was left out or read in some way.
class OldRows {
 public:
  explicit OldRows(ImportFile& file) : file_(file) {}

  FileRow production(const Json& old);
  // sources or sends. REQUIRES: production() before.
  std::vector<FileRow> children(TableId table, const Json& list);
  std::vector<FileRow> equipment(const Json& list);

  const std::string& production_id() const { return production_id_; }
  Leftovers& leftovers() { return leftovers_; }
  // Notes that hold for many rows. Once, at the end.
  void add_notes();

 private:
  Json row_of(const Table& table, const Json& old, Json& left);
  void take_member(const Table& table, const std::string& key, const Json& value, Json& row,
                   Json& left);
  void give_type(Json& row);
  std::vector<Json> outputs(const Json& list, Json& left);
  void give_ports(const Json& old, Json& device, Json& left);
  void keep(const std::string& list, const Json& left);
  void leave_out(const Table& table, std::string pointer, std::string label, std::string reason);
  FileRow finish(const Table& table, Json row, std::string pointer);
  void note(std::string text);

  ImportFile& file_;
  std::string production_id_;
  Leftovers leftovers_;
  std::size_t more_notes_ = 0;
  bool assumed_midnight_ = false;
  std::map<std::string, std::string> renamed_types_;
};

}  // namespace genlock::transfer
