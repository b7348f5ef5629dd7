// What each command of the program does; cli/options.h says what was asked. All return the exit
// status: 0 done, 1 it found something wrong, 2 it could not.
#pragma once

#include "cli/options.h"

namespace genlock::cli {

int run_serve(const ServeCommand& command, const std::string& version);
int run_serve(const ServeOptions& options, const std::string& version);
int run_config(const ConfigCommand& command);
int run_import(const ImportCommand& command, const std::string& version);
int run_export(const ExportCommand& command, const std::string& version);
int run_verify(const VerifyCommand& command);
int run_rebuild(const RebuildCommand& command);
int run_repair(const RepairCommand& command, const std::string& version);
int run_status(const StatusCommand& command, const std::string& version);
int run_conflicts(const ConflictsCommand& command, const std::string& version);
int run_log(const LogCommand& command, const std::string& version);
int run_replay(const ReplayCommand& command);
int run_backup(const BackupCommand& command, const std::string& version);
int run_nodes(const NodesCommand& command, const std::string& version);
int run_bundle(const BundleExportCommand& command, const std::string& version);
int run_bundle(const BundleImportCommand& command);
int run_demo_up(const DemoUpCommand& command);
int run_demo_partition(const DemoPartitionCommand& command);

// Prints what is wrong with settings.
void report_problems(const Settings& settings);

}  // namespace genlock::cli
