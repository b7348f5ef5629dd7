// nodes list, retire, enrol: who belongs to the fleet, and whom compaction waits for.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/system_clock.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <algorithm>

namespace genlock::cli {
namespace {

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

// "9 days", "3 hours": how long ago that was; empty: not known.
std::string ago(const std::string& time, UnixMs now) {
  const auto at = parse_time(time);
  if (!at) return "";
  const std::int64_t minutes = std::max<std::int64_t>(0, now - *at) / 60'000;
  const auto of = [](std::int64_t n, const char* unit) {
    return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s");
  };
  if (minutes < 120) return of(minutes, "minute");
  return minutes < 2 * 1'440 ? of(minutes / 60, "hour") : of(minutes / 1'440, "day");
}

const char* words_of(const std::string& why) {
  if (why == "silent") return "it has acknowledged nothing yet";
  if (why == "apart") return "it has not yet heard who else belongs here";
  if (why == "behind") return "it has not acknowledged what others have";
  if (why == "ahead") return "it has events that are not here yet";
  return "it has not held anything for long enough";
}

void print_node(const Json& node, UnixMs now) {
  const std::string name = or_dash(text_of(node, "name"));
  fmt::print("{}  {:<16} {:<6} {:<9} since {}{}\n", text_of(node, "id"), name,
             or_dash(text_of(node, "role")), text_of(node, "state"),
             or_dash(text_of(node, "since")),
             member(node, "this_node").boolean ? "  (this node)" : "");
  fmt::print("    last seen {}, last acknowledged {}", or_dash(text_of(node, "last_seen_at")),
             or_dash(text_of(node, "acknowledged_at")));
  if (member(node, "to_send").is(Json::Kind::integer))
    fmt::print(", lacks {} events, has {} more", integer_of(node, "to_send"),
               integer_of(node, "to_receive"));
  fmt::print("\n");
  if (text_of(node, "state") == "retired")
    fmt::print("    retired by {}: {}\n", or_dash(text_of(node, "retired_by")),
               or_dash(text_of(node, "reason")));
  const Json& waits = member(node, "holds_back");
  if (!waits.is(Json::Kind::object)) return;
  fmt::print("    compaction waits for: {}, {} ({}; {} streams)\n", name,
             ago(text_of(waits, "since"), now), words_of(text_of(waits, "why")),
             integer_of(waits, "streams"));
}

// By id, or by a name that only one node has.
Result<std::string> id_of(const std::vector<Json>& nodes, const std::string& wanted) {
  std::vector<std::string> found;
  for (const Json& node : nodes)
    if (text_of(node, "id") == wanted || text_of(node, "name") == wanted)
      found.push_back(text_of(node, "id"));
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Error{ErrorCode::not_found, "no node is called '" + wanted + "', nor has that id"};
  return Error{ErrorCode::invalid_argument,
               "several nodes are called '" + wanted + "': name one by its id"};
}

Result<ApiCall> call_of(const NodesCommand& command, const std::string& id) {
  ApiCall call{.method = "POST", .target = "/api/nodes/" + id};
  if (!command.user.empty())
    call.headers.emplace_back("Genlock-User", percent_encoded(command.user));
  call.target += command.action == NodesAction::retire ? "/retire" : "/enrol";
  if (command.action == NodesAction::retire) {
    call.body = dump(json_object({{"reason", json_text(command.reason)}}));
    call.headers.emplace_back("Content-Type", "application/json");
  }
  return call;
}

Result<int> carry_out(const NodesCommand& command, const std::string& version) {
  const bool looks = command.action == NodesAction::list;
  TRY_ASSIGN(Door door, open_door(command.target, looks ? Access::look : Access::write, version));
  TRY_ASSIGN(Json nodes, door.client->get("/api/nodes"));
  Json told = std::move(nodes);
  if (!looks) {
    TRY_ASSIGN(const std::string id, id_of(told.items, command.node));
    TRY_ASSIGN(const ApiCall call, call_of(command, id));
    TRY_ASSIGN(told, door.client->fetch(call));
  }
  if (command.json) {
    fmt::print("{}", pretty(told));
    return 0;
  }
  const UnixMs now = SystemClock().now();
  fmt::print("{}\n", door.client->place());
  if (looks) {
    for (const Json& node : told.items) print_node(node, now);
    fmt::print("{} nodes\n", told.items.size());
  } else {
    print_node(told, now);
  }
  return 0;
}

}  // namespace

int run_nodes(const NodesCommand& command, const std::string& version) {
  const Result<int> result = carry_out(command, version);
  return result.ok() ? *result : report_failure(result.error());
}

}  // namespace genlock::cli
