// What happened to a show or to a row (docs/api.md, section 10), compacted or not.
#include "http/api_problem.h"
#include "http/query.h"

namespace genlock::http {
namespace {

Result<ListOptions> read_options(const HttpRequest& request) {
  TRY_ASSIGN(ListOptions options, read_list_options(history_fields(), request));
  if (!request.query_parameters.find("limit")) options.limit = default_history_limit;
  return options;
}

// The log with what was compacted put back; null: it has all, or what it lacks can't be had. Then
// the history says where it begins.
std::unique_ptr<Reader> whole_log(ApiCore& core, const Reader& reader, StreamId stream) {
  const Result<VersionVector> floor = core.parts.engine.log().floor(reader, stream);
  if (!core.parts.whole_log || !floor.ok() || floor->empty()) return nullptr;
  Result<std::unique_ptr<Reader>> whole = core.parts.whole_log->whole(reader, stream);
  return whole.ok() ? *std::move(whole) : nullptr;
}

Result<HttpResponse> history(ApiCore& core, const HttpRequest& request, TableId table) {
  TRY_ASSIGN(ListOptions options, read_options(request));
  TRY_ASSIGN(RecordId id, path_id(request));
  Moment moment(core);
  TRY_ASSIGN(ServedRow row, read_row(moment, table, id, true));
  std::optional<RecordKey> record;
  if (table != table::productions) record = row.key;
  TRY_ASSIGN(auto turn, core.folding.take());
  const std::unique_ptr<Reader> whole = whole_log(core, moment.reader(), row.stream);
  const ReadContext& now = moment.context();
  const ReadContext context{whole ? *whole : now.reader, now.log, now.now_ms};
  TRY_ASSIGN(ServedList list, list_history(context, row.stream, record, options, core.history));
  return list_answer(request, std::move(list));
}

}  // namespace

void add_history_routes(Router& router, ApiCore& core) {
  for (const Table& table : tables()) {
    if (table.collection.empty()) continue;
    std::string name(table.collection);
    add_route(router, core,
              {.method = "GET",
               .pattern = "/api/" + name + "/{id}/history",
               .name = "history_" + name,
               .tag = "History",
               .summary = table.id == table::productions
                              ? "What happened to a show, newest first"
                              : "What happened to a row of " + std::string(table.name),
               .is_list = true,
               .filters = history_fields(),
               .gives = {{200, "[HistoryItem]", {"Link"}}},
               .problems = {"overloaded"},
               .handler = [id = table.id](ApiCore& c, const HttpRequest& request) {
                 return history(c, request, id);
               }});
  }
}

}  // namespace genlock::http
