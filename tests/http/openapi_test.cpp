// openapi.json and /api/docs: made from the table of routes, whole, and about nothing else. What
// the node answers is held against the document from outside (web/README.md).
#include "http/openapi.h"

#include "api_node.h"
#include "http/api_core.h"
#include "http/shapes.h"

#include <nlohmann/json.hpp>

#include <set>

namespace genlock::http {
namespace {

using nlohmann::ordered_json;

ordered_json document_of(ApiNode& node) {
  return ordered_json::parse(node.get("/api/openapi.json").body);
}

TEST_CASE("every route of a node is in its document, and nothing else is", "[http][openapi]") {
  ApiNode node({.with_sync = true, .with_maintenance = true, .with_backups = true});
  ordered_json document = document_of(node);
  std::string root = node.get("/").body;
  std::size_t operations = 0, rows = 0;
  for (const auto& [path, methods] : document["paths"].items()) {
    INFO(path);
    REQUIRE(root.find(path + "</") != std::string::npos);
    operations += methods.size();
  }
  for (std::size_t at = 0; (at = root.find("<tr>", at)) != std::string::npos; ++at) ++rows;
  REQUIRE(operations == rows);
  REQUIRE(operations > 60);
}

TEST_CASE("operations have names of their own, and references lead somewhere", "[http][openapi]") {
  ApiNode node;
  ordered_json document = document_of(node);
  std::set<std::string> names;
  for (const auto& path : document["paths"])
    for (const auto& operation : path)
      REQUIRE(names.insert(operation["operationId"].get<std::string>()).second);
  std::string text = document.dump();
  for (std::size_t at = 0; (at = text.find("\"$ref\":\"#", at)) != std::string::npos; ++at) {
    std::string target = text.substr(at + 9, text.find('"', at + 9) - at - 9);
    INFO(target);
    REQUIRE(document.contains(ordered_json::json_pointer(target)));
  }
}

TEST_CASE("a route without words is refused at the start", "[http][openapi]") {
  const auto written = [&](const ApiRoute& route) { return openapi_document({route}, "1"); };
  ApiRoute good{.method = "GET",
                .pattern = "/api/x",
                .name = "x",
                .tag = "Rows",
                .summary = "X",
                .gives = {{200, "Source"}}};
  REQUIRE_NOTHROW(written(good));
  ApiRoute bad = good;
  SECTION("an unknown chapter") { bad.tag = "Others"; }
  SECTION("an unknown parameter") { bad.parameters = {"colour"}; }
  SECTION("an unknown header") { bad.headers = {"Colour"}; }
  SECTION("an unknown problem") { bad.problems = {"colourless"}; }
  SECTION("no summary") { bad.summary = ""; }
  SECTION("no shape") { bad.gives = {{200, "sourse"}}; }
  REQUIRE_THROWS_AS(written(bad), std::logic_error);
}

TEST_CASE("the document and its page are the same bytes until the next start", "[http][openapi]") {
  ApiNode node;
  for (const char* path : {"/api/openapi.json", "/api/docs"}) {
    INFO(path);
    Answer whole = node.get(path);
    REQUIRE(whole.status == 200);
    REQUIRE(whole.header("Cache-Control") == "no-cache");
    Answer again = node.get(path, {{"If-None-Match", whole.etag()}});
    REQUIRE(again.status == 304);
    REQUIRE(again.body.empty());
    REQUIRE(node.get(path, {{"If-None-Match", "\"other\""}}).body == whole.body);
  }
}

TEST_CASE("the page needs nothing from elsewhere, and may load nothing", "[http][openapi]") {
  ApiNode node;
  Answer page = node.get("/api/docs");
  REQUIRE(page.header("Content-Type") == "text/html; charset=utf-8");
  REQUIRE(page.header("Content-Security-Policy").find("default-src 'none'") == 0);
  for (const char* from_elsewhere : {"http://", "https://", "//cdn", "@import", "innerHTML"})
    REQUIRE(page.body.find(from_elsewhere) == std::string::npos);
}

TEST_CASE("a shape stands for a schema", "[http][openapi]") {
  const std::pair<const char*, const char*> cases[] = {
      {"uuid", R"({"type":"string","format":"uuid"})"},
      {"time?", R"({"type":["string","null"],"format":"date-time"})"},
      {"a|b", R"({"type":"string","enum":["a","b"]})"},
      {"a|b?", R"({"type":["string","null"],"enum":["a","b",null]})"},
      {"=a", R"({"type":"string","enum":["a"]})"},
      {"text 1..9", R"({"type":"string","minLength":1,"maxLength":9})"},
      {"integer 1..9?", R"({"type":["integer","null"],"minimum":1,"maximum":9})"},
      {"Job", R"({"$ref":"#/components/schemas/Job"})"},
      {"Job?", R"({"anyOf":[{"$ref":"#/components/schemas/Job"},{"type":"null"}]})"},
      {"[count] 1..2",
       R"({"type":"array","items":{"type":"integer","minimum":0},"minItems":1,"maxItems":2})"},
      {"{json}", R"({"type":"object","additionalProperties":{}})"},
  };
  for (const auto& [shape, schema] : cases) {
    INFO(shape);
    REQUIRE(schema_of(shape) == ordered_json::parse(schema));
  }
  for (const char* none : {"", "?", "txt", "a|", "[text", "text x..y", "Job 1..2"}) {
    INFO(none);
    REQUIRE_THROWS_AS(schema_of(none), std::logic_error);
  }
}

TEST_CASE("a row's schema has all columns with their limits", "[http][openapi]") {
  ordered_json schemas = component_schemas();
  for (const Table& table : tables()) {
    if (table.collection.empty()) continue;
    INFO(table.name);
    const ordered_json& row = schemas[component_name(table)];
    for (const Column& column : table.columns) {
      INFO(column.name);
      REQUIRE(row["properties"].contains(column.name));
      const ordered_json& schema = row["properties"][std::string(column.name)];
      REQUIRE(schema == column_schema(column));
      bool takes_null = schema.value("type", ordered_json()).is_array() || !schema.contains("type");
      REQUIRE(takes_null == !column.required);
    }
    REQUIRE(row["required"].size() == row["properties"].size());
    REQUIRE(row["additionalProperties"] == false);
  }
  const ordered_json& source = schemas["SourceNew"];
  REQUIRE(source["required"] == ordered_json{"type", "name"});
  REQUIRE(source["properties"]["h_res"].dump() ==
          R"({"type":["integer","null"],"minimum":1,"maximum":32768})");
  REQUIRE(source["properties"]["rate"].dump() ==
          R"({"type":["number","null"],"exclusiveMinimum":0,"maximum":1000})");
  REQUIRE(source["properties"]["blanking"]["enum"] ==
          ordered_json{"none", "RBv1", "RBv2", "RBv3", nullptr});
  REQUIRE(source["properties"]["version"]["readOnly"] == true);
  REQUIRE(schemas["ConnectionNew"]["required"] == ordered_json{"production_id"});
}

}  // namespace
}  // namespace genlock::http
