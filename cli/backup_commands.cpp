// backup create, list, verify, restore, remove: on a running node, or on the directories.
#include "cli/api_client.h"
#include "cli/backup_work.h"
#include "cli/commands.h"
#include "cli/compactor.h"
#include "cli/door.h"
#include "cli/job_watch.h"
#include "cli/node_backups.h"
#include "cli/progress.h"
#include "eventlog/restore_backup.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::cli {
namespace {

std::string size_text(std::int64_t bytes) {
  if (bytes < 10 << 20) return fmt::format("{} KiB", (bytes + 1023) >> 10);
  return fmt::format("{} MiB", (bytes + (1 << 20) - 1) >> 20);
}

OnBytes bar(Progress& progress, const char* unit) {
  return [&progress, unit](std::uint64_t done, std::uint64_t total) {
    progress.show(done >> 10, total >> 10, unit);
    return true;
  };
}

// --- where they are -----------------------------------------------------------------------------

std::filesystem::path directory_of(const BackupCommand& command) {
  return command.directory.empty() ? default_backup_directory(command.target.data)
                                   : std::filesystem::path(command.directory);
}

// Where the history files of a data directory are.
std::filesystem::path history_beside(const BackupCommand& command, const std::string& data) {
  return command.history.directory.empty() ? default_history_directory(data)
                                           : std::filesystem::path(command.history.directory);
}

Result<BackupStore> store_of(const BackupCommand& command) {
  return BackupStore::open_existing(directory_of(command));
}

// The one that was named; else the newest, where `whole` of those not known to be damaged.
Result<Backup> pick(const BackupStore& store, const std::string& id, bool whole) {
  if (!id.empty()) {
    const auto uuid = Uuid::parse(id);
    if (!uuid) return Error{ErrorCode::bad_request, "'" + id + "' is no id of a backup"};
    return store.find(*uuid);
  }
  TRY_ASSIGN(const std::vector<Backup> backups, store.list());
  for (const Backup& backup : backups)
    if (!whole || backup.status != BackupStatus::damaged) return backup;
  return Error{ErrorCode::not_found,
               "there is no backup in " + store.path().string() +
                   (backups.empty() ? "" : " that is not known to be damaged")};
}

Result<std::vector<Json>> entries(const BackupCommand& command) {
  if (!command.target.url.empty()) {
    TRY_ASSIGN(const std::unique_ptr<ApiClient> client, connect_to(command.target.url));
    TRY_ASSIGN(Json list, client->get("/api/backups"));
    return std::move(list.items);
  }
  TRY_ASSIGN(const BackupStore store, store_of(command));
  TRY_ASSIGN(const std::vector<Backup> backups, store.list());
  std::vector<Json> all;
  for (const Backup& backup : backups) {
    TRY_ASSIGN(Json one, parse_json(http::backup_json(entry_of(backup))));
    all.push_back(std::move(one));
  }
  return all;
}

// --- what they say ------------------------------------------------------------------------------

void print_entry(const Json& entry) {
  fmt::print("{}  {}  {:<8} {:>8} events  {:>9}, {:>9} of them new  {}\n", text_of(entry, "id"),
             text_of(entry, "created_at"), text_of(entry, "reason"), integer_of(entry, "events"),
             size_text(integer_of(entry, "size_bytes")),
             size_text(integer_of(entry, "added_bytes")), text_of(entry, "status"));
  if (const std::string detail = text_of(entry, "detail"); !detail.empty())
    fmt::print("    {}\n", detail);
}

void tell(const BackupCommand& command, const Json& entry, const std::string& place) {
  if (command.json) {
    fmt::print("{}", pretty(entry));
    return;
  }
  fmt::print("{}\n", place);
  print_entry(entry);
}

// --- create -------------------------------------------------------------------------------------

Result<Json> create_on_node(const std::string& url) {
  TRY_ASSIGN(const std::unique_ptr<ApiClient> client, connect_to(url));
  TRY_ASSIGN(Json job, client->fetch({.method = "POST", .target = "/api/backups"}));
  Progress progress("backing up");
  return watch_job(*client, std::move(job), progress, "bytes");
}

Result<Json> create_of_directory(const BackupCommand& command, const std::string& version) {
  NodeOptions options;
  options.data = command.target.data;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options, rebuild_bar()));
  TRY_ASSIGN(BackupStore store, BackupStore::open(directory_of(command), node->identity().node));
  Progress progress("backing up");
  Backup backup;
  TRY_ASSIGN(backup.manifest, take_backup(*node, store,
                                          {.version = version,
                                           .history = history_beside(command, command.target.data),
                                           .on_bytes = bar(progress, "KiB")}));
  return parse_json(http::backup_json(entry_of(backup)));
}

Result<int> create(const BackupCommand& command, const std::string& version) {
  const bool is_remote = !command.target.url.empty();
  if (is_remote && !command.directory.empty())
    return Error{ErrorCode::invalid_argument,
                 "a running node keeps its backups where its setting backup_dir says: --to goes "
                 "with --data"};
  if (is_remote && !command.history.directory.empty())
    return Error{ErrorCode::invalid_argument,
                 "a running node has its history where its setting history_dir says: --history-dir "
                 "goes with --data"};
  TRY_ASSIGN(const Json entry, is_remote ? create_on_node(command.target.url)
                                         : create_of_directory(command, version));
  tell(command, entry,
       is_remote ? "backup of node " + command.target.url : "in " + directory_of(command).string());
  return 0;
}

// --- list, verify, remove -----------------------------------------------------------------------

