// The only file that includes CLI11: it takes as long to compile as all others here.
#include "cli/options.h"

#include <CLI/CLI.hpp>

namespace genlock::cli {
namespace {

constexpr const char* about =
    "Genlock keeps the data of a live show the same everywhere: planned in the cloud, run from a\n"
    "small box at the venue without internet, and brought together again without losing anybody's\n"
    "work. Every node runs this program.\n\n"
    "A first look:    genlock demo up\n"
    "What a cut does: genlock demo partition\n"
    "A real node:     genlock serve --role lan --data /var/lib/genlock --peer "
    "https://cloud.example";

void add_target(CLI::App& command, Target& target) {
  auto* from = command.add_option_group("where", "exactly one");
  from->add_option("--url", target.url, "A running node: http://127.0.0.1:3001");
  from->add_option("--data", target.data, "A data directory that no node serves now");
  from->require_option(1);
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print JSON, for scripts");
}

// Adds a subcommand that ends up as `into` when it is given.
template <class Options>
CLI::App& add(CLI::App& app, CommandLine& line, std::shared_ptr<Options> options,
              const std::string& name, const std::string& text) {
  CLI::App* command = app.add_subcommand(name, text);
  command->callback([&line, options] { line = *options; });
  return *command;
}

std::string help_of(const Setting& setting) {
  std::string text(setting.what);
  if (setting.type == SettingType::list) text += "; repeat";
  if (!setting.standard.empty()) text += ". Default: " + std::string(setting.standard);
  if (!setting.without.empty()) text += ". Without: " + std::string(setting.without);
  return text;
}

std::string type_of(const Setting& setting) {
  if (setting.type == SettingType::number)
    return std::to_string(setting.least) + ".." + std::to_string(setting.most);
  std::string choices;
  for (std::string_view choice : setting.choices)
    choices.append(choices.empty() ? "" : "|").append(choice);
  return choices.empty() ? "TEXT" : choices;
}

// One flag for each row of the table. They are judged together with what the file and the
// environment say (settings.h).
void add_settings(CLI::App& command, SettingFlags& flags) {
  command.add_option("--config", flags.config,
                     "A TOML file with settings; a flag goes before a variable of the environment "
                     "(GENLOCK_NAME for --name), that before the file");
  for (const Setting& setting : setting_table()) {
    const auto take = [&flags, name = setting.name](const std::vector<std::string>& texts) {
      flags.given[std::string(name)] = texts;
      return true;
    };
    command.add_option(setting.flag(), take, help_of(setting))
        ->type_name(type_of(setting))
        ->type_size(1)
        ->expected(1, setting.type == SettingType::list ? CLI::detail::expected_max_vector_size : 1)
        ->allow_extra_args(false);
  }
}

void add_serve(CLI::App& app, CommandLine& line) {
  auto options = std::make_shared<ServeCommand>();
  CLI::App& command = add(app, line, options, "serve",
                          "Runs a node until SIGTERM or Ctrl-C; prints 'listening on URL' once it "
                          "is ready. Logs go to stderr, without what is in rows.");
  add_settings(command, options->flags);
}

void add_config(CLI::App& app, CommandLine& line) {
  auto options = std::make_shared<ConfigCommand>();
  CLI::App& command = add(app, line, options, "config",
                          "Shows what `serve` would be told with the same flags, and by whom: "
                          "flag, environment, file or default. Exits with 1 when something is "
                          "wrong with it.");
  command.add_flag("--example", options->example, "Print a settings file with everything in it");
  add_json(command, options->json);
  add_settings(command, options->flags);
}

void add_import(CLI::App& app, CommandLine& line) {
  auto options = std::make_shared<ImportCommand>();
  CLI::App& command = add(
      app, line, options, "import",
      "Takes equipment and show files into a node, also archives, the browser storage of the app "
      "before Genlock, and CSV. Creates what is missing; importing a file twice changes nothing. "
      "Exits with 1 when a row was left out.");
  add_target(command, options->target);
  command.add_option("files", options->files, "JSON files, or .csv; '-' is not read")->required();
  command.add_flag("--update", options->update,
                   "Overwrite rows that differ, bring deleted ones back");
  command.add_flag("--dry-run", options->dry_run,
                   "Say what would become of each row, and write nothing");
  auto* table = command.add_option("--table", options->table,
                                   "What the lines of a CSV file are: sources, sends, equipment");
  command.add_option("--production", options->production, "The show that they belong to")
      ->needs(table);
  command
      .add_option("--map", options->map,
                  "What their headings mean, where the spelling does not say it: "
                  "\"Name=name,Res=resolution,Old=\"")
      ->needs(table);
  command.add_flag("--equipment", options->equipment,
                   "Of an archive: also create the devices it carries that the library lacks");
  options->user = "genlock import";
  command.add_option("--user", options->user, "Who the history names")->capture_default_str();
  add_json(command, options->json);
}

void add_history(CLI::App& command, HistoryPlace& place) {
  command.add_option("--history-dir", place.directory,
                     "Where the files of compacted history are (--data), or go; default: "
                     "history/NAME beside the data");
}

void add_export(CLI::App& app, CommandLine& line) {
  auto options = std::make_shared<ExportCommand>();
  CLI::App& command = add(app, line, options, "export",
                          "Writes shows and equipment as JSON that `import` takes back. The same "
                          "state gives the same bytes on every node.");
  add_target(command, options->target);
  auto* one = command.add_option("--production", options->production, "One show; default: all");
  command.add_flag("--equipment", options->equipment, "The equipment library alone")->excludes(one);
  auto* csv = command.add_flag("--csv", options->csv, "One table for a spreadsheet, with --table");
  auto* table = command.add_option("--table", options->table, "sources, sends or equipment");
  table->needs(csv);
  csv->needs(table);
  command
      .add_option("--separator", options->separator,
                  "';' for Excel where numbers have a decimal comma")
      ->needs(csv)
      ->check(CLI::IsMember({",", ";"}));
  command
      .add_flag("--history", options->history,
                "An archive: the show with every event that it ever had, to be taken back as it is")
      ->needs(one)
      ->excludes(csv);
  add_history(command, options->place);
  command.add_option("-o,--output,--to", options->output, "File to write; default: stdout");
}

void add_checks(CLI::App& app, CommandLine& line) {
  auto verify = std::make_shared<VerifyCommand>();
  CLI::App& check = add(app, line, verify, "verify",
                        "Recomputes everything that can be recomputed: checksums of files and "
                        "events, numbering, chains of hashes, and every row from the log. A node "
                        "may run meanwhile. Exits with 1 when something is wrong.");
  add_target(check, verify->target);
  add_history(check, verify->history);
  add_json(check, verify->json);

  auto rebuild = std::make_shared<RebuildCommand>();
  CLI::App& make =
      add(app, line, rebuild, "rebuild",
          "Makes all rows anew from the log. Nothing can be lost: rows are a function of "
          "the log. A running node (--url) goes on answering reads and refuses "
          "writes until it is done; a directory (--data) must be nobody's.");
  add_target(make, rebuild->target);
  add_json(make, rebuild->json);
}

void add_repair(CLI::App& app, CommandLine& line) {
  auto options = std::make_shared<RepairCommand>();
  CLI::App& command =
      add(app, line, options, "repair",
          "Makes a damaged data directory anew: from every event in it that still proves to be "
          "whole, and from a peer that has the rest. The damaged one is kept beside it. Says which "
          "events neither had; exits with 1 where some are lost or may be. Stop the node first.");
  command.add_option("--data", options->data, "The damaged directory, or an empty place for one")
      ->required();
  command.add_option("--peer", options->peer, "A running node: http://office.example:3000")
      ->required();
  command
      .add_option("--role", options->role,
                  "cloud or lan, where the directory does not tell any more")
      ->check(CLI::IsMember({"cloud", "lan"}));
  command.add_option("--name", options->name, "The node's name, where it is to change or is lost");
  add_json(command, options->json);
}

void add_looks(CLI::App& app, CommandLine& line) {
  auto status = std::make_shared<StatusCommand>();
  CLI::App& how = add(app, line, status, "status", "How a node is and how its sync goes.");
  add_target(how, status->target);
  add_json(how, status->json);

  auto conflicts = std::make_shared<ConflictsCommand>();
  CLI::App& open = add(app, line, conflicts, "conflicts",
                       "Conflicts that wait for a decision, with both sides and who wrote them.");
  add_target(open, conflicts->target);
  open.add_option("--production", conflicts->production, "Of one show");
  open.add_flag("--all", conflicts->all, "The decided ones and lost values too");
  add_json(open, conflicts->json);

  auto log = std::make_shared<LogCommand>();
  CLI::App& events = add(app, line, log, "log",
                         "What happened, for people: one line for each change. A data directory "
                         "shows its log in its own order, a running node the history of a show.");
  add_target(events, log->target);
  add_history(events, log->history);
  events.add_option("--production", log->production, "Of one show; needed with --url");
  events.add_option("--after", log->after, "Only events after this position (--data)");
  events.add_option("--limit", log->limit, "At most so many events; default: all");
  add_json(events, log->json);
}

void add_replay(CLI::App& app, CommandLine& line) {
  auto options = std::make_shared<ReplayCommand>();
  CLI::App& command =
      add(app, line, options, "replay",
          "The auditor's tool: folds a show's events from nothing and prints each change of each "
          "row as it happens, then the digest of the state. Equal digests, equal rows. A directory "
          "is folded here, also while a node runs on it; a running node tells its history.");
  add_target(command, options->target);
  add_history(command, options->history);
  command
      .add_option("--production", options->production,
                  "Id of the show; 'library' for the equipment, 'directory' for the nodes")
      ->required();
  command.add_option("--until", options->until,
                     "Stop there: a time (2026-11-22T19:42:00Z), or an event and what its writer "
                     "had seen (--data)");
  command.add_flag("--step", options->step, "Wait for Enter after each event");
  add_json(command, options->json);
}

CLI::App& add_backup_step(CLI::App& backup, CommandLine& line,
                          std::shared_ptr<BackupCommand> options, BackupAction action,
                          const std::string& name, const std::string& text) {
  options->action = action;
  CLI::App& step = add(backup, line, options, name, text);
  add_json(step, options->json);
  return step;
}

// Where the backups of a step are: a node that runs, its directory, or theirs.
void add_backup_target(CLI::App& step, BackupCommand& options) {
  auto* from = step.add_option_group("where", "exactly one");
  from->add_option("--url", options.target.url, "A running node: http://127.0.0.1:3001");
  from->add_option("--data", options.target.data,
                   "A data directory whose backups are where a node keeps them by itself");
  from->add_option("--from", options.directory, "The directory of the backups");
  from->require_option(1);
}

void add_backup(CLI::App& app, CommandLine& line) {
  CLI::App* backup = app.add_subcommand(
      "backup", "Copies of a node's data that are complete, checked, and cheap to take often");
  backup->require_subcommand(1);

  auto create = std::make_shared<BackupCommand>();
  CLI::App& take = add_backup_step(
      *backup, line, create, BackupAction::create, "create",
      "Takes a backup. A running node (--url) goes on meanwhile; a directory (--data) must be "
      "nobody's. Takes room only for what the backups before it lack.");
  add_target(take, create->target);
  take.add_option("--to", create->directory,
                  "The directory of the backups (--data); default: backups/NAME beside the data");
  add_history(take, create->history);

  auto list = std::make_shared<BackupCommand>();
  add_backup_target(add_backup_step(*backup, line, list, BackupAction::list, "list",
                                    "Backups, newest first, and what is known of each."),
                    *list);

  auto verify = std::make_shared<BackupCommand>();
  CLI::App& check = add_backup_step(
      *backup, line, verify, BackupAction::verify, "verify",
      "Restores a backup into a scratch place, checks all that `genlock verify` checks, and "
      "compares it with what it was taken of. Exits with 1 when it is damaged.");
  add_backup_target(check, *verify);
  check.add_option("id", verify->id, "Default: the newest");

  auto restore = std::make_shared<BackupCommand>();
  CLI::App& again = add_backup_step(
      *backup, line, restore, BackupAction::restore, "restore",
      "Makes a data directory of a backup, for `genlock serve --data`. Never over what is there. "
      "What the node wrote after the backup comes back from its peers at the next sync.");
  again.add_option("id", restore->id, "Default: the newest that is not known to be damaged");
  again.add_option("--from", restore->directory, "The directory of the backups")->required();
  again.add_option("--to", restore->to, "The new data directory; empty, or not there")->required();
  add_history(again, restore->history);

  auto remove = std::make_shared<BackupCommand>();
  CLI::App& gone = add_backup_step(*backup, line, remove, BackupAction::remove, "remove",
                                   "Removes a backup. What others need stays.");
  add_backup_target(gone, *remove);
  gone.add_option("id", remove->id, "Which one")->required();
}

CLI::App& add_nodes_step(CLI::App& nodes, CommandLine& line, std::shared_ptr<NodesCommand> options,
                         NodesAction action, const std::string& name, const std::string& text) {
  options->action = action;
  CLI::App& step = add(nodes, line, options, name, text);
  add_target(step, options->target);
  if (action != NodesAction::list) {
    step.add_option("node", options->node, "Name or id")->required();
    step.add_option("--user", options->user, "Who does it, for the history");
  }
  add_json(step, options->json);
  return step;
}

void add_nodes(CLI::App& app, CommandLine& line) {
  CLI::App* nodes = app.add_subcommand("nodes", "Who is enrolled, and whom compaction waits for");
  nodes->require_subcommand(1);
  add_nodes_step(*nodes, line, std::make_shared<NodesCommand>(), NodesAction::list, "list",
                 "All nodes that are known there: since when, last seen, how far behind.");
  auto retire = std::make_shared<NodesCommand>();
  add_nodes_step(*nodes, line, retire, NodesAction::retire, "retire",
                 "Waits for a node no longer. When it comes back it is enrolled again.")
      .add_option("--reason", retire->reason, "Why, for those who wonder later")
      ->required();
  add_nodes_step(*nodes, line, std::make_shared<NodesCommand>(), NodesAction::enrol, "enrol",
                 "Expects a retired node back; it is enrolled when it comes.");
}

void add_bundle(CLI::App& app, CommandLine& line) {
  CLI::App* bundle =
      app.add_subcommand("bundle", "What sync would send as a file, for a USB stick");
  bundle->require_subcommand(1);

  auto out = std::make_shared<BundleExportCommand>();
  CLI::App& write = add(*bundle, line, out, "export",
                        "Writes events into a file; a node may run on the directory meanwhile.");
  add_target(write, out->target);
  auto* what = write.add_option_group("what", "exactly one");
  what->add_option("--production", out->production,
                   "One show whole, with the equipment and the names of nodes: id");
  what->add_option("--for", out->peer,
                   "What this node does not know a peer to have: name or id of a node that it has "
                   "synced with");
  what->require_option(1);
  write.add_option("--to", out->to, "The file")->required();
  add_history(write, out->history);
  add_json(write, out->json);

  auto in = std::make_shared<BundleImportCommand>();
  CLI::App& read =
      add(*bundle, line, in, "import",
          "Takes a bundle into a node. Again, or cut and again, does no harm. Exits with 1 where "
          "something is missing or damaged, and says what and who has it.");
  read.add_option("file", in->file, "The file")->required();
  add_target(read, in->target);
  add_json(read, in->json);
}

void add_demo(CLI::App& app, CommandLine& line) {
  CLI::App* demo =
      app.add_subcommand("demo", "Real nodes on this machine, to look at and to prove");
  demo->require_subcommand(1);

  auto up = std::make_shared<DemoUpCommand>();
  CLI::App& start =
      add(*demo, line, up, "up", "A cloud and a LAN node with a real show; Ctrl-C stops both.");
  up->directory = "build/demo";
  up->samples = "tests/data";
  start.add_option("--dir", up->directory, "Where their data is kept")->capture_default_str();
  start.add_option("--samples", up->samples, "Where equipment.json and show-large.json are")
      ->capture_default_str();
  start.add_option("--cloud-port", up->cloud_port, "0: a free one")->capture_default_str();
  start.add_option("--lan-port", up->lan_port, "0: a free one")->capture_default_str();

  auto partition = std::make_shared<DemoPartitionCommand>();
  CLI::App& cut = add(*demo, line, partition, "partition",
                      "Cuts the link between two nodes, edits on both sides, heals it, and checks "
                      "what came of every edit. Exits with 1 if anything it says does not hold.");
  cut.add_flag("--keep", partition->keep, "Keep the nodes' data and logs, and say where");
  add_json(cut, partition->json);
}

}  // namespace

CommandLine parse_command_line(int count, const char* const* arguments,
                               const std::string& version) {
  CommandLine line = Exit{};
  CLI::App app(about, "genlock");
  app.set_version_flag("--version", "genlock " + version);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  add_serve(app, line);
  add_config(app, line);
  add_import(app, line);
  add_export(app, line);
  add_checks(app, line);
  add_repair(app, line);
  add_looks(app, line);
  add_replay(app, line);
  add_backup(app, line);
  add_nodes(app, line);
  add_bundle(app, line);
  add_demo(app, line);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    int status = app.exit(error);
    return Exit{status == 0 ? 0 : 2};
  }
  return line;
}

}  // namespace genlock::cli
