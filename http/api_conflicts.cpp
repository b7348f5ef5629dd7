// Conflicts: the list, one of them, and deciding it (docs/api.md, section 9, "Conflicts").
#include "http/api_problem.h"
#include "http/as_of.h"
#include "http/query.h"
#include "http/write_request.h"
#include "projections/row_json.h"

namespace genlock::http {
namespace {

Result<HttpResponse> list(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(ListOptions options, read_list_options(conflict_fields(), request, "as_of"));
  PastScope scope{stream_of_conflicts(options), PastReader::Part::conflicts};
  TRY_ASSIGN(Moment moment, moment_of(core, request, scope));
  TRY_ASSIGN(ServedList conflicts, list_conflicts(moment.context(), options));
  return list_answer(request, std::move(conflicts));
}

Result<ServedConflict> read_conflict(const Moment& moment, const HttpRequest& request) {
  TRY_ASSIGN(RecordId id, path_id(request));
  TRY_ASSIGN(std::optional<ServedConflict> conflict, get_conflict(moment.context(), id.uuid));
  if (conflict) return *std::move(conflict);
  return Error{ErrorCode::not_found, "there is no conflict " + id.to_string() +
                                         (moment.is_past() ? " at that time" : " on this node")};
}

// A conflict that is not there now may have been: then every stream is looked through.
Result<PastScope> scope_of_conflict(ApiCore& core, RecordId id) {
  TRY_ASSIGN(std::optional<ServedConflict> now, get_conflict(Moment(core).context(), id.uuid));
  if (now) return PastScope{now->conflict.stream, PastReader::Part::all};
  return PastScope{{}, PastReader::Part::conflicts};
}

Result<HttpResponse> get(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(RecordId id, path_id(request));
  PastScope scope;
  if (request.query_parameters.find("as_of")) {
    TRY_ASSIGN(scope, scope_of_conflict(core, id));
  }
  TRY_ASSIGN(Moment moment, moment_of(core, request, scope));
  TRY_ASSIGN(ServedConflict conflict, read_conflict(moment, request));
  HttpResponse response = json_answer(std::move(conflict.json));
  if (!moment.is_past()) response.headers.emplace_back("ETag", conflict.etag);
  return response;
}

// --- reading a choice ---------------------------------------------------------------------------

Result<Resolution> read_resolution(const Json& body) {
  TRY_ASSIGN(std::optional<std::string> text, text_member(body, "resolution"));
  if (!text) return field_error("/resolution", "required", "must say how to resolve it");
  for (Resolution known : {Resolution::cloud_wins, Resolution::local_wins, Resolution::manual})
    if (*text == to_string(known)) return known;
  return field_error("/resolution", "enum", "must be one of cloud_wins, local_wins, manual");
}

// {"is_deleted": true}
Result<bool> read_life(const Json& value) {
  const Json* deleted = value.find("is_deleted");
  bool fits = deleted && deleted->is(Json::Kind::boolean) && value.members.size() == 1;
  if (fits) return deleted->boolean;
  return field_error("/value", "type", "must be {\"is_deleted\": true} or {\"is_deleted\": false}");
}

Result<void> read_value(const Conflict& conflict, const Json& value, ResolveChoice& choice) {
  if (conflict.group == life_group) {
    TRY_ASSIGN(choice.deleted, read_life(value));
    return {};
  }
  const Table* table = find_table(conflict.record.table);
  const Group* group = table ? table->group(conflict.group) : nullptr;
  if (!group)
    return field_error("/value", "unknown", "can't be given for this conflict: pick a side");
  TRY_ASSIGN(choice.value, parse_values(*table, group->columns, value, "/value"));
  return {};
}

Result<ResolveChoice> read_choice(const Conflict& conflict, const Json& body) {
  TRY(check_members(body, {"resolution", "pick", "value", "comment"}));
  ResolveChoice choice;
  TRY_ASSIGN(choice.resolution, read_resolution(body));
  TRY_ASSIGN(choice.pick, text_member(body, "pick"));
  TRY_ASSIGN(std::optional<std::string> comment, text_member(body, "comment"));
  choice.comment = comment.value_or("");
  const Json* value = body.find("value");
  if (value && !value->is(Json::Kind::null)) TRY(read_value(conflict, *value, choice));
  return choice;
}

// --- resolve ------------------------------------------------------------------------------------

Result<Outcome> resolve(ApiCore& core, const Conflict& conflict, Command command,
                        const Json& body) {
  command.stream = conflict.stream;
  command.table = conflict.record.table;
  command.record = conflict.record.id;
  command.conflict = conflict.id;
  Result<ResolveChoice> choice = read_choice(conflict, body);
  if (!choice.ok()) return first_fault(core, command, std::move(choice).error());
  command.choice = *std::move(choice);
  return execute(core, std::move(command));
}

// {"conflict":{..},"row":{..}}. A slot that one claimant is left for has no conflict any more.
Result<HttpResponse> resolved(ApiCore& core, const Uuid& id, const Outcome& outcome) {
  Moment moment(core);
  TRY_ASSIGN(std::optional<ServedConflict> conflict, get_conflict(moment.context(), id));
  RecordKey key = conflict ? conflict->conflict.record : outcome.record;
  TRY_ASSIGN(std::optional<ServedRow> row, get_row(moment.context(), outcome.stream, key));
  return json_answer("{\"conflict\":" + (conflict ? conflict->json : "null") +
                     ",\"row\":" + (row ? row->json : "null") + "}");
}

bool names_sides(const HttpRequest& request) {
  std::string_view etag = request.header("If-Match");
  return !etag.empty() && etag != "*";
}

Result<HttpResponse> answer_resolve(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(RecordId id, path_id(request));
  bool has_etag = names_sides(request);
  WriteSteps steps;
  steps.carry_out = [&](Command command) -> Result<Outcome> {
    TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
    TRY_ASSIGN(ServedConflict conflict, read_conflict(Moment(core), request));
    if (!has_etag) return Error{ErrorCode::precondition, ""};
    return resolve(core, conflict.conflict, std::move(command), body);
  };
  steps.answer = [&](const Outcome& outcome) { return resolved(core, id.uuid, outcome); };
  Result<HttpResponse> response = run_write(core, request, CommandKind::resolve, steps);
  bool is_missing = !response.ok() && response.error().code == ErrorCode::precondition && !has_etag;
  if (!is_missing) return response;
  return problem_answer(request, make_problem("precondition-required",
                                              "send If-Match with the ETag of the conflict as you "
                                              "saw it"));
}

}  // namespace

void add_conflict_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/sync/conflicts",
             .name = "list_conflicts",
             .tag = "Conflicts",
             .summary = "List conflicts, newest first; resolution=eq.pending is the inbox",
             .parameters = {"as_of"},
             .is_list = true,
             .filters = conflict_fields(),
             .gives = {{200, "[Conflict]", {"Link"}}},
             .handler = list});
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/sync/conflicts/{id}",
             .name = "get_conflict",
             .tag = "Conflicts",
             .summary = "Read one conflict with its sides",
             .parameters = {"as_of"},
             .gives = {{200, "Conflict", {"ETag"}}},
             .handler = get});
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/sync/conflicts/{id}/resolve",
             .name = "resolve_conflict",
             .tag = "Conflicts",
             .summary = "Decide a conflict; If-Match with its ETag is required",
             .body = BodyRule::json,
             .takes = "Choice",
             .headers = {"Genlock-User", "Genlock-Device", "If-Match"},
             .gives = {{200, "Resolved"}},
             .problems = {"gone", "already-resolved", "busy", "precondition-failed",
                          "precondition-required", "idempotency-mismatch", "production-locked"},
             .handler = answer_resolve});
}

}  // namespace genlock::http
