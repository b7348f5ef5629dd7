// replay: the history of a show, event by event, folded from its data directory.
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/json_print.h"
#include "cli/replay.h"
#include "projections/node_names.h"
#include "projections/time_text.h"

#include <fmt/format.h>

#include <iostream>

namespace genlock::cli {
namespace {

Json count(std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); }

Result<StreamId> stream_named(const std::string& name) {
  if (name == "library") return library_stream;
  if (name == "directory") return directory_stream;
  if (auto id = StreamId::parse(name)) return *id;
  return Error{ErrorCode::bad_request, "'" + name + "' is no production's id"};
}

class ReplayPrinter {
 public:
  ReplayPrinter(const ReplayCommand& command, const Reader& reader)
      : command_(command), names_(reader) {}

  // False: enough.
  bool print(const ReplayedEvent& replayed) {
    command_.json ? print_json(replayed) : print_text(replayed);
    if (!command_.step) return true;
    std::fflush(stdout);
    std::string line;
    return static_cast<bool>(std::getline(std::cin, line));
  }

  void print_end(const ReplayEnd& end) {
    if (command_.json) {
      fmt::print("{}\n", dump(json_object({{"events", count(end.event_count)},
                                           {"digest", json_text(end.digest.to_string())}})));
      return;
    }
    fmt::print("{} events\ndigest {}\n", end.event_count, end.digest.to_string());
  }

 private:
  std::string node_name(OriginId origin) {
    Result<NodeName> node = names_.of(origin);
    if (node.ok() && node->name) return *node->name;
    return "node " + origin.to_string().substr(0, 8);
  }

  void print_text(const ReplayedEvent& replayed) {
    const Event& event = replayed.event;
    fmt::print("{} {} on {} [{}]{}\n", format_time(event.wall_ms), describe(event.by),
               node_name(event.dot.origin), event.id().to_string(),
               event.clock_suspect ? " (its clock was not to be trusted)" : "");
    for (const RowChange& row : replayed.rows) fmt::print("  {}\n", describe(row));
    for (const Conflict& conflict : replayed.conflicts)
      fmt::print("  conflict {} of {} sides on {}: {}\n", to_string(conflict.kind),
                 conflict.sides.size(), conflict.label, to_string(conflict.resolution));
    if (replayed.rows.empty() && replayed.conflicts.empty()) fmt::print("  nothing that shows\n");
  }

  void print_json(const ReplayedEvent& replayed) {
    const Event& event = replayed.event;
    Json rows = json_array(), conflicts = json_array();
    for (const RowChange& row : replayed.rows) rows.items.push_back(to_json(row));
    for (const Conflict& conflict : replayed.conflicts)
      conflicts.items.push_back(
          json_object({{"id", json_text(conflict.id.to_string())},
                       {"kind", json_text(to_string(conflict.kind))},
                       {"resolution", json_text(to_string(conflict.resolution))}}));
    fmt::print("{}\n", dump(json_object({{"event", json_text(event.id().to_string())},
                                         {"at", json_text(format_time(event.wall_ms))},
                                         {"by", json_text(describe(event.by))},
                                         {"node", json_text(node_name(event.dot.origin))},
                                         {"changes", std::move(rows)},
                                         {"conflicts", std::move(conflicts)}})));
  }

  const ReplayCommand& command_;
  NodeNames names_;
};

Result<int> replay_directory(const ReplayCommand& command) {
  TRY_ASSIGN(StreamId stream, stream_named(command.production));
  NodeOptions options;
  options.data = command.target.data;
  options.read_only = true;
  TRY_ASSIGN(std::unique_ptr<Node> node, Node::open(options));
  const RocksStore& store = node->store();
  TRY_ASSIGN(StreamHead head, node->log().head(store, stream));
  if (head.origins.empty())
    return Error{ErrorCode::not_found, "there is no event of " + command.production + " here"};
  VersionVector within = head.vector();
  if (!command.until.empty()) {
    TRY_ASSIGN(within, events_until(node->log(), store, stream, command.until));
  }
  if (!command.json) fmt::print("data directory {}\n", command.target.data);
  ReplayPrinter printer(command, store);
  auto visit = [&](const ReplayedEvent& event) { return printer.print(event); };
  TRY_ASSIGN(ReplayEnd end, replay(node->log(), store, stream, &within, visit));
  printer.print_end(end);
  return 0;
}

// Damage of the log: 1. Anything else kept the command from its work: 2.
int status_of(const Result<int>& result) {
  if (result.ok()) return *result;
  int status = report_failure(result.error());
  return result.error().code == ErrorCode::corruption ? 1 : status;
}

}  // namespace

int run_replay(const ReplayCommand& command) { return status_of(replay_directory(command)); }

}  // namespace genlock::cli
