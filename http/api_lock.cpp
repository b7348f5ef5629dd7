// Locking a production to this node, and freeing it (docs/api.md, section 8).
#include "http/query.h"
#include "http/write_request.h"
#include "projections/time_text.h"

namespace genlock::http {
namespace {

struct LockBody {
  std::string reason;
  UnixMs until_ms = 0;
};

Result<LockBody> read_lock(const Json& json) {
  TRY(check_members(json, {"reason", "until"}));
  LockBody lock;
  TRY_ASSIGN(std::optional<std::string> reason, text_member(json, "reason"));
  TRY_ASSIGN(std::optional<std::string> until, text_member(json, "until"));
  lock.reason = reason.value_or("");
  if (!until) return lock;
  auto ms = parse_time(*until);
  if (!ms || *ms <= 0)
    return field_error("/until", "format", "must be a time like 2026-11-22T18:42:03Z, or null");
  lock.until_ms = *ms;
  return lock;
}

// Without ?override=true only the holder's node frees it. Who overrides says why.
Result<void> read_override(const Parameters& parameters, Command& command) {
  TRY_ASSIGN(command.override_lock, flag_parameter(parameters, "override"));
  command.reason = parameters.get("reason");
  if (command.override_lock && command.reason.empty())
    return bad_parameter("reason", "required", "must say why the lock is overridden");
  return {};
}

Result<Outcome> lock(ApiCore& core, const HttpRequest& request, Command command) {
  TRY_ASSIGN(Json body, read_body(request, BodyRule::optional));
  Result<LockBody> wanted = read_lock(body);
  if (!wanted.ok()) return first_fault(core, command, std::move(wanted).error());
  command.reason = wanted->reason;
  command.until_ms = wanted->until_ms;
  if (core.parts.backups) core.parts.backups->before_lock();
  return execute(core, std::move(command));
}

Result<Outcome> unlock(ApiCore& core, const HttpRequest& request, Command command) {
  TRY(read_override(request.query_parameters, command));
  Result<Json> body = read_body(request, BodyRule::none);
  if (!body.ok() && body.error().code == ErrorCode::bad_request) return std::move(body).error();
  if (!body.ok()) return first_fault(core, command, std::move(body).error());
  return execute(core, std::move(command));
}

using LockStep = Result<Outcome> (*)(ApiCore&, const HttpRequest&, Command);

ApiHandler on_lock(CommandKind kind, LockStep step) {
  return [=](ApiCore& core, const HttpRequest& request) -> Result<HttpResponse> {
    TRY_ASSIGN(RecordId id, path_id(request));
    return run_write(core, request, kind,
                     {.carry_out = [&](Command command) -> Result<Outcome> {
                        command.table = table::productions;
                        command.record = id;
                        command.stream = StreamId{id.uuid};
                        return step(core, request, std::move(command));
                      },
                      .answer = [&](const Outcome&) -> Result<HttpResponse> {
                        TRY_ASSIGN(ServedRow row,
                                   read_row(Moment(core), table::productions, id, true));
                        return row_answer(std::move(row));
                      }});
  };
}

const std::vector<std::string_view> lock_problems{"gone", "busy", "precondition-failed",
                                                  "idempotency-mismatch", "production-locked"};

}  // namespace

void add_lock_routes(Router& router, ApiCore& core) {
  constexpr const char* pattern = "/api/productions/{id}/lock";
  add_route(router, core,
            {.method = "POST",
             .pattern = pattern,
             .name = "lock",
             .tag = "Shows",
             .summary = "Lock the show to this node, or renew the lock",
             .body = BodyRule::optional,
             .takes = "LockWish",
             .headers = edit_headers,
             .gives = {{200, "Production", {"ETag"}}},
             .problems = lock_problems,
             .handler = on_lock(CommandKind::lock, lock)});
  add_route(router, core,
            {.method = "DELETE",
             .pattern = pattern,
             .name = "unlock",
             .tag = "Shows",
             .summary = "Free the lock; elsewhere than at its holder with override and a reason",
             .parameters = {"override", "reason"},
             .headers = edit_headers,
             .gives = {{200, "Production", {"ETag"}}},
             .problems = lock_problems,
             .handler = on_lock(CommandKind::unlock, unlock)});
}

}  // namespace genlock::http
