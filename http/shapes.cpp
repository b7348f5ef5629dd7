#include "http/shapes.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace genlock::http {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view reference_prefix = "#/components/schemas/";

struct Range {
  std::int64_t first = 0, last = 0;
};

[[noreturn]] void refuse(std::string_view shape) {
  throw std::logic_error("this is no shape: " + std::string(shape));
}

std::int64_t number_of(std::string_view text, std::string_view shape) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) refuse(shape);
  return number;
}

// Takes " 1..500" off the end.
std::optional<Range> take_range(std::string_view& shape) {
  std::size_t dots = shape.rfind(".."), space = shape.rfind(' ');
  if (dots == shape.npos || space == shape.npos || space > dots) return std::nullopt;
  Range range{number_of(shape.substr(space + 1, dots - space - 1), shape),
              number_of(shape.substr(dots + 2), shape)};
  shape = shape.substr(0, space);
  return range;
}

std::vector<std::string_view> words_of(std::string_view shape) {
  std::vector<std::string_view> words;
  while (true) {
    std::size_t end = shape.find('|');
    words.push_back(shape.substr(0, end));
    if (end == shape.npos) return words;
    shape.remove_prefix(end + 1);
  }
}

bool is_component(std::string_view word) { return word.front() >= 'A' && word.front() <= 'Z'; }

ordered_json reference(std::string_view name) {
  return {{"$ref", std::string(reference_prefix) + std::string(name)}};
}

ordered_json one_of(std::string_view shape) {
  if (shape.starts_with('=')) return {{"type", "string"}, {"enum", {shape.substr(1)}}};
  std::vector<std::string_view> words = words_of(shape);
  for (std::string_view word : words)
    if (word.empty()) refuse(shape);
  if (!is_component(words.front())) {
    if (words.size() == 1) refuse(shape);
    return {{"type", "string"}, {"enum", words}};
  }
  if (words.size() == 1) return reference(words.front());
  ordered_json any = ordered_json::array();
  for (std::string_view word : words) any.push_back(reference(word));
  return {{"anyOf", std::move(any)}};
}

// Of one word.
ordered_json plain(std::string_view word) {
  if (word == "uuid") return {{"type", "string"}, {"format", "uuid"}};
  if (word == "time") return {{"type", "string"}, {"format", "date-time"}};
  if (word == "text") return {{"type", "string"}};
  if (word == "etag") return {{"type", "string"}, {"pattern", "^\"[^\"]+\"$"}};
  if (word == "event")
    return {{"type", "string"}, {"pattern", "^[0-9a-f-]{36}\\.[0-9a-f-]{36}\\.[1-9][0-9]*$"}};
  if (word == "boolean") return {{"type", "boolean"}};
  if (word == "integer") return {{"type", "integer"}};
  if (word == "count") return {{"type", "integer"}, {"minimum", 0}};
  if (word == "number") return {{"type", "number"}};
  if (word == "json") return ordered_json::object();
  return one_of(word);
}

std::string_view inside(std::string_view shape) { return shape.substr(1, shape.size() - 2); }

ordered_json whole(std::string_view shape) {
  if (shape.empty()) refuse(shape);
  if (shape.front() == '[' && shape.back() == ']')
    return {{"type", "array"}, {"items", schema_of(inside(shape))}};
  if (shape.front() == '{' && shape.back() == '}')
    return {{"type", "object"}, {"additionalProperties", schema_of(inside(shape))}};
  return plain(shape);
}

void bound(ordered_json& schema, const Range& range, std::string_view shape) {
  std::string type = schema.value("type", "");
  auto [least, most] = type == "array"    ? std::pair{"minItems", "maxItems"}
                       : type == "string" ? std::pair{"minLength", "maxLength"}
                                          : std::pair{"minimum", "maximum"};
  if (type.empty()) refuse(shape);
  schema[least] = range.first;
  schema[most] = range.last;
}

ordered_json or_null(ordered_json schema) {
  const ordered_json null = {{"type", "null"}};
  if (schema.contains("anyOf")) {
    schema["anyOf"].push_back(null);
  } else if (schema.contains("type")) {
    schema["type"] = {schema["type"], "null"};
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
  } else if (schema.contains("$ref")) {
    schema = {{"anyOf", {schema, null}}};
  }
  return schema;
}

ordered_json object_of(const ordered_json& members);

ordered_json member_schema(const ordered_json& member) {
  return member.is_object() ? object_of(member) : schema_of(member.get<std::string>());
}

// "" as a member's name is what is said of the object.
ordered_json object_of(const ordered_json& members) {
  ordered_json schema = {{"type", "object"}};
  ordered_json properties = ordered_json::object(), required = ordered_json::array();
  for (const auto& [key, member] : members.items()) {
    bool is_optional = key.ends_with('?');
    std::string name = is_optional ? key.substr(0, key.size() - 1) : key;
    if (name.empty()) {
      schema["description"] = member;
      continue;
    }
    properties[name] = member_schema(member);
    if (!is_optional) required.push_back(name);
  }
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = false;
  return schema;
}

}  // namespace

ordered_json schema_of(std::string_view shape) {
  std::string_view rest = shape;
  bool is_nullable = rest.ends_with('?');
  if (is_nullable) rest.remove_suffix(1);
  std::optional<Range> range = take_range(rest);
  ordered_json schema = whole(rest);
  if (range) bound(schema, *range, shape);
  return is_nullable ? or_null(std::move(schema)) : schema;
}

ordered_json component_schemas() {
  ordered_json schemas = ordered_json::object();
  add_row_shapes(schemas);
  const ordered_json table = ordered_json::parse(shape_table());
  for (const auto& [name, members] : table.items()) schemas[name] = object_of(members);
  return schemas;
}

}  // namespace genlock::http
