// import and export.
#include "cli/api_client.h"
#include "cli/archive_commands.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/job_watch.h"
#include "cli/progress.h"
#include "transfer/csv_table.h"
#include "transfer/export.h"
#include "transfer/import.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

namespace genlock::cli {
namespace {

// Of the files that end in ".csv".
Result<CsvOptions> csv_options(const ImportCommand& command) {
  CsvOptions options;
  if (command.table.empty())
    return Error{ErrorCode::invalid_argument,
                 "say with --table what the lines of a CSV file are: sources, sends, equipment"};
  TRY_ASSIGN(options.table, csv_table(command.table));
  TRY_ASSIGN(options.columns, read_csv_map(command.map));
  auto production = RecordId::parse(command.production);
  bool needs_one = options.table->parent == table::productions;
  if (needs_one && !production)
    return Error{ErrorCode::invalid_argument,
                 "say with --production which show they belong to: its id"};
  if (production) options.production = *production;
  return options;
}

bool is_csv(const std::string& path) { return path.ends_with(".csv") || path.ends_with(".CSV"); }

Result<ImportFile> read_one(const ImportCommand& command, const std::string& path) {
  if (!is_csv(path)) return read_import_file(path);
  TRY_ASSIGN(CsvOptions options, csv_options(command));
  TRY_ASSIGN(std::string text, read_file(path));
  return read_csv(path, text, options);
}

int tell(const ImportCommand& command, const std::string& place, const ImportReport& report) {
  if (command.json)
    fmt::print("{}", pretty(to_json(report)));
  else
    fmt::print("into {}\n{}", place, describe(report));
  return report.left_out.empty() ? 0 : 1;
}

// The question that POST /api/import answers, of one file.
ApiCall dry_run_of(const ImportCommand& command, const std::string& path, std::string text) {
  ApiCall call{.method = "POST",
               .target = "/api/import?dry_run=true&name=" + percent_encoded(path),
               .body = std::move(text),
               .headers = {{"Genlock-User", percent_encoded(command.user)}}};
  if (command.update) call.target += "&update=true";
  if (!is_csv(path)) return call;
  call.headers.emplace_back("Content-Type", "text/csv; charset=utf-8");
  call.target += "&table=" + percent_encoded(command.table);
  if (!command.production.empty())
    call.target += "&production_id=" + percent_encoded(command.production);
  if (!command.map.empty()) call.target += "&map=" + percent_encoded(command.map);
  return call;
}

// A running node is asked, file by file: each is looked at as if it were the only one.
Result<int> look_at(const ImportCommand& command, Progress& bar) {
  TRY_ASSIGN(std::unique_ptr<ApiClient> client, connect_to(command.target.url));
  ImportReport report;
  for (const std::string& path : command.files) {
    TRY_ASSIGN(std::string text, read_file(path));
    TRY_ASSIGN(Json job, client->fetch(dry_run_of(command, path, std::move(text))));
    TRY_ASSIGN(Json result, watch_job(*client, std::move(job), bar, "rows"));
    add(report, import_report_of(result));
  }
  return tell(command, client->place(), report);
}

Result<int> import_into(const ImportCommand& command, const std::string& version) {
  for (const std::string& path : command.files) {
    if (!is_archive_file(path)) continue;
    if (command.files.size() == 1) return import_archive_file(command, path, version);
    return Error{ErrorCode::invalid_argument, path + " is an archive: import it by itself"};
  }
  if (command.equipment)
    return Error{ErrorCode::invalid_argument, "--equipment goes with an archive"};
  std::vector<ImportFile> files;
  for (const std::string& path : command.files) {
    TRY_ASSIGN(ImportFile file, read_one(command, path));
    files.push_back(std::move(file));
  }
  Progress bar(command.dry_run ? "looking" : "importing", command.json);
  if (command.dry_run && !command.target.url.empty()) return look_at(command, bar);
  Access access = command.dry_run ? Access::rehearse : Access::write;
  TRY_ASSIGN(Door door, open_door(command.target, access, version));
  ImportOptions options{.update = command.update, .dry_run = command.dry_run, .user = command.user};
  options.on_progress = [&](std::uint64_t done, std::uint64_t total) {
    bar.show(done, total, "rows");
  };
  TRY_ASSIGN(ImportReport report, import_files(*door.client, files, options));
  return tell(command, door.client->place(), report);
}

Result<Json> export_of(ApiClient& client, const ExportCommand& command) {
  if (command.equipment) return export_equipment(client);
  if (!command.production.empty()) return export_show(client, command.production);
  return export_everything(client);
}

Result<std::string> csv_of(ApiClient& client, const ExportCommand& command) {
  TRY_ASSIGN(const Table* table, csv_table(command.table));
  std::string list = "/api/" + std::string(table->collection);
  if (table->parent == table::productions) {
    if (command.production.empty())
      return Error{ErrorCode::invalid_argument, "say with --production of which show: its id"};
    list = "/api/productions/" + command.production + list.substr(4);
  }
  TRY_ASSIGN(std::vector<Json> rows, client.list(list));
  return write_csv(*table, rows, command.separator);
}

Result<std::string> text_of_export(ApiClient& client, const ExportCommand& command) {
  if (command.csv) return csv_of(client, command);
  TRY_ASSIGN(Json json, export_of(client, command));
  return pretty(json);
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
  if (command.history) return export_archive(command);
  TRY_ASSIGN(Door door, open_door(command.target, Access::look, version));
  TRY_ASSIGN(std::string text, text_of_export(*door.client, command));
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
