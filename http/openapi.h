// The OpenAPI 3.1 document of the API, made from the table of routes (http/api_core.h), the shapes
// (http/shapes.h) and the relational schema. What the form of a route brings with it (parameters of
// lists, problems of bodies, the Idempotency-Key of writes) is added here, once for all.
#pragma once

#include "http/api_core.h"

#include <optional>
#include <string>
#include <string_view>

namespace genlock::http {

// As JSON. The same bytes for the same table. REQUIRES: shapes, parameters, headers and problems
// that are known; else std::logic_error.
std::string openapi_document(const std::deque<ApiRoute>& routes, std::string_view version);

// What is said of a parameter of a path or a query, or of a header.
struct ParameterWords {
  std::string_view name;
  std::string_view shape;
  std::string_view words;
};
// nullptr: no such name.
const ParameterWords* find_query_parameter(std::string_view name);
const ParameterWords* find_request_header(std::string_view name);
const ParameterWords* find_answer_header(std::string_view name);
std::string_view openapi_description();
// Of a chapter of the documentation; "": no such tag.
struct TagWords {
  std::string_view name;
  std::string_view words;
};
std::span<const TagWords> openapi_tags();

}  // namespace genlock::http
