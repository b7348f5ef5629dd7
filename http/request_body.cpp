#include "http/request_body.h"

#include "http/server/problem_types.h"

#include <algorithm>

namespace genlock::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// "application/json; charset=utf-8" without its parameters, in lower case.
std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::ranges::transform(type, type.begin(), lower);
  return type;
}

// JSON is UTF-8; a client that says otherwise would be misread.
bool names_other_charset(std::string_view content_type) {
  std::string text(content_type);
  std::ranges::transform(text, text.begin(), lower);
  std::size_t at = text.find("charset=");
  if (at == std::string::npos) return false;
  std::string_view charset = std::string_view(text).substr(at + 8);
  return !charset.starts_with("utf-8") && !charset.starts_with("\"utf-8\"");
}

bool takes(BodyRule rule, std::string_view content_type) {
  std::string type = media_type(content_type);
  if (rule == BodyRule::bytes) return type == "application/octet-stream";
  if (names_other_charset(content_type)) return false;
  return type == "application/json" ||
         (rule == BodyRule::merge_patch && type == "application/merge-patch+json") ||
         (rule == BodyRule::import_file && type == "text/csv");
}

const char* how_to_send(BodyRule rule) {
  if (rule == BodyRule::merge_patch)
    return "send Content-Type: application/json or application/merge-patch+json";
  if (rule == BodyRule::import_file) return "send Content-Type: application/json or text/csv";
  if (rule == BodyRule::bytes) return "send Content-Type: application/octet-stream";
  return "send Content-Type: application/json";
}

bool may_be_empty(BodyRule rule) { return rule == BodyRule::none || rule == BodyRule::optional; }

}  // namespace

std::optional<Problem> check_body_form(const HttpRequest& request, BodyRule rule) {
  if (request.body.empty() && may_be_empty(rule)) return std::nullopt;
  if (!request.headers.find("Content-Length"))
    return make_problem("length-required", "send a body with its Content-Length");
  if (takes(rule, request.header("Content-Type"))) return std::nullopt;
  return make_problem("unsupported-media-type", how_to_send(rule));
}

bool is_csv(const HttpRequest& request) {
  return media_type(request.header("Content-Type")) == "text/csv";
}

Result<Json> read_body(const HttpRequest& request, BodyRule rule) {
  if (request.body.empty() && may_be_empty(rule)) return Json{.kind = Json::Kind::object};
  TRY_ASSIGN(Json json, parse_json(request.body));
  if (rule == BodyRule::none) TRY(check_members(json, {}));
  return json;
}

Error field_error(std::string pointer, std::string code, std::string detail) {
  std::string message = (pointer.empty() ? std::string("the body") : pointer) + " " + detail;
  return {ErrorCode::invalid_argument,
          std::move(message),
          {{std::move(pointer), std::move(code), std::move(detail)}}};
}

Result<void> check_members(const Json& json, std::initializer_list<std::string_view> known) {
  if (!json.is(Json::Kind::object))
    return field_error("", "type", "must be an object, not " + std::string(to_string(json.kind)));
  for (const auto& [name, value] : json.members)
    if (std::ranges::find(known, name) == known.end())
      return field_error(pointer_to("", name), "unknown", "is not known here: leave it out");
  return {};
}

Result<std::optional<std::string>> text_member(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  if (!member || member->is(Json::Kind::null)) return std::optional<std::string>{};
  if (!member->is(Json::Kind::text))
    return field_error(pointer_to("", name), "type",
                       "must be a text, not " + std::string(to_string(member->kind)));
  return std::optional(member->text);
}

}  // namespace genlock::http
