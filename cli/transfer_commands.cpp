// import and export.
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/export.h"
#include "cli/import.h"
#include "cli/json_print.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

namespace genlock::cli {
namespace {

Result<int> import_into(const ImportCommand& command, const std::string& version) {
  std::vector<ImportFile> files;
  for (const std::string& path : command.files) {
    TRY_ASSIGN(ImportFile file, read_import_file(path));
    files.push_back(std::move(file));
  }
  TRY_ASSIGN(Door door, open_door(command.target, Access::write, version));
  ImportOptions options{.update = command.update, .user = command.user, .quiet = command.json};
  TRY_ASSIGN(ImportReport report, import_files(*door.client, files, options));
  if (command.json)
    fmt::print("{}", pretty(to_json(report)));
  else
    fmt::print("into {}\n{}", door.client->place(), describe(report));
  return report.left_out.empty() ? 0 : 1;
}

Result<Json> export_of(ApiClient& client, const ExportCommand& command) {
  if (command.equipment) return export_equipment(client);
  if (!command.production.empty()) return export_show(client, command.production);
  return export_everything(client);
}

// Beside the file first, then in its place: who reads it meanwhile sees the old one or the new.
Result<void> write_file(const std::string& path, const std::string& text) {
  std::string draft = path + ".new";
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || std::rename(draft.c_str(), path.c_str()) != 0)
    return Error{ErrorCode::unavailable, "can't write " + path};
  return {};
}

Result<int> export_from(const ExportCommand& command, const std::string& version) {
  TRY_ASSIGN(Door door, open_door(command.target, Access::look, version));
  TRY_ASSIGN(Json json, export_of(*door.client, command));
  std::string text = pretty(json);
  if (command.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
  }
  TRY(write_file(command.output, text));
  fmt::print(stderr, "{} bytes from {} to {}\n", text.size(), door.client->place(), command.output);
  return 0;
}

int status_of(const Result<int>& result) {
  return result.ok() ? *result : report_failure(result.error());
}

}  // namespace

int run_import(const ImportCommand& command, const std::string& version) {
  return status_of(import_into(command, version));
}

int run_export(const ExportCommand& command, const std::string& version) {
  return status_of(export_from(command, version));
}

}  // namespace genlock::cli
