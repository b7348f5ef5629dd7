// Many writes of a production as one event (docs/api.md, section 6).
#include "engine/decide.h"
#include "engine/event_codec.h"
#include "http/api_problem.h"
#include "http/batch_body.h"
#include "http/write_request.h"
#include "projections/json_text.h"

#include <set>

namespace genlock::http {
namespace {

Result<Outcome> carry_out(ApiCore& core, Command command, const Json& body) {
  Result<BatchBody> batch = read_batch(body, command.stream, core.parts.engine.log());
  if (!batch.ok()) return first_fault(core, command, std::move(batch).error());
  command.label = std::move(batch->label);
  command.steps = std::move(batch->steps);
  return execute(core, std::move(command));
}

// --- the answer ---------------------------------------------------------------------------------

int status_of(const Outcome& step) {
  if (step.created) return 201;
  return step.pending_conflict ? 202 : 200;
}

Result<HttpResponse> results(ApiCore& core, const Outcome& outcome) {
  Moment moment(core);
  std::string json = "{\"event\":";
  outcome.event ? append_json_string(json, outcome.event->to_string()) : void(json += "null");
  json += ",\"results\":[";
  bool is_first = true;
  for (const Outcome& step : outcome.steps) {
    TRY_ASSIGN(std::optional<ServedRow> row,
               get_row(moment.context(), outcome.stream, step.record, step.merged));
    if (!row) return Error{ErrorCode::corruption, "a row that was written can't be read"};
    json += is_first ? "{\"status\":" : ",{\"status\":";
    json += std::to_string(status_of(step)) + ",\"row\":" + row->json + "}";
    is_first = false;
  }
  return json_answer(json + "]}");
}

// --- the same batch again -----------------------------------------------------------------------

// The rows that an event made or brought back.
Result<std::set<RecordKey>> created_by(ApiCore& core, const EventId& id) {
  Moment moment(core);
  TRY_ASSIGN(StoredEvent stored, moment.context().log.read(moment.reader(), id));
  TRY_ASSIGN(Event event, decode_stored(stored));
  std::set<RecordKey> created;
  for (const Operation& operation : event.operations)
    if (operation.kind == OperationKind::create || operation.kind == OperationKind::restore)
      created.insert({operation.table, operation.record});
  return created;
}

// What the steps came to the first time, told from the event and the same body.
Result<Outcome> first_time(ApiCore& core, const HttpRequest& request, Outcome outcome) {
  TRY_ASSIGN(Command command, read_command(request, CommandKind::batch));
  TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
  TRY_ASSIGN(BatchBody batch, read_batch(body, outcome.stream, core.parts.engine.log()));
  TRY_ASSIGN(std::set<RecordKey> created, created_by(core, *outcome.event));
  for (Command& step : batch.steps) {
    step.command_key = command.command_key;
    Outcome& one = outcome.steps.emplace_back();
    one.record = {step.table, id_for_create(step, core.parts.clock.now(), core.parts.random)};
    one.created = step.kind == CommandKind::create && created.erase(one.record) > 0;
    if (step.kind == CommandKind::remove) created.insert(one.record);
    if (step.base_version && command.record_conflict) {
      TRY_ASSIGN(one.pending_conflict, conflict_of(core, one.record, *outcome.event));
    }
  }
  return outcome;
}

Result<HttpResponse> answer_batch(ApiCore& core, const HttpRequest& request) {
  WriteSteps steps;
  Json body;  // the command's steps look into it
  steps.carry_out = [&](Command command) -> Result<Outcome> {
    TRY_ASSIGN(body, read_body(request, BodyRule::json));
    TRY_ASSIGN(RecordId production, path_id(request));
    command.table = table::productions;
    command.record = production;
    command.stream = StreamId{production.uuid};
    return carry_out(core, std::move(command), body);
  };
  steps.answer = [&](const Outcome& outcome) -> Result<HttpResponse> {
    if (!outcome.replayed) return results(core, outcome);
    TRY_ASSIGN(Outcome first, first_time(core, request, outcome));
    return results(core, first);
  };
  return run_write(core, request, CommandKind::batch, steps);
}

}  // namespace

void add_batch_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/productions/{id}/batch",
             .name = "batch",
             .tag = "Shows",
             .summary = "Many writes as one event: all of them, or none",
             .body = BodyRule::json,
             .takes = "Batch",
             .headers = {"Genlock-User", "Genlock-Device", "Prefer"},
             .gives = {{200, "BatchResult"}},
             .problems = {"gone", "field-conflict", "already-exists", "busy", "precondition-failed",
                          "idempotency-mismatch", "production-locked"},
             .handler = answer_batch});
}

}  // namespace genlock::http
