// status, conflicts, log.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/history_place.h"
#include "cli/row_changes.h"
#include "engine/event_codec.h"
#include "projections/json_text.h"
#include "projections/node_names.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::cli {
namespace {

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// --- status -------------------------------------------------------------------------------------

void print_peer(const Json& peer) {
  std::string name = or_dash(at(peer, "node.name").text);
  fmt::print("  peer {:<16} {:<12} {}  to send {}, to receive {}\n", name, text_of(peer, "state"),
             or_dash(text_of(peer, "url")), at(peer, "to_send.events").integer,
             at(peer, "to_receive.events").integer);
  if (std::string error = at(peer, "last_error.detail").text; !error.empty())
    fmt::print("       {}\n", error);
}

void print_stream(const Json& stream) {
  std::string name = text_of(stream, "label");
  if (name.empty()) name = text_of(stream, "kind");
  fmt::print("  {:<36} {:<32} {}{}\n", text_of(stream, "id"), name, text_of(stream, "digest"),
             member(stream, "locked").boolean ? "  locked" : "");
}

void print_notice(const Json& notice) {
  const std::int64_t events = member(notice, "events").integer;
  fmt::print("! {}  {}: {}{}\n", text_of(notice, "at"), text_of(notice, "kind"),
             text_of(notice, "what"), events > 0 ? " (" + std::to_string(events) + " events)" : "");
  fmt::print("  {}\n  Confirm with POST /api/notices/{}/acknowledge\n", text_of(notice, "remedy"),
             text_of(notice, "id"));
}

void print_status(const Json& status, const std::string& place) {
  fmt::print("{}\n", place);
  fmt::print("{} ({}), {}{}\n", at(status, "node.name").text, at(status, "node.role").text,
             text_of(status, "state"),
             text_of(status, "reason").empty() ? "" : ": " + text_of(status, "reason"));
  fmt::print("queue: {} events that no peer has; conflicts that wait: {}; last sync: {}\n",
             at(status, "queue.events").integer, at(status, "conflicts.pending").integer,
             or_dash(text_of(status, "last_success_at")));
  for (const Json& notice : member(status, "notices").items) print_notice(notice);
  for (const Json& peer : member(status, "peers").items) print_peer(peer);
  fmt::print("streams, with the digest of their rows (equal digests, equal rows):\n");
  for (const Json& stream : member(status, "streams").items) print_stream(stream);
}

Result<int> show_status(const StatusCommand& command, const std::string& version) {
  TRY_ASSIGN(Door door, open_door(command.target, Access::look, version));
  TRY_ASSIGN(Json status, door.client->get("/api/sync/status"));
  if (command.json)
    fmt::print("{}", pretty(status));
  else
    print_status(status, door.client->place());
  return 0;
}

// --- conflicts ----------------------------------------------------------------------------------

std::string person_text(const Json& by) {
  return describe(
      Person{.user = text_of(by, "user"), .user_id = {}, .device = text_of(by, "device")});
}

void print_conflict(const Json& conflict) {
  fmt::print("{} {} {}: {} {}\n", text_of(conflict, "id"), text_of(conflict, "table_name"),
             or_dash(text_of(conflict, "label")), text_of(conflict, "group"),
             text_of(conflict, "resolution"));
  for (const Json& side : member(conflict, "sides").items) {
    bool shown = text_of(side, "key") == text_of(conflict, "shown");
    fmt::print("  {} {} {}  {} on {}, {}\n", shown ? '*' : ' ', text_of(side, "key"),
               dump(member(side, "value")), person_text(member(side, "by")),
               or_dash(at(side, "node.name").text), text_of(side, "at"));
  }
}

Result<int> show_conflicts(const ConflictsCommand& command, const std::string& version) {
  TRY_ASSIGN(Door door, open_door(command.target, Access::look, version));
  std::string target = "/api/sync/conflicts?";
  if (!command.all) target += "resolution=eq.pending&";
  if (!command.production.empty()) target += "production_id=eq." + command.production;
  TRY_ASSIGN(std::vector<Json> conflicts, door.client->list(target));
  if (command.json) {
    fmt::print("{}", pretty(json_array(std::move(conflicts))));
    return 0;
  }
  fmt::print("{}\n", door.client->place());
  for (const Json& conflict : conflicts) print_conflict(conflict);
  fmt::print("{} {}\n", conflicts.size(), command.all ? "in all" : "wait for a decision");
  return 0;
}

// --- log ----------------------------------------------------------------------------------------

// "sources CAM 1 set video_format {"h_res":1920}"
std::string describe(const Operation& operation, const State& state) {
  constexpr std::array<std::string_view, 9> kinds = {
      "?", "create", "set", "delete", "restore", "resolve", "lock", "unlock", "moment"};
  const Table* table = find_table(operation.table);
  auto shown = view(state, {operation.table, operation.record});
  std::string label =
      shown.ok() && *shown ? label_of(**shown) : operation.record.to_string().substr(0, 8);
  std::string out(table ? table->name : "unknown table");
  out += ' ' + label + ' ' + std::string(kinds[static_cast<std::size_t>(operation.kind)]);
  if (!operation.values.empty()) {
    out += ' ';
    append_json(out, table, operation.values);
  }
  if (!operation.comment.empty()) out += ' ' + json_string_of(operation.comment);
  return out;
}

Json operations_json(const Event& event, const State& state) {
  Json changes = json_array();
  for (const Operation& operation : event.operations)
    changes.items.push_back(json_text(describe(operation, state)));
  return changes;
}

class LogPrinter {
 public:
  LogPrinter(Node& node, const LogCommand& command)
      : node_(node), command_(command), names_(node.store()) {}

