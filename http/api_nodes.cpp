#include "http/api_nodes.h"

#include "engine/validate.h"
#include "http/person.h"
#include "projections/fleet.h"
#include "projections/json_text.h"

#include <algorithm>

namespace genlock::http {
namespace {

const char* state_of(const FleetNode& node) {
  if (node.is_enrolled()) return "enrolled";
  return node.entry.retired ? "retired" : "expected";
}

std::optional<UnixMs> since_of(const FleetNode& node) {
  if (const OriginEntry* open = node.entry.open_origin()) return open->opened_ms;
  return node.entry.retired ? std::optional(node.entry.retired->at_ms) : std::nullopt;
}

void append_time(std::string& out, std::optional<UnixMs> ms) {
  append_json(out, ColumnType::time, ms ? Value{std::int64_t{*ms}} : Value{});
}

void append_text(std::string& out, const std::string& text) {
  text.empty() ? void(out += "null") : append_json_string(out, text);
}

void append_count(std::string& out, std::optional<std::uint64_t> count) {
  count ? append_json(out, *count) : void(out += "null");
}

void append_holds_back(std::string& out, const FleetNode& node) {
  const std::optional<UnixMs> since = waits_since(node);
  if (!since) return void(out += "null");
  const char* why = node.holds_back ? to_string(*node.holds_back) : "behind";
  out += std::string("{\"why\":\"") + why + "\",\"streams\":";
  append_json(out, std::uint64_t{node.holds_back ? node.streams_waiting : node.streams_behind});
  out += ",\"since\":";
  append_time(out, since);
  out += '}';
}

const PeerStatus* peer_of(const SyncStatusReport& report, NodeId node) {
  const auto found =
      std::ranges::find(report.peers, node, [](const PeerStatus& peer) { return peer.node.id; });
  return found == report.peers.end() ? nullptr : &*found;
}

std::string node_json(const FleetNode& node, NodeId self, const SyncStatusReport& report) {
  const PeerStatus* peer = peer_of(report, node.entry.id);
  const bool is_retired = !node.is_enrolled() && node.entry.retired;
  std::string out = "{\"id\":";
  append_json(out, node.entry.id.uuid);
  out += ",\"name\":";
  append_text(out, node.entry.name);
  out += ",\"role\":";
  append_text(out, node.entry.role);
  out += ",\"this_node\":";
  append_json(out, node.entry.id == self);
  out += std::string(",\"state\":\"") + state_of(node) + "\",\"since\":";
  append_time(out, since_of(node));
  out += ",\"retired_by\":";
  append_text(out, is_retired ? node.entry.retired->by : "");
  out += ",\"reason\":";
  append_text(out, is_retired ? node.entry.retired->reason : "");
  out += ",\"last_seen_at\":";
  append_time(out, peer ? peer->last_contact_ms : std::nullopt);
  out += ",\"acknowledged_at\":";
  append_time(out, node.acknowledged_ms);
  out += ",\"to_send\":";
  append_count(out, peer ? std::optional(peer->to_send.events) : std::nullopt);
  out += ",\"to_receive\":";
  append_count(out, peer ? std::optional(peer->to_receive_events) : std::nullopt);
  out += ",\"holds_back\":";
  append_holds_back(out, node);
  return out + '}';
}

SyncStatusReport sync_report(ApiCore& core) {
  return core.parts.sync ? core.parts.sync->status() : SyncStatusReport{};
}

Result<HttpResponse> list(ApiCore& core, const HttpRequest&) {
  const SyncStatusReport report = sync_report(core);
  const Moment moment(core);
  TRY_ASSIGN(const std::vector<FleetNode> fleet,
             read_fleet(moment.reader(), core.parts.engine.log()));
  std::string out = "[";
  for (const FleetNode& node : fleet)
    out += (out.size() > 1 ? "," : "") + node_json(node, core.self(), report);
  return json_answer(out + ']');
}

// --- retiring -----------------------------------------------------------------------------------

Result<void> check_known(const ApiCore& core, NodeId id) {
  const Moment moment(core);
  TRY_ASSIGN(const NodeDirectory directory,
             read_directory(moment.reader(), core.parts.engine.log()));
  if (directory.find(id)) return {};
  return Error{ErrorCode::not_found, "the directory knows no such node"};
}

Result<std::string> reason_in(const Json& body) {
  TRY(check_members(body, {"reason"}));
  TRY_ASSIGN(const std::optional<std::string> reason, text_member(body, "reason"));
  if (!reason || reason->empty())
    return field_error("/reason", "required", "must say why the node is retired");
  if (const auto fault = check_text(*reason, "/reason"))
    return field_error(fault->pointer, fault->code, fault->detail);
  return *reason;
}

// Writes what `say` answers for the node of the path; nothing, where there is nothing to say.
using Say = std::function<std::vector<Operation>(const NodeEntry& node)>;
Result<HttpResponse> change(ApiCore& core, NodeId id, const Person& by, const Say& say) {
  Engine& engine = core.parts.engine;
  Result<void> written = core.parts.committer.run([&](Overlay& overlay) -> Result<void> {
    TRY_ASSIGN(const NodeDirectory directory, read_directory(overlay, engine.log()));
    const NodeEntry* node = directory.find(id);
    if (!node) return Error{ErrorCode::not_found, "the directory knows no such node"};
    std::vector<Operation> operations = say(*node);
    if (operations.empty()) return {};
    TRY(engine.write(directory_stream, std::move(operations), by, overlay));
    return {};
  });
  TRY(std::move(written));
  const SyncStatusReport report = sync_report(core);
  const Moment moment(core);
  TRY_ASSIGN(const std::vector<FleetNode> fleet, read_fleet(moment.reader(), engine.log()));
  const auto found =
      std::ranges::find(fleet, id, [](const FleetNode& node) { return node.entry.id; });
  return json_answer(node_json(*found, core.self(), report));
}

Result<HttpResponse> retire_node(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const RecordId id, path_id(request));
  TRY_ASSIGN(const Person by, read_person(request.headers));
  TRY_ASSIGN(const Json body, read_body(request, BodyRule::json));
  TRY(check_known(core, NodeId{id.uuid}));
  TRY_ASSIGN(const std::string reason, reason_in(body));
  if (NodeId{id.uuid} == core.self())
    return Error{ErrorCode::invalid_argument,
                 "a node does not retire itself: ask another one that stays"};
  const Retirement why{core.parts.clock.now(), by.user, reason};
  return change(core, NodeId{id.uuid}, by,
                [&](const NodeEntry& node) { return retire(node, why); });
}

Result<HttpResponse> enrol_node(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const RecordId id, path_id(request));
  TRY_ASSIGN(const Person by, read_person(request.headers));
  TRY(read_body(request, BodyRule::none));
  return change(core, NodeId{id.uuid}, by, expect);
}

}  // namespace

void add_fleet_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/nodes",
             .name = "list_nodes",
             .tag = "The node",
             .summary = "All nodes that are known here, and whom compaction waits for",
             .gives = {{200, "[EnrolledNode]"}},
             .handler = list});
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/nodes/{id}/retire",
             .name = "retire_node",
             .tag = "The node",
             .summary = "Wait for a node no longer; it may come back",
             .body = BodyRule::json,
             .takes = "Retirement",
             .headers = edit_headers,
             .gives = {{200, "EnrolledNode"}},
             .handler = retire_node});
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/nodes/{id}/enrol",
             .name = "enrol_node",
             .tag = "The node",
             .summary = "Expect a retired node back",
             .headers = edit_headers,
             .gives = {{200, "EnrolledNode"}},
             .handler = enrol_node});
}

}  // namespace genlock::http
