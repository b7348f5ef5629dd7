// Reading rows: lists, single rows, a whole show (docs/api.md, section 4).
#include "http/api_core.h"
#include "http/api_problem.h"
#include "http/as_of.h"
#include "http/query.h"
#include "http/shapes.h"

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
  const auto list = [&](std::string pattern, TableId id, ApiHandler handler) {
    const Table& table = *find_table(id);
    std::string collection(table.collection);
    add_route(router, core,
              {.method = "GET",
               .pattern = std::move(pattern),
               .name = "list_" + collection,
               .tag = tag_of(table),
               .summary = "List " + collection,
               .parameters = {"as_of"},
               .is_list = true,
               .filters = shape_of(table),
               .gives = {{200, "[" + component_name(table) + "]", {"Link"}}},
               .problems = {"gone"},
               .handler = std::move(handler)});
  };
  const auto row = [&](TableId id, std::string name) {
    const Table& table = *find_table(id);
    std::string pattern = "/api/" + std::string(table.collection) + "/{id}";
    bool has_whole = id == table::productions;
    std::vector<std::string_view> parameters{"deleted", "as_of"};
    if (has_whole) parameters.emplace_back("include");
    add_route(
        router, core,
        {.method = "GET",
         .pattern = std::move(pattern),
         .name = std::move(name),
         .tag = tag_of(table),
         .summary = has_whole ? "Read a show, alone or with all its rows" : "Read one row",
         .parameters = std::move(parameters),
         .gives = {{200, component_name(table) + (has_whole ? "|WholeProduction" : ""), {"ETag"}}},
         .problems = {"gone"},
         .handler = has_whole ? production : row_of(id)});
  };
  list("/api/productions", table::productions,
       list_of(table::productions, {{}, PastReader::Part::productions}));
  list("/api/equipment", table::equipment_specs,
       list_of(table::equipment_specs, {library_stream, PastReader::Part::all}));
  row(table::productions, "get_production");
  row(table::equipment_specs, "get_equipment");
  for (TableId id : {table::sources, table::sends, table::connections, table::attachments}) {
    std::string collection(find_table(id)->collection);
    list("/api/productions/{id}/" + collection, id, list_of_production(id));
    row(id, "get_" + collection);
  }
}

}  // namespace genlock::http
