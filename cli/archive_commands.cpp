#include "cli/archive_commands.h"

#include "cli/api_client.h"
#include "cli/bundle_post.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/download.h"
#include "cli/file_writer.h"
#include "cli/history_place.h"
#include "engine/record.h"
#include "replication/bundle.h"
#include "transfer/archive.h"
#include "transfer/import.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <cstdio>

namespace genlock::cli {
namespace {

using WriteBytes = std::function<Result<void>(std::string_view bytes)>;

// --- export -------------------------------------------------------------------------------------

Result<void> write_archive(const ExportCommand& command, const WriteBytes& write) {
  if (!command.target.url.empty())
    return download_from(command.target.url,
                         "/api/productions/" + percent_encoded(command.production) + "/archive",
                         write);
  const auto production = StreamId::parse(command.production);
  if (!production) return Error{ErrorCode::bad_request, "--production is no id"};
  NodeOptions options;
  options.data = command.target.data;
  options.read_only = true;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options));
  HistoryFiles history = history_of(command.target, command.place);
  TRY_ASSIGN(const std::unique_ptr<Reader> now,
             put_back(node->log(), node->store().snapshot(), *production, &history));
  TRY_ASSIGN(ArchiveWriter archive,
             ArchiveWriter::open(node->log(), node->projection(), *now, *production));
  for (;;) {
    TRY_ASSIGN(const std::string piece, archive.next());
    if (piece.empty()) return {};
    TRY(write(piece));
  }
}

Result<void> print_bytes(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
  return Error{ErrorCode::unavailable, "can't write to stdout"};
}

// --- import -------------------------------------------------------------------------------------

Result<ArchiveReport> import_directory(const ImportCommand& command, const std::string& path) {
  NodeOptions options;
  options.data = command.target.data;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options, rebuild_bar()));
  return import_archive(node->engine(), node->writer(), node->store(),
                        [&] { return read_in_pieces(path); });
}

// The events of a chunk, as a bundle. ERRORS: also where the node did not take all of it.
Result<void> send(ApiClient& client, const Chunk& chunk, const std::string& version,
                  ArchiveReport& report) {
  replication::BundleWish maker;
  maker.self.role = Role::cloud;
  maker.self.name = "an archive";
  maker.software = version;
  TRY_ASSIGN(const Json taken, take_bundle(client, replication::bundle_of(chunk, maker)));
  report.stored += static_cast<std::uint64_t>(integer_of(taken, "stored"));
  report.duplicates += static_cast<std::uint64_t>(integer_of(taken, "duplicates"));
  if (member(taken, "complete").boolean) return {};
  std::string why = text_of(taken, "damage");
  for (const Json& stream : member(taken, "streams").items)
    if (why.empty()) why = text_of(stream, "refused");
  return Error{ErrorCode::conflict, client.place() + " did not take the events: " + why};
}

// Whether the node has exactly these events, and the same rows.
Result<bool> is_same(ApiClient& client, const ArchiveFacts& facts) {
  TRY_ASSIGN(const Json status, client.get("/api/sync/status"));
  for (const Json& stream : member(status, "streams").items) {
    if (text_of(stream, "id") != facts.production.to_string()) continue;
    VersionVector vector;
    for (const auto& [name, last] : member(stream, "vector").members)
      if (const auto origin = OriginId::parse(name))
        vector.raise(*origin, Sequence{static_cast<std::uint64_t>(last.integer)});
    if (vector != facts.vector) return false;
    if (facts.fold != fold_version || text_of(stream, "digest") == facts.digest) return true;
    return Error{ErrorCode::corruption,
                 "the events are there, but the rows are not those of the "
                 "archive: rebuild the node"};
  }
  return false;
}

Result<std::vector<std::string>> devices_lacking(ApiClient& client, const ArchiveFacts& facts) {
  std::vector<std::string> lacking;
  for (const Json& device : facts.devices) {
    TRY_ASSIGN(const ApiAnswer answer,
               client.send({.target = "/api/equipment/" + text_of(device, "id")}));
    if (answer.status == 404)
      lacking.push_back(label_of(*find_table(table::equipment_specs), device));
  }
  return lacking;
}

