#include "http/openapi.h"

#include "http/problem_types.h"
#include "http/shapes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace genlock::http {
namespace {

using nlohmann::ordered_json;

// Whatever goes wrong in the words of the table is a bug, told at the start.
const ParameterWords& known(const ParameterWords* found, std::string_view name) {
  if (found) return *found;
  throw std::logic_error("http/openapi_words.cpp does not know " + std::string(name));
}

bool is_read(const ApiRoute& route) { return route.method == "GET"; }

// --- parameters ---------------------------------------------------------------------------------

ordered_json parameter(std::string_view place, std::string_view name, ordered_json schema,
                       std::string_view words) {
  ordered_json made = {{"name", name}, {"in", place}};
  if (place == "path") made["required"] = true;
  if (!words.empty()) made["description"] = words;
  made["schema"] = std::move(schema);
  return made;
}

ordered_json parameter(std::string_view place, const ParameterWords& words) {
  return parameter(place, words.name, schema_of(words.shape), words.words);
}

ordered_json filter_parameter(const Field& field) {
  ordered_json schema = {
      {"type", "string"},
      {"pattern",
       field.type == ColumnType::json ? "^is\\.null$" : "^(eq|neq|gt|gte|lt|lte|ilike|in|is)\\."}};
  return parameter("query", field.name, std::move(schema), "Filter: operator.value");
}

std::string order_pattern(std::span<const Field> fields) {
  std::string names;
  for (const Field& field : fields)
    if (field.type != ColumnType::json)
      names += (names.empty() ? "" : "|") + std::string(field.name);
  std::string term = "(" + names + ")(\\.(asc|desc))?";
  return "^" + term + "(," + term + "){0,7}$";
}

void add_list_parameters(ordered_json& out, const ApiRoute& route) {
  out.push_back(parameter("query", "order",
                          {{"type", "string"}, {"pattern", order_pattern(route.filters)}},
                          "Columns with .asc or .desc; nulls last, ties by id."));
  for (std::string_view name : {"limit", "cursor", "deleted"})
    out.push_back(parameter("query", known(find_query_parameter(name), name)));
  for (const Field& field : route.filters) out.push_back(filter_parameter(field));
}

void add_path_parameters(ordered_json& out, std::string_view pattern) {
  while (true) {
    std::size_t begin = pattern.find('{'), end = pattern.find('}');
    if (begin == pattern.npos) return;
    std::string_view name = pattern.substr(begin + 1, end - begin - 1);
    out.push_back(parameter("path", name, schema_of(name == "id" ? "uuid" : "text"), ""));
    pattern.remove_prefix(end + 1);
  }
}

ordered_json parameters_of(const ApiRoute& route) {
  ordered_json out = ordered_json::array();
  add_path_parameters(out, route.pattern);
  for (std::string_view name : route.parameters)
    out.push_back(parameter("query", known(find_query_parameter(name), name)));
  if (!route.filters.empty()) add_list_parameters(out, route);
  for (std::string_view name : route.headers)
    out.push_back(parameter("header", known(find_request_header(name), name)));
  if (!is_read(route))
    out.push_back(parameter("header", known(find_request_header("Idempotency-Key"), "")));
  return out;
}

// --- bodies -------------------------------------------------------------------------------------

ordered_json body_of(const ApiRoute& route) {
  ordered_json schema = {{"schema", schema_of(route.takes)}};
  if (route.body == BodyRule::bytes)
    return {{"required", true}, {"content", {{"application/octet-stream", schema}}}};
  ordered_json content = {{"application/json", schema}};
  if (route.body == BodyRule::merge_patch) content["application/merge-patch+json"] = schema;
  if (route.body == BodyRule::import_file) content["text/csv"] = {{"schema", schema_of("text")}};
  return {{"required", route.body != BodyRule::optional}, {"content", std::move(content)}};
}

// --- answers ------------------------------------------------------------------------------------

std::string_view words_of(int status) {
  switch (status) {
    case 201:
      return "Created";
    case 202:
      return "Accepted: the work goes on, or a conflict waits for somebody";
    case 204:
      return "Done, and nothing to say";
    case 304:
      return "As it was";
    case 503:
      return "Not ready";
    default:
      return "Done";
  }
}

ordered_json reply_json(const Reply& reply) {
  ordered_json out = {{"description", words_of(reply.status)}};
  for (std::string_view name : reply.headers) {
    const ParameterWords& words = known(find_answer_header(name), name);
    out["headers"][name] = {{"description", words.words}, {"schema", schema_of(words.shape)}};
  }
  bool is_json = !reply.shape.empty();
  if (reply.status != 204 && reply.status != 304)
    out["content"][reply.media_type] = {
        {"schema", is_json ? schema_of(reply.shape) : ordered_json{{"type", "string"}}}};
  return out;
}

// What the form of a route can bring: its own problems are beyond these.
std::set<std::string_view> problems_of(const ApiRoute& route) {
  std::set<std::string_view> names(route.problems.begin(), route.problems.end());
  names.insert("bad-request");
  if (route.pattern.find('{') != std::string::npos) names.insert("not-found");
  if (std::ranges::find(route.parameters, "as_of") != route.parameters.end())
    names.insert({"not-found", "compacted", "overloaded"});
  if (is_read(route)) return names;
  names.insert({"length-required", "too-large", "unsupported-media-type", "validation", "not-ready",
                "overloaded", "disk-full"});
  return names;
}

// By status: one that has several names may carry any of them.
std::map<int, std::vector<std::string_view>> by_status(const std::set<std::string_view>& names) {
  std::map<int, std::vector<std::string_view>> grouped;
  for (std::string_view name : names) {
    const ProblemType* type = find_problem_type(name);
    if (!type) throw std::logic_error("there is no problem " + std::string(name));
    grouped[type->status].push_back(name);
  }
  return grouped;
}

// A component for each combination of problems that shares a status.
std::string add_problems(ordered_json& components, const std::vector<std::string_view>& names) {
  std::string key, words;
  ordered_json types = ordered_json::array();
  for (std::string_view name : names) {
    key += (key.empty() ? "" : ".") + std::string(name);
    words += (words.empty() ? "" : "; or: ") + std::string(find_problem_type(name)->title);
    types.push_back("/problems/" + std::string(name));
  }
  ordered_json schema = {
      {"allOf",
       {schema_of("Problem"),
        {{"type", "object"}, {"properties", {{"type", {{"type", "string"}, {"enum", types}}}}}}}}};
  components[key] = {{"description", words},
                     {"content", {{"application/problem+json", {{"schema", schema}}}}}};
  return "#/components/responses/" + key;
}

ordered_json answers_of(const ApiRoute& route, ordered_json& components) {
  ordered_json out = ordered_json::object();
  for (const Reply& reply : route.gives) {  // of one status there may be several media types
    ordered_json said = reply_json(reply);
    ordered_json& there = out[std::to_string(reply.status)];
    if (there.is_null())
      there = std::move(said);
    else
      there["content"].update(said["content"]);
  }
  for (const auto& [status, names] : by_status(problems_of(route))) {
    std::string target = add_problems(components, names);
    ordered_json& there = out[std::to_string(status)];
    if (there.is_null())
      there = {{"$ref", target}};
    else
      there["content"].update(components[target.substr(target.rfind('/') + 1)]["content"]);
  }
  out["default"] = {{"$ref", "#/components/responses/Problem"}};
  return out;
}

// --- the document -------------------------------------------------------------------------------

ordered_json operation_of(const ApiRoute& route, ordered_json& components) {
  ordered_json out = {
      {"tags", {route.tag}}, {"operationId", route.name}, {"summary", route.summary}};
  ordered_json parameters = parameters_of(route);
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  if (!route.takes.empty()) out["requestBody"] = body_of(route);
  out["responses"] = answers_of(route, components);
  return out;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

void check_words(const ApiRoute& route) {
  if (route.summary.empty() || route.gives.empty())
    throw std::logic_error(route.method + " " + route.pattern +
                           " needs a summary and what it gives (http/api_core.h)");
  if (std::ranges::find(openapi_tags(), route.tag, &TagWords::name) == openapi_tags().end())
    throw std::logic_error("http/openapi_words.cpp does not know the tag " +
                           std::string(route.tag));
}

ordered_json tags_json() {
  ordered_json out = ordered_json::array();
  for (const TagWords& tag : openapi_tags())
    out.push_back({{"name", tag.name}, {"description", tag.words}});
  return out;
}

ordered_json any_problem() {
  return {{"description", "Anything else that goes wrong, in the same form"},
          {"content", {{"application/problem+json", {{"schema", schema_of("Problem")}}}}}};
}

}  // namespace

std::string openapi_document(const std::deque<ApiRoute>& routes, std::string_view version) {
  ordered_json document = {{"openapi", "3.1.0"},
                           {"info",
                            {{"title", "Genlock"},
                             {"version", version},
                             {"description", openapi_description()},
                             {"license", {{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}}},
                           {"servers", {{{"url", "/"}, {"description", "this node"}}}},
                           {"security", ordered_json::array()},
                           {"tags", tags_json()},
                           {"paths", ordered_json::object()}};
  ordered_json responses = {{"Problem", any_problem()}};
  for (const ApiRoute& route : routes) {
    check_words(route);
    document["paths"][route.pattern][lower(route.method)] = operation_of(route, responses);
  }
  document["components"] = {{"schemas", component_schemas()}, {"responses", std::move(responses)}};
  return document.dump();
}

}  // namespace genlock::http
