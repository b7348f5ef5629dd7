#include "http/api_core.h"

#include "http/api_problem.h"
#include "http/person.h"
#include "http/query.h"

namespace genlock::http {
namespace {

bool is_read(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

Result<void> check_key(const HttpRequest& request) {
  const std::string* key = request.headers.find("Idempotency-Key");
  if (!key || is_read(request)) return {};
  if (request.headers.count("Idempotency-Key") == 1 && uuid_in_header(*key)) return {};
  return bad_parameter("Idempotency-Key", "format", "must be one UUID");
}

Result<HttpResponse> run(ApiCore& core, const ApiRoute& route, const HttpRequest& request) {
  TRY(check_key(request));
  if (!route.is_list) TRY(check_parameters(request.query_parameters, route.parameters));
  return route.handler(core, request);
}

HttpResponse answer(ApiCore& core, const ApiRoute& route, const HttpRequest& request) {
  if (!is_read(request))
    if (auto problem = check_body_form(request, route.body))
      return problem_answer(request, *problem);
  Result<HttpResponse> response = run(core, route, request);
  return response.ok() ? *std::move(response) : error_answer(core, request, response.error());
}

}  // namespace

void add_route(Router& router, ApiCore& core, ApiRoute given) {
  const ApiRoute& route = core.routes.emplace_back(std::move(given));
  router.add(route.method, route.pattern, route.name,
             [&](const HttpRequest& request) { return answer(core, route, request); });
}

std::string_view tag_of(const Table& table) {
  if (table.id == table::productions) return "Shows";
  return table.id == table::equipment_specs ? "Equipment" : "Rows";
}

HttpResponse json_answer(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

HttpResponse row_answer(ServedRow row, int status) {
  HttpResponse response = json_answer(std::move(row.json), status);
  response.headers.emplace_back("ETag", format(row.etag));
  return response;
}

HttpResponse row_answer(const Moment& moment, ServedRow row) {
  return moment.is_past() ? json_answer(std::move(row.json)) : row_answer(std::move(row));
}

HttpResponse list_answer(const HttpRequest& request, ServedList list) {
  HttpResponse response = json_answer(std::move(list.json));
  if (list.next_cursor)
    response.headers.emplace_back("Link", next_link(request, *list.next_cursor));
  return response;
}

std::string path_of(const RecordKey& key) {
  const Table* table = find_table(key.table);
  return "/api/" + std::string(table ? table->collection : "") + "/" + key.id.to_string();
}

Result<RecordId> path_id(const HttpRequest& request) {
  auto id = RecordId::parse(request.path_parameters.get("id"));
  if (id) return *id;
  return Error{ErrorCode::not_found, "ids are lower-case UUIDs; there is nothing under this one"};
}

Result<ServedRow> read_row(const Moment& moment, TableId table, RecordId id, bool gone_too) {
  TRY_ASSIGN(std::optional<ServedRow> row, get_row(moment.context(), table, id));
  if (!row) {
    return Error{ErrorCode::not_found,
                 "there is no row of " + std::string(find_table(table)->name) + " with the id " +
                     id.to_string() + (moment.is_past() ? " at that time" : " on this node")};
  }
  if (!row->visible() && !gone_too)
    return moment.is_past() ? gone_then_error(*row) : gone_error(*row);
  return *std::move(row);
}

}  // namespace genlock::http
