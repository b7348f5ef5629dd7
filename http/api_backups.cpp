// Backups of this node: asked for, listed, verified, removed (docs/api.md, section 11).
#include "http/api_problem.h"
#include "http/backups.h"
#include "http/job_progress.h"
#include "http/sync_status_json.h"
#include "projections/json_text.h"

namespace genlock::http {
namespace {

// What an error of the port is called on its way out; empty: as everywhere.
std::string_view problem_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::precondition:
      return "backup-place";
    case ErrorCode::too_large:
      return "disk-full";
    case ErrorCode::conflict:
      return "busy";
    case ErrorCode::corruption:
      return "damaged";
    default:
      return {};
  }
}

Result<HttpResponse> refused(const HttpRequest& request, const Error& error) {
  const std::string_view name = problem_of(error);
  if (name.empty()) return error;
  return problem_answer(request, make_problem(name, error.message));
}

Result<HttpResponse> list(ApiCore& core, const HttpRequest& request) {
  const auto entries = core.parts.backups->list();
  if (!entries.ok()) return refused(request, entries.error());
  std::string out = "[";
  for (const BackupEntry& entry : *entries) {
    if (out.size() > 1) out += ',';
    out += backup_json(entry);
  }
  return json_answer(out + ']');
}

// A job of `kind`, which `begin` starts.
template <class Begin>
Result<HttpResponse> start(ApiCore& core, const HttpRequest& request, JobKind kind, Begin begin) {
  TRY_ASSIGN(const Job job, core.jobs->add(kind));
  const Result<void> begun = begin(progress_of<BackupProgress>(core, job, problem_of));
  if (begun.ok()) return job_answer(core, job);
  core.jobs->forget(job.id);
  return refused(request, begun.error());
}

Result<HttpResponse> create(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  return start(core, request, JobKind::backup, [&](BackupProgress progress) {
    return core.parts.backups->begin_backup(std::move(progress));
  });
}

Result<HttpResponse> verify(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(const RecordId id, path_id(request));
  return start(core, request, JobKind::verify_backup, [&](BackupProgress progress) {
    return core.parts.backups->begin_verify(id.uuid, std::move(progress));
  });
}

Result<HttpResponse> remove(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(const RecordId id, path_id(request));
  const Result<void> removed = core.parts.backups->remove(id.uuid);
  if (!removed.ok()) return refused(request, removed.error());
  HttpResponse response;
  response.status = 204;
  return response;
}

}  // namespace

std::string backup_json(const BackupEntry& entry) {
  const auto time = [](std::optional<UnixMs> ms) {
    std::string out;
    append_json(out, ColumnType::time, ms ? Value{std::int64_t{*ms}} : Value{});
    return out;
  };
  std::string out = "{\"id\":" + json_string(entry.id.to_string());
  out += ",\"created_at\":" + time(entry.created_ms);
  out += ",\"reason\":" + json_string(entry.reason);
  out += ",\"size_bytes\":" + std::to_string(entry.size_bytes);
  out += ",\"added_bytes\":" + std::to_string(entry.added_bytes);
  out += ",\"events\":" + std::to_string(entry.events);
  out += ",\"status\":" + json_string(entry.status);
  out += ",\"verified_at\":" + time(entry.verified_ms);
  out += ",\"detail\":" + (entry.detail ? json_string(*entry.detail) : "null");
  return out + '}';
}

void add_backup_routes(Router& router, ApiCore& core) {
  if (!core.parts.backups) return;
  const auto add = [&](std::string method, std::string path, std::string name, std::string summary,
                       Reply reply, std::vector<std::string_view> problems, ApiHandler handler) {
    add_route(router, core,
              {.method = std::move(method),
               .pattern = "/api/backups" + std::move(path),
               .name = std::move(name),
               .tag = "The node",
               .summary = std::move(summary),
               .gives = {std::move(reply)},
               .problems = std::move(problems),
               .handler = std::move(handler)});
  };
  const Reply job{202, "Job", {"Location"}};
  add("GET", "", "backups", "Backups of this node, newest first", {200, "[Backup]"},
      {"backup-place", "damaged"}, list);
  add("POST", "", "create_backup", "Take a backup now", job, {"backup-place", "disk-full", "busy"},
      create);
  add("POST", "/{id}/verify", "verify_backup",
      "Restore a backup into a scratch place and compare it with what it was taken of", job,
      {"backup-place", "disk-full", "busy"}, verify);
  add("DELETE", "/{id}", "remove_backup", "Remove a backup; what others need stays", {204},
      {"backup-place", "busy"}, remove);
}

}  // namespace genlock::http
