// Writing rows: create, update, delete, restore (docs/api.md, sections 4 and 5).
#include "engine/decide.h"
#include "http/api_problem.h"
#include "http/foreign_ids.h"
#include "http/merge_patch.h"
#include "http/shapes.h"
#include "http/write_request.h"
#include "projections/row_json.h"

namespace genlock::http {
namespace {

// Every table that is written by itself; nested rows are written with the row they stand in.
constexpr TableId written_tables[] = {table::productions, table::equipment_specs,
                                      table::sources,     table::sends,
                                      table::connections, table::attachments};

// --- answers ------------------------------------------------------------------------------------

std::string conflict_path(const Uuid& id) { return "/api/sync/conflicts/" + id.to_string(); }

Result<HttpResponse> present_row(ApiCore& core, const RecordKey& key, const Outcome& outcome,
                                 int status) {
  Moment moment(core);
  TRY_ASSIGN(std::optional<ServedRow> row,
             get_row(moment.context(), outcome.stream, key, outcome.merged));
  if (!row) return Error{ErrorCode::corruption, "a row that was written can't be read"};
  return row_answer(*std::move(row), status);
}

Result<HttpResponse> created_row(ApiCore& core, const Outcome& outcome) {
  // Only what wrote something is replayed, so the first time was 201.
  bool is_new = outcome.created || outcome.replayed;
  TRY_ASSIGN(HttpResponse response, present_row(core, outcome.record, outcome, is_new ? 201 : 200));
  if (is_new) response.headers.emplace_back("Location", path_of(outcome.record));
  return response;
}

Result<HttpResponse> updated_row(ApiCore& core, const RecordKey& key, const Outcome& outcome,
                                 bool may_conflict) {
  std::optional<Uuid> conflict = outcome.pending_conflict;
  if (outcome.replayed && may_conflict) {
    TRY_ASSIGN(conflict, conflict_of(core, key, *outcome.event));
  }
  TRY_ASSIGN(HttpResponse response, present_row(core, key, outcome, conflict ? 202 : 200));
  if (conflict) response.headers.emplace_back("Location", conflict_path(*conflict));
  return response;
}

// --- create -------------------------------------------------------------------------------------

// Carries out a command with a row in its body; `complete`, where given, finishes it in the job.
Result<Outcome> execute_row(ApiCore& core, Command command, const Prepare& complete = {}) {
  bool is_foreign = false;
  Result<Outcome> outcome =
      execute(core, command, [&](const Reader& reader, Command& ready) -> Result<void> {
        if (complete) TRY(complete(reader, ready));
        Result<void> checked = check_foreign_ids(reader, ready);
        is_foreign = !checked.ok();
        return checked;
      });
  if (!is_foreign || command.stream == StreamId{}) return outcome;
  command.row = {};
  return first_fault(core, command, std::move(outcome).error());
}

Result<Outcome> create(ApiCore& core, Command command, Result<RowInput> row) {
  command.restore_gone = true;
  if (!row.ok()) return first_fault(core, command, std::move(row).error());
  command.row = *std::move(row);
  return execute_row(core, std::move(command));
}

// The stream of a new production is its id, so the id comes first.
Result<Outcome> create_production(ApiCore& core, Command command, Result<RowInput> row) {
  if (!row.ok()) return std::move(row).error();
  command.restore_gone = true;
  command.row = *std::move(row);
  command.stream = {};
  const auto complete = [&core](const Reader&, Command& ready) -> Result<void> {
    ready.record = id_for_create(ready, core.parts.clock.now(), core.parts.random);
    ready.stream = StreamId{ready.record.uuid};
    return {};
  };
  return execute_row(core, std::move(command), complete);
}

using CreateStep =
    std::function<Result<Outcome>(ApiCore&, const HttpRequest&, Command, const Json&)>;

ApiHandler create_by(CreateStep step) {
  return [step = std::move(step)](ApiCore& core, const HttpRequest& request) {
    return run_write(core, request, CommandKind::create,
                     {.carry_out = [&](Command command) -> Result<Outcome> {
                        TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
                        return step(core, request, std::move(command), body);
                      },
                      .answer = [&](const Outcome& o) { return created_row(core, o); }});
  };
}

// POST /api/productions, /api/equipment
ApiHandler create_root(TableId id) {
  return create_by([id](ApiCore& core, const HttpRequest&, Command command, const Json& body) {
    command.table = id;
    command.stream = library_stream;
    Result<RowInput> row = parse_row(*find_table(id), body);
    return id == table::productions ? create_production(core, std::move(command), std::move(row))
                                    : create(core, std::move(command), std::move(row));
  });
}

// POST /api/productions/{id}/sources
ApiHandler create_in_production(TableId id) {
  return create_by([id](ApiCore& core, const HttpRequest& request, Command command,
                        const Json& body) -> Result<Outcome> {
    TRY_ASSIGN(RecordId production, path_id(request));
    command.table = id;
    command.stream = StreamId{production.uuid};
    return create(core, std::move(command), parse_row(*find_table(id), body));
  });
}

// --- POST /api/connections: the production stands in the body -----------------------------------

Error add_field(Result<RowInput>& row, Error fault) {
  if (row.ok()) return fault;
  Error both = std::move(row).error();
  for (FieldError& field : fault.fields) both.fields.push_back(std::move(field));
  return both;
}

// Faults of production_id itself, which parse_row reports where the text is no UUID.
std::optional<Error> production_fault(const Moment& moment, const Json& body) {
  const Json* named = body.find("production_id");
  if (!named || named->is(Json::Kind::null))
    return field_error("/production_id", "required", "must be the id of a production");
  auto id = RecordId::parse(named->text);
  if (!named->is(Json::Kind::text) || !id) return std::nullopt;
  Result<ServedRow> production = read_row(moment, table::productions, *id, false);
  if (production.ok()) return std::nullopt;
  if (production.error().code != ErrorCode::not_found && production.error().code != ErrorCode::gone)
    return production.error();
  return field_error("/production_id", "reference", "there is no production " + id->to_string());
}

// A null id is as good as a missing one, and is reported as that.
Json without_null_production(Json body) {
  std::erase_if(body.members, [](const auto& member) {
    return member.first == "production_id" && member.second.is(Json::Kind::null);
  });
  return body;
}

Result<Outcome> create_connection(ApiCore& core, const HttpRequest&, Command command,
                                  const Json& body) {
  const Table& table = *find_table(table::connections);
  Result<RowInput> row = parse_row(table, without_null_production(body));
  if (!body.is(Json::Kind::object)) return std::move(row).error();
  if (auto fault = production_fault(Moment(core), body)) return add_field(row, *std::move(fault));
  const Json* named = body.find("production_id");
  auto production = Uuid::parse(named->text);
  if (!production) return std::move(row).error();
  command.table = table.id;
  command.stream = StreamId{*production};
  return create(core, std::move(command), std::move(row));
}

// --- update, delete, restore --------------------------------------------------------------------

// Finds the row's stream. ERRORS: not_found.
Result<void> locate(ApiCore& core, const HttpRequest& request, TableId table, Command& command) {
  TRY_ASSIGN(RecordId id, path_id(request));
  command.table = table;
  command.record = id;
  Moment moment(core);
  TRY_ASSIGN(std::optional<StreamId> stream, find_stream(moment.reader(), table, id));
  if (!stream) {
    return Error{ErrorCode::not_found, "there is no row of " +
                                           std::string(find_table(table)->name) + " with the id " +
                                           id.to_string() + " on this node"};
  }
  command.stream = *stream;
  return {};
}

Result<Outcome> update(ApiCore& core, Command command, const Json& body, bool is_patch) {
  Result<RowInput> row = parse_row(*find_table(command.table), body);
  if (!row.ok()) return first_fault(core, command, std::move(row).error());
  command.row = *std::move(row);
  if (!is_patch) return execute_row(core, std::move(command));
  return execute_row(core, std::move(command), [&](const Reader& reader, Command& ready) {
    return patch_opaque_columns(reader, core.parts.engine.log(), body, ready);
  });
}

// A route on one row: `step` gets the command with its row found.
using RowStep = std::function<Result<Outcome>(ApiCore&, const HttpRequest&, Command)>;

ApiHandler on_row(CommandKind kind, TableId table, RowStep step) {
  return [=](ApiCore& core, const HttpRequest& request) -> Result<HttpResponse> {
    TRY_ASSIGN(RecordId id, path_id(request));
    bool may_conflict = !request.header("Prefer").empty();
    return run_write(core, request, kind,
                     {.carry_out = [&](Command command) -> Result<Outcome> {
                        return step(core, request, std::move(command));
                      },
                      .answer =
                          [&](const Outcome& outcome) {
                            return updated_row(core, {table, id}, outcome, may_conflict);
                          }});
  };
}

ApiHandler update_of(TableId table, BodyRule rule) {
  return on_row(CommandKind::update, table,
                [=](ApiCore& core, const HttpRequest& request, Command command) -> Result<Outcome> {
                  TRY_ASSIGN(Json body, read_body(request, rule));
                  TRY(locate(core, request, table, command));
                  return update(core, std::move(command), body, rule == BodyRule::merge_patch);
                });
}

// DELETE and restore: nothing in the body.
ApiHandler bodyless(CommandKind kind, TableId table) {
  return on_row(kind, table,
                [=](ApiCore& core, const HttpRequest& request, Command command) -> Result<Outcome> {
                  Result<Json> body = read_body(request, BodyRule::none);
                  if (!body.ok() && body.error().code == ErrorCode::bad_request)
                    return std::move(body).error();
                  TRY(locate(core, request, table, command));
                  if (!body.ok()) return first_fault(core, command, std::move(body).error());
                  return execute(core, std::move(command));
                });
}

}  // namespace

namespace {

void add_create(Router& router, ApiCore& core, std::string pattern, std::string name, TableId id,
                ApiHandler handler) {
  const Table& table = *find_table(id);
  add_route(router, core,
            {.method = "POST",
             .pattern = std::move(pattern),
             .name = std::move(name),
             .tag = tag_of(table),
             .summary = "Create a row of " + std::string(table.name) +
                        "; 200 where the same id with the same content is there",
             .body = BodyRule::json,
             .takes = component_name(table) + "New",
             .headers = edit_headers,
             .gives = {{201, component_name(table), {"ETag", "Location"}},
                       {200, component_name(table), {"ETag"}}},
             .problems = {"gone", "already-exists", "busy", "precondition-failed",
                          "idempotency-mismatch", "production-locked"},
             .handler = std::move(handler)});
}

// PUT and PATCH.
void add_update(Router& router, ApiCore& core, const Table& table, BodyRule rule) {
  bool is_patch = rule == BodyRule::merge_patch;
  std::string collection(table.collection), name = component_name(table);
  add_route(router, core,
            {.method = is_patch ? "PATCH" : "PUT",
             .pattern = "/api/" + collection + "/{id}",
             .name = (is_patch ? "patch_" : "put_") + collection,
             .tag = tag_of(table),
             .summary = is_patch ? "Change columns; JSON columns are merged key by key"
                                 : "Change the columns that are named",
             .body = rule,
             .takes = name + "Edit",
             .headers = version_headers,
             .gives = {{200, name, {"ETag"}}, {202, name, {"ETag", "Location"}}},
             .problems = {"gone", "field-conflict", "already-exists", "busy", "precondition-failed",
                          "idempotency-mismatch", "production-locked"},
             .handler = update_of(table.id, rule)});
}

// DELETE and restore.
void add_life(Router& router, ApiCore& core, const Table& table, CommandKind kind) {
  bool removes = kind == CommandKind::remove;
  std::string collection(table.collection);
  add_route(router, core,
            {.method = removes ? "DELETE" : "POST",
             .pattern = "/api/" + collection + "/{id}" + (removes ? "" : "/restore"),
             .name = (removes ? "delete_" : "restore_") + collection,
             .tag = tag_of(table),
             .summary = removes ? "Delete; what is left is a tombstone" : "Bring it back",
             .headers = version_headers,
             .gives = {{200, component_name(table), {"ETag"}}},
             .problems = {"gone", "field-conflict", "busy", "precondition-failed",
                          "idempotency-mismatch", "production-locked"},
             .handler = bodyless(kind, table.id)});
}

}  // namespace

void add_write_routes(Router& router, ApiCore& core) {
  add_create(router, core, "/api/productions", "create_production", table::productions,
             create_root(table::productions));
  add_create(router, core, "/api/equipment", "create_equipment", table::equipment_specs,
             create_root(table::equipment_specs));
  add_create(router, core, "/api/productions/{id}/sources", "create_source", table::sources,
             create_in_production(table::sources));
  add_create(router, core, "/api/productions/{id}/sends", "create_send", table::sends,
             create_in_production(table::sends));
  add_create(router, core, "/api/productions/{id}/attachments", "create_attachment",
             table::attachments, create_in_production(table::attachments));
  add_create(router, core, "/api/connections", "create_connection", table::connections,
             create_by(create_connection));
  for (TableId id : written_tables) {
    const Table& table = *find_table(id);
    add_update(router, core, table, BodyRule::json);
    add_update(router, core, table, BodyRule::merge_patch);
    add_life(router, core, table, CommandKind::remove);
    add_life(router, core, table, CommandKind::restore);
  }
}

}  // namespace genlock::http
