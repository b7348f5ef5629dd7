// Bodies of the API: which form a route takes, and reading it.
#pragma once

#include "engine/result.h"
#include "http/server/message.h"
#include "http/server/problem.h"
#include "projections/json.h"

#include <optional>
#include <string>

namespace genlock::http {

enum class BodyRule {
  none,         // an empty body, or an empty object from clients that always send one
  optional,     // JSON, or nothing
  json,         // application/json
  merge_patch,  // that, or application/merge-patch+json
  import_file,  // that, or text/csv
  bytes,        // application/octet-stream
};

// 411 or 415; nothing = fine.
std::optional<Problem> check_body_form(const HttpRequest& request, BodyRule rule);

// Its Content-Type is text/csv.
bool is_csv(const HttpRequest& request);

// The body as JSON; an empty one is an empty object where the rule allows it.
// ERRORS: bad_request (broken JSON), invalid_argument (members where none are taken).
Result<Json> read_body(const HttpRequest& request, BodyRule rule);

// The fault at `pointer` as an error by itself.
Error field_error(std::string pointer, std::string code, std::string detail);
// Members beyond `known` are refused; a value that is no object too. ERRORS: invalid_argument.
Result<void> check_members(const Json& json, std::initializer_list<std::string_view> known);
// The text of a member; nullopt where it is absent or null. ERRORS: invalid_argument.
Result<std::optional<std::string>> text_member(const Json& json, std::string_view name);

}  // namespace genlock::http
