// The command line as values: what `genlock ARGS` asks for.
#pragma once

#include "cli/settings.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace genlock::cli {

// Whose data a command works on: one of the two.
struct Target {
  std::string url;   // of a running node
  std::string data;  // directory
};

// What the flags say; the rest of the settings is read where they are used.
struct ServeCommand {
  SettingFlags flags;
};

struct ConfigCommand {
  SettingFlags flags;
  bool example = false;
  bool json = false;
};

struct ImportCommand {
  Target target;
  std::vector<std::string> files;
  bool update = false;
  bool dry_run = false;
  bool equipment = false;              // of an archive, too
  std::string table, production, map;  // of CSV files
  std::string user;
  bool json = false;
};

// Where history files are; empty: beside the data directory.
struct HistoryPlace {
  std::string directory;
};

struct ExportCommand {
  Target target;
  std::string production;  // empty: everything
  bool equipment = false;
  bool csv = false;
  std::string table;  // with csv
  char separator = ',';
  bool history = false;  // an archive
  HistoryPlace place;
  std::string output;  // empty: stdout
};

struct VerifyCommand {
  Target target;
  HistoryPlace history;
  bool json = false;
};

struct RebuildCommand {
  Target target;
  bool json = false;
};

struct RepairCommand {
  std::string data, peer;
  std::string role, name;  // where the directory does not tell any more
  bool json = false;
};

struct StatusCommand {
  Target target;
  bool json = false;
};

struct ConflictsCommand {
  Target target;
  std::string production;
  bool all = false;  // the decided ones too
  bool json = false;
};

struct LogCommand {
  Target target;
  HistoryPlace history;
  std::string production;
  std::uint64_t after = 0, limit = 0;  // positions; 0: no limit
  bool json = false;
};

struct ReplayCommand {
  Target target;
  HistoryPlace history;
  std::string production;
  std::string until;  // a time or an event id; empty: all
  bool step = false;
  bool json = false;
};

enum class BackupAction { create, list, verify, restore, remove };

struct BackupCommand {
  BackupAction action = BackupAction::list;
  Target target;
  std::string directory;  // of the backups; empty: where the node of the target keeps them
  std::string id;         // empty: the newest
  std::string to;         // restore: the new data directory
  HistoryPlace history;   // create of a directory, restore
  bool json = false;
};

enum class NodesAction { list, retire, enrol };

struct NodesCommand {
  NodesAction action = NodesAction::list;
  Target target;
  std::string node;          // name or id; not to list
  std::string reason, user;  // retire
  bool json = false;
};

struct BundleExportCommand {
  Target target;
  std::string production, peer;  // one of the two
  std::string to;                // file
  HistoryPlace history;
  bool json = false;
};

struct BundleImportCommand {
  Target target;
  std::string file;
  bool json = false;
};

struct DemoUpCommand {
  std::string directory;
  std::string samples;
  std::uint16_t cloud_port = 3000, lan_port = 3001;
};

struct DemoPartitionCommand {
  bool json = false;
  bool keep = false;
};

struct Exit {
  int status = 0;
};

using CommandLine =
    std::variant<Exit, ServeCommand, ConfigCommand, ImportCommand, ExportCommand, VerifyCommand,
                 RebuildCommand, RepairCommand, StatusCommand, ConflictsCommand, LogCommand,
                 ReplayCommand, BackupCommand, NodesCommand, BundleExportCommand,
                 BundleImportCommand, DemoUpCommand, DemoPartitionCommand>;

// Prints help, version and what is wrong with the arguments by itself: then it is an Exit.
CommandLine parse_command_line(int count, const char* const* arguments, const std::string& version);

}  // namespace genlock::cli
