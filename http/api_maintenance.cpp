// Checking and mending a node while it runs (docs/api.md, section 11): jobs like those of sync.
#include "http/api_problem.h"
#include "http/job_progress.h"
#include "http/sync_status_json.h"

namespace genlock::http {
namespace {

JobKind kind_of(Upkeep work) { return work == Upkeep::verify ? JobKind::verify : JobKind::rebuild; }

HttpResponse busy(const HttpRequest& request) {
  return problem_answer(request, make_problem("busy",
                                              "the node is being verified or rebuilt "
                                              "already: one at a time"));
}

Result<HttpResponse> begin(ApiCore& core, const HttpRequest& request, Upkeep work) {
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(Job job, core.jobs->add(kind_of(work)));
  Result<bool> begun = core.parts.maintenance->begin(
      work,
      progress_of<UpkeepProgress>(core, job, [](const Error&) { return std::string_view(); }));
  if (!begun.ok()) {
    core.jobs->finish(job.id, begun.error());
    return std::move(begun).error();
  }
  if (!*begun) {
    core.jobs->forget(job.id);
    return busy(request);
  }
  return job_answer(core, job);
}

bool is_write(const HttpRequest& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

// Writes nothing, and a rebuild is among what it cancels.
bool cancels_job(const HttpRequest& request) {
  return request.method == "DELETE" && request.path.starts_with("/api/sync/jobs/");
}

}  // namespace

std::optional<HttpResponse> refused_while_rebuilding(const ApiCore& core,
                                                     const HttpRequest& request) {
  if (!core.parts.maintenance || !is_write(request) || cancels_job(request)) return std::nullopt;
  std::optional<int> percent = core.parts.maintenance->rebuilding_percent();
  if (!percent) return std::nullopt;
  return problem_answer(
      request,
      make_problem("not-ready", "the rows are being made anew, " + std::to_string(*percent) +
                                    "% are done; reading works, writing will again"));
}

void add_maintenance_routes(Router& router, ApiCore& core) {
  if (!core.parts.maintenance) return;
  const auto add = [&](std::string name, std::string summary, Upkeep work) {
    add_route(router, core,
              {.method = "POST",
               .pattern = "/api/maintenance/" + name,
               .name = name,
               .tag = "The node",
               .summary = std::move(summary),
               .gives = {{202, "Job", {"Location"}}},
               .problems = {"busy"},
               .handler = [work](ApiCore& c, const HttpRequest& request) {
                 return begin(c, request, work);
               }});
  };
  add("verify", "Check files, log and rows against each other", Upkeep::verify);
  add("rebuild", "Make all rows anew from the log", Upkeep::rebuild);
}

}  // namespace genlock::http
