// verify, rebuild: what a node can prove of itself, on a running node or on its directory.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/history_place.h"
#include "cli/job_watch.h"
#include "cli/node_check.h"
#include "cli/progress.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::cli {
namespace {

Json count(std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); }

std::string place_of(const Target& target) {
  return target.url.empty() ? "data directory " + target.data : "node " + target.url;
}

// --- verify -------------------------------------------------------------------------------------

Result<CheckReport> verify_directory(const VerifyCommand& command) {
  NodeOptions options;
  options.data = command.target.data;
  options.read_only = true;
  TRY_ASSIGN(std::unique_ptr<Node> node, Node::open(options));
  HistoryFiles history = history_of(command.target, command.history);
  Progress progress("verifying");
  const auto on_events = [&](std::uint64_t done, std::uint64_t total) {
    progress.show(done, total, "events");
  };
  return check_node(*node, node->store(), on_events, &history);
}

Result<CheckReport> verify_node(const std::string& url) {
  TRY_ASSIGN(Json found, run_upkeep(url, "verify", "verifying"));
  return check_report_of(found);
}

void print_compacted(const CheckReport& report) {
  for (const CompactedStream& stream : report.compacted)
    fmt::print("       {} was compacted until {}: {} events, {}\n", stream.stream.to_string(),
               format_time(stream.until_ms), stream.dropped,
               stream.is_kept ? "all in its history files, and their hashes lead to the log's"
                              : "not all in history files: " + stream.lacks);
  if (report.history_damage) fmt::print("history WRONG: {}\n", *report.history_damage);
}

void print_verified(const std::string& place, const CheckReport& report) {
  fmt::print("{}\n", place);
  if (report.damage) {
    fmt::print("files, log  WRONG: {}\n", *report.damage);
    return;
  }
  fmt::print("files  ok: every checksum holds\n");
  fmt::print("log    ok: {} events in {} chains of {} streams, no hole, no hash amiss\n",
             report.events, report.chains, report.streams);
  print_compacted(report);
  if (report.difference)
    fmt::print("rows   WRONG: {}\n       `genlock rebuild` makes them anew from the log\n",
               *report.difference);
  else
    fmt::print("rows   ok: folded again from the log, {} keys are the same bytes\n", report.keys);
}

Result<int> show_verified(const VerifyCommand& command) {
  const Target& target = command.target;
  TRY_ASSIGN(CheckReport report,
             target.url.empty() ? verify_directory(command) : verify_node(target.url));
  if (command.json)
    fmt::print("{}", pretty(to_json(report)));
  else
    print_verified(place_of(target), report);
  return report.ok() ? 0 : 1;
}

// --- rebuild ------------------------------------------------------------------------------------

Result<Json> rebuild_directory(const std::string& data) {
  NodeOptions options;
  options.data = data;
  TRY_ASSIGN(std::unique_ptr<Node> node, Node::open(options, rebuild_bar()));
  TRY_ASSIGN(RebuildProgress done, rebuild(node->store(), node->engine(), rebuild_bar()));
  return json_object({{"streams", count(done.streams_done)}, {"events", count(done.events)}});
}

Result<int> show_rebuilt(const RebuildCommand& command) {
  const Target& target = command.target;
  TRY_ASSIGN(Json done, target.url.empty() ? rebuild_directory(target.data)
                                           : run_upkeep(target.url, "rebuild", "rebuilding"));
  if (command.json) {
    fmt::print("{}", pretty(done));
    return 0;
  }
  fmt::print("{}\nrebuilt the rows of {} streams from {} events\n", place_of(target),
             integer_of(done, "streams"), integer_of(done, "events"));
  if (done.find("mended"))
    fmt::print("{} of {} keys were not what the log says\n", integer_of(done, "mended"),
               integer_of(done, "keys"));
  return 0;
}

// Damage is what `verify` looks for: 1. Anything else kept the command from its work: 2.
int status_of(const Result<int>& result) {
  if (result.ok()) return *result;
  int status = report_failure(result.error());
  return result.error().code == ErrorCode::corruption ? 1 : status;
}

}  // namespace

int run_verify(const VerifyCommand& command) { return status_of(show_verified(command)); }
int run_rebuild(const RebuildCommand& command) { return status_of(show_rebuilt(command)); }

}  // namespace genlock::cli
