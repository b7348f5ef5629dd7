// Asking for sync, and watching it (docs/api.md, section 9).
#include "http/api_problem.h"
#include "http/catalog.h"
#include "http/query.h"
#include "http/sync_status_json.h"
#include "projections/sync_log.h"

namespace genlock::http {
namespace {

bool has_peer(const ApiCore& core) { return core.parts.sync && core.parts.sync->has_peer(); }

HttpResponse no_peer(const HttpRequest& request) {
  return problem_answer(request, make_problem("no-peer",
                                              "this node was started without --peer, so there is "
                                              "nobody to sync with"));
}

Result<HttpResponse> status(ApiCore& core, const HttpRequest&) {
  TRY_ASSIGN(std::string json, sync_status_json(core));
  return json_answer(std::move(json));
}

// --- jobs ---------------------------------------------------------------------------------------

// A show that came whole is worth a backup.
void note_done(const std::shared_ptr<JobRegistry>& jobs, const Job& job, Backups* backups,
               const Result<void>& outcome) {
  jobs->finish(job.id, outcome);
  if (outcome.ok() && job.kind == JobKind::download && backups) backups->after_download();
}

SyncProgress progress_of(const ApiCore& core, const Job& job) {
  return {
      .advance = [jobs = core.jobs, id = job.id](
                     std::uint64_t done, std::uint64_t total) { jobs->advance(id, done, total); },
      .finished = [jobs = core.jobs, job, backups = core.parts.backups](
                      const Result<void>& outcome) { note_done(jobs, job, backups, outcome); },
      .cancelled = job.stop.get_token()};
}

JobKind kind_of(SyncWork work) {
  switch (work) {
    case SyncWork::download:
      return JobKind::download;
    case SyncWork::upload:
      return JobKind::upload;
    case SyncWork::sync:
      break;
  }
  return JobKind::sync;
}

Result<HttpResponse> start_job(ApiCore& core, const SyncWish& wish) {
  TRY_ASSIGN(Job job, core.jobs->add(kind_of(wish.work), wish.production));
  Result<void> begun = core.parts.sync->begin(wish, progress_of(core, job));
  if (!begun.ok()) {
    core.jobs->finish(job.id, begun);
    return std::move(begun).error();
  }
  return job_answer(core, job);
}

Result<HttpResponse> known_job(ApiCore& core, const std::optional<Job>& job) {
  if (job) return json_answer(job_json(*job, core.parts.clock.now()));
  return Error{ErrorCode::not_found,
               "there is no such job; they are remembered for a day, and until a restart"};
}

Result<HttpResponse> get_job(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(RecordId id, path_id(request));
  return known_job(core, core.jobs->find(id.uuid));
}

Result<HttpResponse> cancel_job(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(RecordId id, path_id(request));
  return known_job(core, core.jobs->cancel(id.uuid));
}

// --- what can be asked for ----------------------------------------------------------------------

Result<HttpResponse> download(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(RecordId production, path_id(request));
  if (!has_peer(core)) return no_peer(request);
  return start_job(core, {SyncWork::download, StreamId{production.uuid}});
}

Result<HttpResponse> upload(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(RecordId production, path_id(request));
  TRY(read_row(Moment(core), table::productions, production, true));
  if (!has_peer(core)) return no_peer(request);
  return start_job(core, {SyncWork::upload, StreamId{production.uuid}});
}

Result<HttpResponse> sync_now(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  if (!has_peer(core)) return no_peer(request);
  return start_job(core, {SyncWork::sync, std::nullopt});
}

Result<HttpResponse> unsubscribe(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(RecordId production, path_id(request));
  TRY_ASSIGN(std::optional<ServedRow> row,
             get_row(Moment(core).context(), table::productions, production));
  bool was_subscribed = false;
  if (core.parts.sync) {
    TRY_ASSIGN(was_subscribed, core.parts.sync->unsubscribe(StreamId{production.uuid}));
  }
  // One that was asked for and has not come yet is known, too.
  if (row || was_subscribed) return status(core, request);
  return Error{ErrorCode::not_found, "there is no such production here, nor is it subscribed to"};
}

Result<HttpResponse> start(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  if (core.parts.sync) TRY(core.parts.sync->start());
  return status(core, request);
}

Result<HttpResponse> stop(ApiCore& core, const HttpRequest& request) {
  TRY(read_body(request, BodyRule::none));
  if (core.parts.sync) TRY(core.parts.sync->stop());
  return status(core, request);
}

Result<HttpResponse> log(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(ListOptions options, read_list_options(SyncLog::fields(), request));
  TRY_ASSIGN(ServedList entries, SyncLog::list(Moment(core).reader(), options));
  return list_answer(request, std::move(entries));
}

}  // namespace

void add_sync_routes(Router& router, ApiCore& core) {
  const auto add = [&](std::string method, std::string path, std::string name, std::string summary,
                       Reply reply, ApiHandler handler,
                       std::vector<std::string_view> problems = {}) {
    add_route(router, core,
              {.method = std::move(method),
               .pattern = "/api/sync/" + std::move(path),
               .name = std::move(name),
               .tag = "Sync",
               .summary = std::move(summary),
               .gives = {std::move(reply)},
               .problems = std::move(problems),
               .handler = std::move(handler)});
  };
  const Reply status_reply{200, "SyncStatus"}, job{200, "Job"}, begun{202, "Job", {"Location"}};
  add("GET", "status", "sync_status", "State, queue, peers, and each stream with its digest",
      status_reply, status);
  add("POST", "start", "sync_start", "Sync by itself from now on", status_reply, start);
  add("POST", "stop", "sync_stop", "Stop syncing", status_reply, stop);
  add("POST", "now", "sync_now", "Sync once, now", begun, sync_now, {"no-peer"});
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/sync/log",
             .name = "sync_log",
             .tag = "Sync",
             .summary = "What was exchanged and what went wrong, newest first",
             .is_list = true,
             .filters = SyncLog::fields(),
             .gives = {{200, "[SyncLogEntry]", {"Link"}}},
             .handler = log});
  add("GET", "jobs/{id}", "get_job", "How far a job is", job, get_job);
  add("DELETE", "jobs/{id}", "cancel_job", "Cancel a job; what was committed stays", job,
      cancel_job);
  add_catalog_routes(router, core);
  add("POST", "production/{id}/download", "download_production",
      "Fetch a show from the peer, and follow it from now on", begun, download, {"no-peer"});
  add("POST", "production/{id}/upload", "upload_production", "Send a show to the peer", begun,
      upload, {"no-peer"});
  add_compare_routes(router, core);
  add("DELETE", "production/{id}", "unsubscribe_production",
      "Follow a show no longer; its rows stay", status_reply, unsubscribe);
}

}  // namespace genlock::http
