// genlock: reads the command line and hands over to the command.
#include "cli/commands.h"

namespace {

struct Run {
  std::string version = GENLOCK_VERSION;

  int operator()(const genlock::cli::Exit& exit) const { return exit.status; }
  int operator()(const genlock::cli::ServeCommand& c) const { return run_serve(c, version); }
  int operator()(const genlock::cli::ConfigCommand& c) const { return run_config(c); }
  int operator()(const genlock::cli::ImportCommand& c) const { return run_import(c, version); }
  int operator()(const genlock::cli::ExportCommand& c) const { return run_export(c, version); }
  int operator()(const genlock::cli::VerifyCommand& c) const { return run_verify(c); }
  int operator()(const genlock::cli::RebuildCommand& c) const { return run_rebuild(c); }
  int operator()(const genlock::cli::RepairCommand& c) const { return run_repair(c, version); }
  int operator()(const genlock::cli::StatusCommand& c) const { return run_status(c, version); }
  int operator()(const genlock::cli::ConflictsCommand& c) const {
    return run_conflicts(c, version);
  }
  int operator()(const genlock::cli::LogCommand& c) const { return run_log(c, version); }
  int operator()(const genlock::cli::ReplayCommand& c) const { return run_replay(c); }
  int operator()(const genlock::cli::BackupCommand& c) const { return run_backup(c, version); }
  int operator()(const genlock::cli::NodesCommand& c) const { return run_nodes(c, version); }
  int operator()(const genlock::cli::BundleExportCommand& c) const {
    return run_bundle(c, version);
  }
  int operator()(const genlock::cli::BundleImportCommand& c) const { return run_bundle(c); }
  int operator()(const genlock::cli::DemoUpCommand& c) const { return run_demo_up(c); }
  int operator()(const genlock::cli::DemoPartitionCommand& c) const {
    return run_demo_partition(c);
  }
};

}  // namespace

int main(int count, char** arguments) {
  return std::visit(Run{}, genlock::cli::parse_command_line(count, arguments, GENLOCK_VERSION));
}
