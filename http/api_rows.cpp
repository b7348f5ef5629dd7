// Reading rows: lists, single rows, a whole show (docs/api.md, section 4).
#include "engine/attachments.h"
#include "http/api_core.h"
#include "http/api_problem.h"
#include "http/as_of.h"
#include "http/query.h"

namespace genlock::http {
namespace {

// Of `scope` everything, or what belongs to a production.
Result<HttpResponse> answer_list(const Moment& moment, const HttpRequest& request,
                                 const Table& table, StreamId scope, const ListOptions& options) {
  TRY_ASSIGN(ServedList list, list_rows(moment.context(), table, scope, options));
  return list_answer(request, std::move(list));
}

// Of all productions, or of the library.
ApiHandler list_of(TableId table_id, const PastScope& scope) {
  return [table_id, scope](ApiCore& core, const HttpRequest& request) -> Result<HttpResponse> {
    const Table& table = *find_table(table_id);
    TRY_ASSIGN(ListOptions options, read_list_options(shape_of(table), request, "as_of"));
    TRY_ASSIGN(Moment moment, moment_of(core, request, scope));
    return answer_list(moment, request, table, {}, options);
  };
}

ApiHandler list_of_production(TableId table_id) {
  return [table_id](ApiCore& core, const HttpRequest& request) -> Result<HttpResponse> {
    const Table& table = *find_table(table_id);
    TRY_ASSIGN(ListOptions options, read_list_options(shape_of(table), request, "as_of"));
    TRY_ASSIGN(RecordId production, path_id(request));
    TRY_ASSIGN(Moment moment, moment_of_row(core, request, table::productions, production));
    TRY(read_row(moment, table::productions, production, options.include_deleted));
    return answer_list(moment, request, table, StreamId{production.uuid}, options);
  };
}

ApiHandler row_of(TableId table) {
  return [table](ApiCore& core, const HttpRequest& request) -> Result<HttpResponse> {
    TRY_ASSIGN(bool gone_too, flag_parameter(request.query_parameters, "deleted"));
    TRY_ASSIGN(RecordId id, path_id(request));
    TRY_ASSIGN(Moment moment, moment_of_row(core, request, table, id));
    TRY_ASSIGN(ServedRow row, read_row(moment, table, id, gone_too));
    return row_answer(moment, std::move(row));
  };
}

// GET /api/productions/{id}?include=all: no ETag, because it is not the row alone.
Result<HttpResponse> whole_production(ApiCore& core, const HttpRequest& request, bool gone_too) {
  TRY_ASSIGN(RecordId id, path_id(request));
  TRY_ASSIGN(Moment moment, moment_of_row(core, request, table::productions, id));
  TRY(read_row(moment, table::productions, id, gone_too));
  TRY_ASSIGN(std::optional<ServedRow> whole, get_whole_production(moment.context(), id));
  if (!whole) return Error{ErrorCode::not_found, "there is no such production"};
  return json_answer(std::move(whole->json));
}

Result<HttpResponse> production(ApiCore& core, const HttpRequest& request) {
  const std::string* include = request.query_parameters.find("include");
  if (!include) return row_of(table::productions)(core, request);
  if (*include != "all") return bad_parameter("include", "enum", "must be all");
  TRY_ASSIGN(bool gone_too, flag_parameter(request.query_parameters, "deleted"));
  return whole_production(core, request, gone_too);
}

}  // namespace

void add_row_routes(Router& router, ApiCore& core) {
  const auto list = [&](std::string pattern, std::string name, ApiHandler handler) {
    add_route(router, core,
              {.method = "GET",
               .pattern = std::move(pattern),
               .name = std::move(name),
               .is_list = true,
               .handler = std::move(handler)});
  };
  const auto row = [&](std::string pattern, std::string name, ApiHandler handler,
                       std::vector<std::string_view> parameters = {"deleted", "as_of"}) {
    add_route(router, core,
              {.method = "GET",
               .pattern = std::move(pattern),
               .name = std::move(name),
               .parameters = std::move(parameters),
               .handler = std::move(handler)});
  };
  list("/api/productions", "list_productions",
       list_of(table::productions, {{}, PastReader::Part::productions}));
  list("/api/equipment", "list_equipment",
       list_of(table::equipment_specs, {library_stream, PastReader::Part::all}));
  row("/api/productions/{id}", "get_production", production, {"deleted", "include", "as_of"});
  row("/api/equipment/{id}", "get_equipment", row_of(table::equipment_specs));
  for (TableId id : {table::sources, table::sends, table::connections, table::attachments}) {
    std::string name(find_table(id)->collection);
    list("/api/productions/{id}/" + name, "list_" + name, list_of_production(id));
    row("/api/" + name + "/{id}", "get_" + name, row_of(id));
  }
}

}  // namespace genlock::http
