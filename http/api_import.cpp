// POST /api/import: a file as `genlock import` takes it, from a browser (docs/api.md, section 12).
#include "http/api_problem.h"
#include "http/inner_client.h"
#include "http/person.h"
#include "http/query.h"
#include "http/rehearsal.h"
#include "http/sync_status_json.h"
#include "transfer/csv_table.h"
#include "transfer/import.h"

namespace genlock::http {
namespace {

using transfer::CsvOptions;
using transfer::ImportFile;
using transfer::ImportOptions;
using transfer::ImportReport;

constexpr int more_clients = 3;  // writes that come together are synced to the disk together

// A name for people, else the id that was sent.
std::string name_of(const Person& person) {
  if (!person.user.empty() || person.user_id.is_nil()) return person.user;
  return person.user_id.to_string();
}

Error with_parameter(std::string_view parameter, const Error& error) {
  return bad_parameter(parameter, "format", error.message);
}

Result<CsvOptions> csv_options(const HttpRequest& request) {
  const Parameters& parameters = request.query_parameters;
  CsvOptions options;
  auto table = transfer::csv_table(parameters.get("table"));
  if (!table.ok()) return with_parameter("table", table.error());
  options.table = *table;
  auto columns = transfer::read_csv_map(parameters.get("map"));
  if (!columns.ok()) return with_parameter("map", columns.error());
  options.columns = *std::move(columns);
  if (options.table->parent != table::productions) return options;
  auto production = RecordId::parse(parameters.get("production_id"));
  if (!production)
    return bad_parameter("production_id", "format", "must be the id of the show they belong to");
  options.production = *production;
  return options;
}

Result<ImportFile> read_file(const HttpRequest& request) {
  std::string name(request.query_parameters.get("name"));
  if (name.empty()) name = "the file";
  if (is_csv(request)) {
    TRY_ASSIGN(CsvOptions options, csv_options(request));
    return transfer::read_csv(name, request.body, options);
  }
  for (const char* parameter : {"table", "production_id", "map"})
    if (request.query_parameters.find(parameter))
      return bad_parameter(parameter, "unknown", "goes with Content-Type: text/csv");
  return transfer::parse_import_file(name, request.body);
}

Result<ImportReport> rehearse(ApiCore& core, const ImportFile& file, const ImportOptions& options) {
  Rehearsal rehearsal(core.parts);
  return transfer::import_files(rehearsal.client(), {file}, options);
}

Result<ImportReport> import_now(const Router& router, const ImportFile& file,
                                const ImportOptions& options) {
  InnerClient client(router, "this node", more_clients);
  return transfer::import_files(client, {file}, options);
}

// Tells the end of a job when it goes, with the work itself: by then the next import may begin.
struct Ending {
  Ending(ApiCore& of, const Uuid& job) : core(of), id(job) {}
  ~Ending() { core.jobs->finish(id, outcome, result); }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

  ApiCore& core;
  const Uuid id;
  Result<void> outcome;
  std::string result;
};

// On the import's own thread.
void run_import(ApiCore& core, const Router& router, const ImportFile& file, ImportOptions options,
                const Job& job, Ending& ending) {
  options.connections = more_clients + 1;
  options.cancelled = job.stop.get_token();
  options.on_progress = [&](std::uint64_t done, std::uint64_t total) {
    core.jobs->advance(job.id, done, total);
  };
  Result<ImportReport> report =
      options.dry_run ? rehearse(core, file, options) : import_now(router, file, options);
  if (report.ok())
    ending.result = dump(transfer::to_json(*report));
  else
    ending.outcome = report.error();
}

HttpResponse busy(const HttpRequest& request) {
  return problem_answer(request,
                        make_problem("busy", "the node is importing another file: one at a time"));
}

Result<HttpResponse> begin_import(ApiCore& core, const Router& router, const HttpRequest& request) {
  ImportOptions options;
  TRY_ASSIGN(options.dry_run, flag_parameter(request.query_parameters, "dry_run"));
  TRY_ASSIGN(options.update, flag_parameter(request.query_parameters, "update"));
  TRY_ASSIGN(Person person, read_person(request.headers));
  options.user = name_of(person);
  if (!person.device.empty()) options.device = person.device;
  ImportWork::Turn turn = core.import_work.take();
  if (!turn) return busy(request);
  TRY_ASSIGN(ImportFile file, read_file(request));
  TRY_ASSIGN(Job job, core.jobs->add(JobKind::import, {}));
  core.import_work.begin(std::move(turn), job.stop,
                         [&core, &router, file = std::move(file), options = std::move(options), job,
                          ending = std::make_shared<Ending>(core, job.id)] {
                           run_import(core, router, file, options, job, *ending);
                         });
  return job_answer(core, job);
}

}  // namespace

void add_import_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/import",
             .name = "import",
             .tag = "Shows",
             .summary = "Take a file: shows, equipment, the old app's storage, a CSV list",
             .body = BodyRule::import_file,
             .takes = "json",
             .parameters = {"dry_run", "update", "table", "production_id", "map", "name"},
             .headers = edit_headers,
             .gives = {{202, "Job", {"Location"}}},
             .problems = {"busy", "idempotency-mismatch"},
             .handler = [&router](ApiCore& c, const HttpRequest& request) {
               return begin_import(c, router, request);
             }});
}

}  // namespace genlock::http
