// Who is in a production, and where (docs/api.md, section 10).
#include "http/api_problem.h"
#include "http/person.h"
#include "http/query.h"

namespace genlock::http {
namespace {

// A nested list is a place in its row, as a column is.
bool has_column(const Table& table, std::string_view name) {
  if (table.column(name)) return true;
  for (const Table* child : child_tables(table.id))
    if (child->nested && child->nested_name == name) return true;
  return false;
}

Result<Place> read_place(const Json& body) {
  TRY(check_members(body, {"table", "record_id", "column"}));
  TRY_ASSIGN(const auto table_name, text_member(body, "table"));
  TRY_ASSIGN(const auto record, text_member(body, "record_id"));
  TRY_ASSIGN(const auto column, text_member(body, "column"));
  Place place;
  if (!table_name) {
    if (record || column)
      return field_error("/table", "required", "says where record_id and column are");
    return place;
  }
  const Table* table = find_table(*table_name);
  if (!table || table->collection.empty())
    return field_error("/table", "enum", "must be the name of a table, such as sources");
  place.table = *table_name;
  if (record) {
    place.record = Uuid::parse(*record);
    if (!place.record || place.record->is_nil())
      return field_error("/record_id", "format", "must be a UUID in lower case, not the nil one");
  }
  if (column && !has_column(*table, *column))
    return field_error("/column", "unknown", "must be a column of " + place.table);
  place.column = column.value_or("");
  return place;
}

Result<StreamId> production_in(const ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const RecordId id, path_id(request));
  TRY(read_row(Moment(core), table::productions, id, false));
  return StreamId{id.uuid};
}

std::optional<std::chrono::seconds> too_often(ApiCore& core, const HttpRequest& request,
                                              const Person& by) {
  const auto now = std::chrono::steady_clock::now();
  if (auto wait = core.live.address_rate.refused(request.remote_ip, now)) return wait;
  const std::string key = request.remote_ip + "\n" + by.user_id.to_string() + "\n" + by.device;
  return core.live.person_rate.refused(key, now);
}

Error nobody_named() {
  return bad_parameter("Genlock-User", "required", "must say who is present");
}

Result<HttpResponse> put_presence(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const Person by, read_person(request.headers));
  TRY_ASSIGN(const Json body, read_body(request, BodyRule::optional));
  TRY_ASSIGN(const StreamId production, production_in(core, request));
  TRY_ASSIGN(const Place place, read_place(body));
  if (by.user_id.is_nil()) return nobody_named();
  if (auto wait = too_often(core, request, by))
    return rate_limited(request, *wait, "presence is told a few times a second at most");
  auto entry = core.live.presence.put(production, by, place, core.parts.clock.now());
  if (!entry) {
    const auto wait =
        std::chrono::duration_cast<std::chrono::seconds>(core.live.limits.presence_ms);
    return rate_limited(request, wait, "more people are present than a node keeps");
  }
  if (core.live.wake) core.live.wake(presence_topic);
  std::string json;
  append_presence(json, *entry, true);
  return json_answer(std::move(json));
}

// Answers with who is still there. Who was not there has left, too.
Result<HttpResponse> leave(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const Person by, read_person(request.headers));
  TRY(read_body(request, BodyRule::none));
  TRY_ASSIGN(const StreamId production, production_in(core, request));
  if (by.user_id.is_nil()) return nobody_named();
  if (auto wait = too_often(core, request, by))
    return rate_limited(request, *wait, "presence is told a few times a second at most");
  if (core.live.presence.leave(production, by) && core.live.wake) core.live.wake(presence_topic);
  return json_answer(
      presence_json(core.live.presence.of(production, core.parts.clock.now()), true));
}

Result<HttpResponse> get_presence(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(const StreamId production, production_in(core, request));
  return json_answer(
      presence_json(core.live.presence.of(production, core.parts.clock.now()), true));
}

}  // namespace

void add_presence_routes(Router& router, ApiCore& core) {
  constexpr const char* pattern = "/api/productions/{id}/presence";
  add_route(router, core,
            {.method = "GET",
             .pattern = pattern,
             .name = "get_presence",
             .tag = "Live",
             .summary = "Who is in a show, and where",
             .gives = {{200, "[Presence]"}},
             .problems = {"gone"},
             .handler = get_presence});
  add_route(router, core,
            {.method = "PUT",
             .pattern = pattern,
             .name = "put_presence",
             .tag = "Live",
             .summary = "I am here, for the next half minute",
             .body = BodyRule::optional,
             .takes = "PlaceWish",
             .headers = edit_headers,
             .gives = {{200, "Presence"}},
             .problems = {"gone", "rate-limited"},
             .handler = put_presence});
  add_route(router, core,
            {.method = "DELETE",
             .pattern = pattern,
             .name = "leave",
             .tag = "Live",
             .summary = "I have left; who is still there",
             .headers = edit_headers,
             .gives = {{200, "[Presence]"}},
             .problems = {"gone", "rate-limited"},
             .handler = leave});
}

}  // namespace genlock::http