Result<int> list(const BackupCommand& command) {
  TRY_ASSIGN(std::vector<Json> all, entries(command));
  if (command.json) {
    fmt::print("{}", pretty(json_array(std::move(all))));
    return 0;
  }
  for (const Json& entry : all) print_entry(entry);
  fmt::print("{} backups\n", all.size());
  return 0;
}

Result<CheckReport> verify_on_node(const BackupCommand& command, std::string& id) {
  TRY_ASSIGN(const std::unique_ptr<ApiClient> client, connect_to(command.target.url));
  TRY_ASSIGN(const std::vector<Json> all, entries(command));
  if (id.empty() && all.empty()) return Error{ErrorCode::not_found, "the node has no backups"};
  if (id.empty()) id = text_of(all.front(), "id");
  TRY_ASSIGN(Json job,
             client->fetch({.method = "POST", .target = "/api/backups/" + id + "/verify"}));
  Progress progress("verifying");
  TRY_ASSIGN(const Json found, watch_job(*client, std::move(job), progress, "bytes"));
  return check_report_of(found);
}

Result<CheckReport> verify_in_directory(const BackupCommand& command, std::string& id) {
  TRY_ASSIGN(BackupStore store, store_of(command));
  TRY_ASSIGN(const Backup backup, pick(store, id, false));
  id = backup.manifest.id.to_string();
  SystemClock clock;
  SystemRandom random;
  Progress progress("verifying");
  return verify_backup(store, backup, clock, random, {.on_bytes = bar(progress, "KiB")});
}

Result<int> verify(const BackupCommand& command) {
  std::string id = command.id;
  TRY_ASSIGN(const CheckReport report, command.target.url.empty() ? verify_in_directory(command, id)
                                                                  : verify_on_node(command, id));
  if (command.json)
    fmt::print("{}", pretty(to_json(report)));
  else if (report.ok())
    fmt::print(
        "backup {} ok: it restores, {} events in {} streams, {} keys of rows folded again are "
        "the same bytes\n",
        id, report.events, report.streams, report.keys);
  else
    fmt::print("backup {} DAMAGED: {}\n", id, *report.what_is_wrong());
  return report.ok() ? 0 : 1;
}

Result<int> remove(const BackupCommand& command) {
  if (!command.target.url.empty()) {
    TRY_ASSIGN(const std::unique_ptr<ApiClient> client, connect_to(command.target.url));
    TRY_ASSIGN(const ApiAnswer answer,
               client->send({.method = "DELETE", .target = "/api/backups/" + command.id}));
    if (answer.status != 204)
      return Error{ErrorCode::unavailable, "the node answered: " + answer.body};
  } else {
    TRY_ASSIGN(BackupStore store, store_of(command));
    TRY_ASSIGN(const Backup backup, pick(store, command.id, false));
    TRY(store.remove(backup.manifest.id));
  }
  fmt::print("removed {}\n", command.id);
  return 0;
}

// --- restore ------------------------------------------------------------------------------------

// What was restored is looked at once more, as a node would open it.
Result<void> check_restored(const BackupManifest& manifest, const std::string& data) {
  NodeOptions options;
  options.data = data;
  options.read_only = true;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options));
  TRY_ASSIGN(const std::optional<std::string> difference, difference_from(manifest, *node));
  if (!difference) return {};
  return Error{ErrorCode::corruption, "what was restored is not what was backed up: " +
                                          *difference + ". Keep it aside and try an older backup"};
}

Result<int> restore(const BackupCommand& command) {
  TRY_ASSIGN(const BackupStore store, store_of(command));
  TRY_ASSIGN(const Backup backup, pick(store, command.id, true));
  const BackupManifest& manifest = backup.manifest;
  SystemClock clock;
  SystemRandom random;
  Result<Identity> restored = [&] {
    Progress progress("restoring");
    return restore_backup(store, manifest, command.to, history_beside(command, command.to), random,
                          clock.now(), bar(progress, "KiB"));
  }();
  TRY(restored);
  TRY(check_restored(manifest, command.to));
  if (command.json) {
    fmt::print("{}",
               pretty(json_object(
                   {{"backup", json_text(manifest.id.to_string())},
                    {"data", json_text(command.to)},
                    {"node", json_text(restored->node.to_string())},
                    {"origin", json_text(restored->origin.to_string())},
                    {"closed_origin", json_text(manifest.origin.to_string())},
                    {"events", json_number(static_cast<std::int64_t>(manifest.event_count()))}})));
    return 0;
  }
  fmt::print(
      "restored backup {} of {} ({}) to {}\n"
      "  {} events in {} streams; events and digests are those of the backup\n"
      "  node {}, {}\n"
      "  it writes under a new origin, {}; {} is closed\n"
      "next: genlock serve --role {} --data {}\n"
      "What was written after the backup and reached a peer comes back with the next sync.\n",
      manifest.id.to_string(), format_time(manifest.created_ms), to_string(manifest.reason),
      command.to, manifest.event_count(), manifest.streams.size(), restored->node.to_string(),
      restored->name, restored->origin.to_string(), manifest.origin.to_string(),
      to_string(restored->role), command.to);
  return 0;
}

Result<int> carry_out(const BackupCommand& command, const std::string& version) {
  switch (command.action) {
    case BackupAction::create:
      return create(command, version);
    case BackupAction::list:
      return list(command);
    case BackupAction::verify:
      return verify(command);
    case BackupAction::restore:
      return restore(command);
    case BackupAction::remove:
      return remove(command);
  }
  return 2;
}

}  // namespace

int run_backup(const BackupCommand& command, const std::string& version) {
  const Result<int> result = carry_out(command, version);
  if (result.ok()) return *result;
  const int status = report_failure(result.error());
  return result.error().code == ErrorCode::corruption ? 1 : status;
}

}  // namespace genlock::cli
