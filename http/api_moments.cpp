// POST /api/productions/{id}/moments: a name for what a show is now (docs/api.md, section 10). A
// moment is an event that changes no row: its id is an as_of.
#include "engine/event_codec.h"
#include "http/api_core.h"
#include "http/request_body.h"
#include "http/write_request.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

namespace genlock::http {
namespace {

Result<std::string> read_name(const Json& body) {
  TRY(check_members(body, {"name"}));
  TRY_ASSIGN(std::optional<std::string> name, text_member(body, "name"));
  return name.value_or("");
}

Result<Outcome> carry_out(ApiCore& core, const HttpRequest& request, Command command) {
  TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
  TRY_ASSIGN(RecordId production, path_id(request));
  command.table = table::productions;
  command.record = production;
  command.stream = StreamId{production.uuid};
  Result<std::string> name = read_name(body);
  if (!name.ok()) return first_fault(core, command, std::move(name).error());
  command.reason = *std::move(name);
  return execute(core, std::move(command));
}

Result<HttpResponse> answer(ApiCore& core, const Outcome& outcome) {
  Moment now(core);
  TRY_ASSIGN(StoredEvent stored, now.context().log.read(now.reader(), *outcome.event));
  TRY_ASSIGN(Event event, decode_stored(stored));
  using transfer::json_text;
  return json_answer(
      dump(transfer::json_object({{"event", json_text(outcome.event->to_string())},
                                  {"name", json_text(event.operations.front().comment)},
                                  {"at", json_text(format_time(event.wall_ms))}})));
}

}  // namespace

void add_moment_routes(Router& router, ApiCore& core) {
  const auto name_moment = [](ApiCore& c, const HttpRequest& request) {
    return run_write(
        c, request, CommandKind::moment,
        {.carry_out = [&](Command command) { return carry_out(c, request, std::move(command)); },
         .answer = [&](const Outcome& outcome) { return answer(c, outcome); }});
  };
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/productions/{id}/moments",
             .name = "name_moment",
             .tag = "History",
             .summary = "Name what the show is now, to come back to",
             .body = BodyRule::json,
             .takes = "MomentName",
             .headers = edit_headers,
             .gives = {{200, "NamedMoment"}},
             .problems = {"gone", "busy", "idempotency-mismatch", "production-locked"},
             .handler = name_moment});
}

}  // namespace genlock::http
