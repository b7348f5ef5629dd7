// replay: the history of a show, event by event: folded here from a data directory, or as a running
// node tells it.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/history_place.h"
#include "cli/replay.h"
#include "projections/node_names.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <algorithm>
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

// False: there is nobody to press it any more.
bool wait_for_enter() {
  std::fflush(stdout);
  std::string line;
  return static_cast<bool>(std::getline(std::cin, line));
}

class ReplayPrinter {
 public:
  ReplayPrinter(const ReplayCommand& command, const Reader& reader)
      : command_(command), names_(reader) {}

  // False: enough.
  bool print(const ReplayedEvent& replayed) {
    command_.json ? print_json(replayed) : print_text(replayed);
    return !command_.step || wait_for_enter();
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

// The log with what was compacted put back; null: it has all, or nobody kept what it lacks. Then
// the replay begins where the log does, and says so.
Result<std::unique_ptr<Reader>> whole_log(const Log& log, const Reader& store, StreamId stream,
                                          HistoryFiles& history) {
  TRY_ASSIGN(const VersionVector floor, log.floor(store, stream));
  if (floor.empty()) return std::unique_ptr<Reader>{};
  Result<std::unique_ptr<Reader>> whole = history.whole(store, stream);
  if (whole.ok() || whole.error().code != ErrorCode::compacted) return whole;
  fmt::print(stderr, "genlock: the beginning is not shown: {}\n", whole.error().message);
  return std::unique_ptr<Reader>{};
}

Result<int> replay_directory(const ReplayCommand& command) {
  TRY_ASSIGN(StreamId stream, stream_named(command.production));
  NodeOptions options;
  options.data = command.target.data;
  options.read_only = true;
  TRY_ASSIGN(std::unique_ptr<Node> node, Node::open(options));
  HistoryFiles history = history_of(command.target, command.history);
  TRY_ASSIGN(const std::unique_ptr<Reader> whole,
             whole_log(node->log(), node->store(), stream, history));
  const Reader& store = whole ? *whole : node->store();
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

// --- on a running node --------------------------------------------------------------------------

Result<std::string> digest_of(ApiClient& client, const std::string& production) {
  TRY_ASSIGN(Json status, client.get("/api/sync/status"));
  for (const Json& stream : member(status, "streams").items)
    if (text_of(stream, "id") == production) return text_of(stream, "digest");
  return Error{ErrorCode::not_found, "there is no event of " + production + " here"};
}

struct History {
  std::vector<Json> items;  // oldest first
  std::string digest;
};

// Both of one moment: asked again where an event came in between.
Result<History> read_history(ApiClient& client, const std::string& production) {
  constexpr int attempts = 5;
  History history;
  TRY_ASSIGN(std::string before, digest_of(client, production));
  for (int i = 0; i < attempts; ++i) {
    TRY_ASSIGN(history.items,
               client.list("/api/productions/" + production + "/history?limit=1000"));
    TRY_ASSIGN(history.digest, digest_of(client, production));
    std::ranges::reverse(history.items);
    if (history.digest == before) return history;
    before = history.digest;
  }
  return Error{ErrorCode::unavailable, "the show is being edited: try again"};
}

class HistoryPrinter {
 public:
  explicit HistoryPrinter(const ReplayCommand& command) : command_(command) {}

  // False: enough. Items of one event follow each other.
  bool print(const Json& item) {
    bool is_new = text_of(item, "event") != event_;
    if (is_new && !first_of_next()) return false;
    event_ = text_of(item, "event");
    if (command_.json)
      fmt::print("{}\n", dump(item));
    else
      print_text(item, is_new);
    return true;
  }

  void print_end(const std::string& digest) const {
    if (command_.json)
      fmt::print("{}\n",
                 dump(json_object({{"events", count(events_)}, {"digest", json_text(digest)}})));
    else
      fmt::print("{} events\ndigest {}\n", events_, digest);
  }

 private:
  bool first_of_next() {
    bool go_on = events_ == 0 || !command_.step || wait_for_enter();
    if (go_on) ++events_;
    return go_on;
  }

  static void print_text(const Json& item, bool is_new) {
    const Json& by = member(item, "by");
    Person person{.user = text_of(by, "user"), .user_id = {}, .device = text_of(by, "device")};
    if (is_new)
      fmt::print("{} {} on {} [{}]\n", text_of(item, "at"), describe(person),
                 at(item, "node.name").text, text_of(item, "event"));
    std::string label = text_of(item, "label");
    if (label.empty()) label = text_of(item, "record_id").substr(0, 8);
    fmt::print("  {} {}: {}", text_of(item, "table"), label, text_of(item, "op"));
    for (const Json& change : member(item, "changes").items)
      fmt::print(" {} {} -> {}", text_of(change, "column"), dump(member(change, "from")),
                 dump(member(change, "to")));
    fmt::print("\n");
  }

  const ReplayCommand& command_;
  std::string event_;
  std::uint64_t events_ = 0;
};

Result<int> replay_node(const ReplayCommand& command) {
  if (!command.until.empty())
    return Error{ErrorCode::invalid_argument,
                 "a running node tells the whole history of a show; --until works on its data "
                 "directory (--data DIR), also while the node runs"};
  if (!StreamId::parse(command.production))
    return Error{ErrorCode::invalid_argument,
                 "a running node tells the history of one show: give its id. '" +
                     command.production + "' can be replayed from its data directory (--data DIR)"};
  TRY_ASSIGN(std::unique_ptr<ApiClient> client, connect_to(command.target.url));
  TRY_ASSIGN(History history, read_history(*client, command.production));
  if (!command.json) fmt::print("{}\n", client->place());
  HistoryPrinter printer(command);
  for (const Json& item : history.items)
    if (!printer.print(item)) return 0;
  printer.print_end(history.digest);
  return 0;
}

Result<int> show_replay(const ReplayCommand& command) {
  return command.target.url.empty() ? replay_directory(command) : replay_node(command);
}

// Damage of the log: 1. Anything else kept the command from its work: 2.
int status_of(const Result<int>& result) {
  if (result.ok()) return *result;
  int status = report_failure(result.error());
  return result.error().code == ErrorCode::corruption ? 1 : status;
}

}  // namespace

int run_replay(const ReplayCommand& command) { return status_of(show_replay(command)); }

}  // namespace genlock::cli
