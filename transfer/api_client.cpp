#include "transfer/api_client.h"

#include <strings.h>

#include <algorithm>
#include <cctype>

namespace genlock::transfer {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
      return ErrorCode::bad_request;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 410:
      return ErrorCode::gone;
    case 412:
      return ErrorCode::precondition;
    case 413:
      return ErrorCode::too_large;
    case 423:
      return ErrorCode::locked;
    default:
      return status >= 500 ? ErrorCode::unavailable : ErrorCode::invalid_argument;
  }
}

// `<target>; rel="next"` of a Link header; "" where there is none.
std::string next_page(std::string_view link) {
  auto open = link.find('<'), close = link.find('>');
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  if (link.find("rel=\"next\"", close) == std::string_view::npos) return {};
  std::string target(link.substr(open + 1, close - open - 1));
  auto path = target.find("/api/");
  return path == std::string::npos ? std::string() : target.substr(path);
}

}  // namespace

std::string_view ApiAnswer::header(std::string_view name) const {
  auto found = std::ranges::find_if(headers, [&](const Header& header) {
    return header.first.size() == name.size() &&
           strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Result<Json> ApiClient::fetch(const ApiCall& call) {
  TRY_ASSIGN(ApiAnswer answer, send(call));
  if (!answer.ok()) return error_of(answer);
  return parse_json(answer.body);
}

Result<std::vector<Json>> ApiClient::list(const std::string& target, std::size_t count) {
  std::vector<Json> rows;
  for (std::string page = target; !page.empty() && rows.size() < count;) {
    TRY_ASSIGN(ApiAnswer answer, send({.target = page}));
    if (!answer.ok()) return error_of(answer);
    TRY_ASSIGN(Json json, parse_json(answer.body));
    std::ranges::move(json.items, std::back_inserter(rows));
    page = next_page(answer.header("Link"));
  }
  if (rows.size() > count) rows.resize(count);
  return rows;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = byte < 0x80 && std::isalnum(byte);
    if (plain)
      out += c;
    else
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

Error error_of(const ApiAnswer& answer) {
  Error error{code_of(answer.status), "status " + std::to_string(answer.status)};
  Result<Json> problem = parse_json(answer.body);
  if (!problem.ok() || !problem->is(Json::Kind::object)) return error;
  error.message += ", " + text_of(*problem, "title");
  if (std::string detail = text_of(*problem, "detail"); !detail.empty())
    error.message += ": " + detail;
  for (const Json& field : member(*problem, "errors").items)
    error.fields.push_back({text_of(field, "pointer") + text_of(field, "parameter"),
                            text_of(field, "code"), text_of(field, "detail")});
  return error;
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  return found && found->is(Json::Kind::text) ? found->text : std::string();
}

std::int64_t integer_of(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  return found && found->is(Json::Kind::integer) ? found->integer : 0;
}

const Json& member(const Json& object, std::string_view key) {
  static const Json null;
  const Json* found = object.find(key);
  return found ? *found : null;
}

const Json& at(const Json& object, std::string_view path) {
  auto dot = path.find('.');
  const Json& first = member(object, path.substr(0, dot));
  return dot == std::string_view::npos ? first : at(first, path.substr(dot + 1));
}

}  // namespace genlock::transfer