  bool print(const EventId& id, const StoredEvent& stored) {
    if (stream_ && id.stream != *stream_) return true;
    Result<Event> event = decode_stored(stored);
    if (!event.ok()) return true;  // `verify` is for that; read_after has checked its checksum
    State state(node_.store(), node_.log(), id.stream);
    command_.json ? print_json(*event, stored, state) : print_text(*event, stored, state);
    return ++printed_ != command_.limit;
  }
  void only(StreamId stream) { stream_ = stream; }

 private:
  std::string node_name(OriginId origin) {
    Result<NodeName> name = names_.of(origin);
    return name.ok() && name->name ? *name->name : "node " + origin.to_string().substr(0, 8);
  }

  void print_text(const Event& event, const StoredEvent& stored, const State& state) {
    fmt::print("{:>6} {} {} on {} [{}]\n", number(stored.position), format_time(event.wall_ms),
               cli::describe(event.by), node_name(event.dot.origin), event.id().to_string());
    for (const Operation& operation : event.operations)
      fmt::print("       {}\n", describe(operation, state));
  }

  void print_json(const Event& event, const StoredEvent& stored, const State& state) {
    auto position = static_cast<std::int64_t>(number(stored.position));
    fmt::print("{}\n", dump(json_object({{"position", json_number(position)},
                                         {"event", json_text(event.id().to_string())},
                                         {"at", json_text(format_time(event.wall_ms))},
                                         {"by", json_text(cli::describe(event.by))},
                                         {"node", json_text(node_name(event.dot.origin))},
                                         {"operations", operations_json(event, state)}})));
  }

  Node& node_;
  const LogCommand& command_;
  NodeNames names_;
  std::optional<StreamId> stream_;
  std::uint64_t printed_ = 0;
};

// Events that the log dropped and history files hold, with the places that they had in it.
class DroppedReader {
 public:
  DroppedReader(Node& node, const LogCommand& command)
      : node_(node), history_(history_of(command.target, command.history)) {}

  Result<void> read(StreamId stream) {
    const Log& log = node_.log();
    TRY_ASSIGN(const VersionVector floor, log.floor(node_.store(), stream));
    if (floor.empty()) return {};
    TRY_ASSIGN(const std::vector<HistoryFile> files, history_.read(stream));
    for (const HistoryFile& file : files)
      for (const DroppedEvent& event : file.events) {
        const EventId id{stream, event.dot};
        if (!floor.contains(event.dot) || log.read(node_.store(), id).ok()) continue;
        events_.try_emplace({event.position, id},
                            StoredEvent{event.bytes, {}, {}, event.position, event.stored_at_ms});
      }
    return {};
  }