Result<ArchiveReport> import_node(ApiClient& client, const std::string& path,
                                  const std::string& version) {
  ArchiveReport report;
  TRY_ASSIGN(const auto once, read_in_pieces(path));
  TRY(read_archive(once, [](const Chunk&) { return Result<void>(); }));
  TRY_ASSIGN(const auto again, read_in_pieces(path));
  TRY_ASSIGN(report.facts, read_archive(again, [&](const Chunk& chunk) {
               return send(client, chunk, version, report);
             }));
  TRY_ASSIGN(report.is_same, is_same(client, report.facts));
  TRY_ASSIGN(report.lacking, devices_lacking(client, report.facts));
  return report;
}

// Creates the devices that the library lacks; those that it has stay as they are.
Result<ImportReport> take_devices(const ImportCommand& command, const ArchiveFacts& facts,
                                  const std::string& version) {
  TRY_ASSIGN(const Door door, open_door(command.target, Access::write, version));
  TRY_ASSIGN(ImportFile file, parse_import_file("the archive", dump(json_array(facts.devices))));
  return import_files(*door.client, {file}, {.user = command.user});
}

Json to_json(const ArchiveReport& report) {
  const auto count = [](std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); };
  Json lacking = json_array();
  for (const std::string& device : report.lacking) lacking.items.push_back(json_text(device));
  return json_object({{"production", json_text(report.facts.production.to_string())},
                      {"show", json_text(report.facts.show)},
                      {"events", count(report.facts.events)},
                      {"stored", count(report.stored)},
                      {"duplicates", count(report.duplicates)},
                      {"same", json_flag(report.is_same)},
                      {"digest", json_text(report.facts.digest)},
                      {"devices", count(report.facts.devices.size())},
                      {"devices_lacking", std::move(lacking)}});
}

void print(const ArchiveReport& report) {
  fmt::print("archive of {}: {} events, {} new, {} were here\n", report.facts.show,
             report.facts.events, report.stored, report.duplicates);
  fmt::print("  {}\n", report.is_same
                           ? "the show is what the archive says, row for row"
                           : "there are more events of the show here than in the archive");
  if (report.lacking.empty()) return;
  fmt::print("  {} devices that it names are not in the library here:\n", report.lacking.size());
  for (const std::string& device : report.lacking) fmt::print("    {}\n", device);
  fmt::print("  they are in the archive; --equipment creates them\n");
}

}  // namespace

Result<int> export_archive(const ExportCommand& command) {
  if (command.output.empty()) {
    TRY(write_archive(command, print_bytes));
    return 0;
  }
  FileWriter file(command.output);
  TRY(write_archive(command, [&](std::string_view bytes) { return file.write(bytes); }));
  TRY_ASSIGN(const std::string draft, file.close());
  TRY_ASSIGN(const auto read, read_in_pieces(draft));
  TRY_ASSIGN(const ArchiveFacts facts,
             read_archive(read, [](const Chunk&) { return Result<void>(); }));
  TRY(file.finish());
  fmt::print(stderr, "{}: {} events, {} devices, {} bytes\n", command.output, facts.events,
             facts.devices.size(), file.size());
  return 0;
}

bool is_archive_file(const std::string& path) {
  const auto read = read_in_pieces(path);
  if (!read.ok()) return false;
  const auto first = (*read)(64);
  return first.ok() && is_archive(*first);
}

Result<int> import_archive_file(const ImportCommand& command, const std::string& path,
                                const std::string& version) {
  if (command.dry_run || command.update)
    return Error{ErrorCode::invalid_argument,
                 path +
                     " is an archive: it goes without --dry-run and --update. Events that are "
                     "here already stay as they are"};
  ArchiveReport report;
  if (command.target.url.empty()) {
    TRY_ASSIGN(report, import_directory(command, path));
  } else {
    TRY_ASSIGN(const std::unique_ptr<ApiClient> client, connect_to(command.target.url));
    TRY_ASSIGN(report, import_node(*client, path, version));
  }
  if (command.equipment && !report.lacking.empty()) {
    TRY_ASSIGN(const ImportReport devices, take_devices(command, report.facts, version));
    if (devices.left_out.empty()) report.lacking.clear();
  }
  if (command.json)
    fmt::print("{}", pretty(to_json(report)));
  else
    print(report);
  return 0;
}

}  // namespace genlock::cli
