// repair: tells what became of a damaged directory.
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/repair.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::cli {
namespace {

void print(const RepairReport& report, const RepairCommand& command) {
  fmt::print("data directory {}\n", command.data);
  if (!report.kept.empty())
    fmt::print("kept     the damaged one is now {}\n", report.kept.string());
  if (report.unopenable)
    fmt::print("damage   nothing of it could be opened: {}\n", *report.unopenable);
  else
    fmt::print("damage   {} events in it did not check out\n", report.unreadable_events);
  if (report.damaged_log)
    fmt::print("LOST?    the latest events may be missing, nobody knows how many: {}\n",
               *report.damaged_log);
  fmt::print("salvaged {} events that prove to be whole\nfetched  {} events from {}\n",
             report.salvaged_events, report.fetched_events, command.peer);
  if (report.took_everything)
    fmt::print("shows    all that the peer has: it is not known which ones this node had\n");
  for (const LostRange& lost : report.lost)
    fmt::print("LOST     stream {}, origin {}: events {} to {}; neither has them\n",
               lost.stream.to_string(), lost.range.origin.to_string(), number(lost.range.first),
               number(lost.range.last));
  fmt::print("origin   {}{}\nrows     made anew, and proved against the log\n",
             report.new_origin.to_string(),
             report.closed_origin ? ", after " + report.closed_origin->to_string() : "");
}

}  // namespace

int run_repair(const RepairCommand& command, const std::string& version) {
  RepairOptions options;
  options.data = command.data;
  options.peer = command.peer;
  options.name = command.name;
  options.version = version;
  if (!command.role.empty()) options.role = command.role == "cloud" ? Role::cloud : Role::lan;
  const Result<RepairReport> report = repair(options);
  if (!report.ok()) return report_failure(report.error());
  if (command.json)
    fmt::print("{}", pretty(to_json(*report)));
  else
    print(*report, command);
  return report->ok() ? 0 : 1;
}

}  // namespace genlock::cli