  // Those before `end`, which are given once; `visit` as of Log::read_after.
  bool take_until(Position end, const EventLog::Visit& visit) {
    while (!events_.empty() && events_.begin()->first.first < end) {
      const auto next = events_.extract(events_.begin());
      if (!visit(next.key().second, next.mapped())) return false;
    }
    return true;
  }
  void skip(Position until) {
    take_until(Position{number(until) + 1}, [](const auto&, const auto&) { return true; });
  }

 private:
  Node& node_;
  HistoryFiles history_;
  std::map<std::pair<Position, EventId>, StoredEvent> events_;
};

// The log in its order, with what was compacted where it was.
Result<void> read_whole(Node& node, const LogCommand& command, std::optional<StreamId> only,
                        const EventLog::Visit& visit) {
  DroppedReader dropped(node, command);
  TRY_ASSIGN(std::vector<StreamId> streams, node.log().streams(node.store()));
  if (only) streams = {*only};
  for (StreamId stream : streams) TRY(dropped.read(stream));
  dropped.skip(Position{command.after});
  bool wants_more = true;
  TRY(node.log().read_after(
      node.store(), Position{command.after}, [&](const EventId& id, const StoredEvent& stored) {
        wants_more = dropped.take_until(stored.position, visit) && visit(id, stored);
        return wants_more;
      }));
  if (wants_more) dropped.take_until(Position{UINT64_MAX}, visit);
  return {};
}

Result<int> show_directory_log(Node& node, const LogCommand& command) {
  if (!command.json) fmt::print("data directory {}\n", node.data().string());
  LogPrinter printer(node, command);
  std::optional<StreamId> only;
  if (!command.production.empty()) {
    only = StreamId::parse(command.production);
    if (!only) return Error{ErrorCode::bad_request, "--production is no id"};
    printer.only(*only);
  }
  TRY(read_whole(node, command, only, [&](const EventId& id, const StoredEvent& stored) {
    return printer.print(id, stored);
  }));
  return 0;
}

void print_history(const Json& item) {
  fmt::print("{} {} on {}: {} {} {}", text_of(item, "at"), person_text(member(item, "by")),
             or_dash(at(item, "node.name").text), text_of(item, "table"),
             or_dash(text_of(item, "label")), text_of(item, "op"));
  for (const Json& change : member(item, "changes").items)
    fmt::print(" {} {} -> {}", text_of(change, "column"), dump(member(change, "from")),
               dump(member(change, "to")));
  fmt::print(" [{}]\n", text_of(item, "event"));
}

Result<int> show_history(ApiClient& client, const LogCommand& command) {
  if (command.production.empty())
    return Error{ErrorCode::invalid_argument,
                 "a running node gives the history of one show: add --production ID"};
  std::uint64_t wanted = command.limit == 0 ? SIZE_MAX : command.limit;
  std::string target = "/api/productions/" + command.production +
                       "/history?limit=" + std::to_string(std::min<std::uint64_t>(wanted, 1000));
  TRY_ASSIGN(std::vector<Json> items, client.list(target, wanted));
  if (command.json) {
    fmt::print("{}", pretty(json_array(std::move(items))));
    return 0;
  }
  fmt::print("{}, newest first\n", client.place());
  for (const Json& item : items) print_history(item);
  return 0;
}

Result<int> show_log(const LogCommand& command, const std::string& version) {
  TRY_ASSIGN(Door door, open_door(command.target, Access::look, version));
  return door.node ? show_directory_log(*door.node, command) : show_history(*door.client, command);
}

int status_of(const Result<int>& result) {
  return result.ok() ? *result : report_failure(result.error());
}

}  // namespace

int run_status(const StatusCommand& command, const std::string& version) {
  return status_of(show_status(command, version));
}

int run_conflicts(const ConflictsCommand& command, const std::string& version) {
  return status_of(show_conflicts(command, version));
}

int run_log(const LogCommand& command, const std::string& version) {
  return status_of(show_log(command, version));
}

}  // namespace genlock::cli
