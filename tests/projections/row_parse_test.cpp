#include "catch.h"
#include "projections/row_json.h"
#include "projections/time_text.h"

using namespace genlock;

namespace {

const Table& sources = *find_table(table::sources);
const Table& productions = *find_table(table::productions);

Value value_of(const RowInput& row, const Table& table, std::string_view column) {
  const Value* value = find(row.values, table.column(column)->id);
  REQUIRE(value);
  return *value;
}

std::vector<FieldError> errors_of(const Table& table, std::string_view body) {
  auto row = parse_row(table, body);
  REQUIRE(!row.ok());
  REQUIRE(row.error().code == ErrorCode::invalid_argument);
  return row.error().fields;
}

}  // namespace

TEST_CASE("a row names columns, and only those", "[projections]") {
  RowInput row =
      parse_row(sources, R"({"name":"CAM 1","h_res":1920.0,"rate":60,"note":null})").value();
  REQUIRE(row.values.size() == 4);
  REQUIRE(value_of(row, sources, "name") == Value{std::string("CAM 1")});
  REQUIRE(value_of(row, sources, "h_res") == Value{std::int64_t{1920}});
  REQUIRE(value_of(row, sources, "rate") == Value{60.0});
  REQUIRE(is_null(value_of(row, sources, "note")));
  REQUIRE(!row.id);
  REQUIRE(row.children.empty());
}

TEST_CASE("what is read-only is ignored, so that a row can be sent back", "[projections]") {
  RowInput row = parse_row(sources, R"({"id":"018f6b1e-0000-7000-8000-000000000001",
      "production_id":"018f6b1e-0000-7000-8000-000000000002","version":"x","created_at":1,"updated_at":null,
      "synced_at":null,"last_modified_by":null,"is_deleted":false,"_meta":{"etag":"e"}})")
                     .value();
  REQUIRE(row.values.empty());
  REQUIRE(row.id->to_string() == "018f6b1e-0000-7000-8000-000000000001");
  REQUIRE(row.parent->to_string() == "018f6b1e-0000-7000-8000-000000000002");
  REQUIRE(row.is_deleted == false);
}

TEST_CASE("nested lists are read with pointers of their own", "[projections]") {
  RowInput row =
      parse_row(sources,
                R"({"outputs":[{"connector":"SDI"},{"connector":"HDMI","output_index":2}]})")
          .value();
  const auto& outputs = row.children.at(table::source_outputs);
  REQUIRE(outputs.size() == 2);
  REQUIRE(outputs[1].pointer == "/outputs/1");
  auto errors = errors_of(sources, R"({"outputs":[{},{"connector":7}]})");
  REQUIRE(errors == std::vector<FieldError>{
                        {"/outputs/1/connector", "type", "must be a text, not a number"}});
  REQUIRE(errors_of(sources, R"({"outputs":null})").front().pointer == "/outputs");
}

TEST_CASE("all fields at fault are told at once", "[projections]") {
  auto errors =
      errors_of(sources, R"({"colour":"red","h_res":1.5,"v_res":"8","rate":true,"id":"ABC"})");
  REQUIRE(errors.size() == 5);
  REQUIRE(errors[0].pointer == "/colour");
  REQUIRE(errors[0].code == "unknown");
  REQUIRE(errors[1].code == "type");
  REQUIRE(errors[4].code == "format");
}

TEST_CASE("errors of a row inside a batch point into the body", "[projections]") {
  Json json = parse_json(R"({"h_res":"x"})").value();
  auto row = parse_row(sources, json, "/ops/3/row");
  REQUIRE(row.error().fields.front().pointer == "/ops/3/row/h_res");
}

TEST_CASE("times come with an offset", "[projections]") {
  RowInput row = parse_row(productions, R"({"load_in":"2026-11-22T19:42:03+01:00"})").value();
  REQUIRE(value_of(row, productions, "load_in") ==
          Value{std::int64_t{*parse_time("2026-11-22T18:42:03Z")}});
  REQUIRE(errors_of(productions, R"({"load_in":"2026-11-22"})").front().code == "format");
  REQUIRE(errors_of(productions, R"({"load_in":17})").front().code == "type");
}

TEST_CASE("UUIDs are lower-case", "[projections]") {
  REQUIRE(errors_of(sources, R"({"id":"018F6B1E-0000-7000-8000-000000000001"})").front().code ==
          "format");
}

TEST_CASE("opaque JSON keeps its keys in order", "[projections]") {
  const Table& equipment = *find_table(table::equipment_specs);
  RowInput row =
      parse_row(equipment, R"({"specs":{"z":[1.10,{"b":1,"a":2}],"a":null},"device_formats":null})")
          .value();
  REQUIRE(value_of(row, equipment, "specs") ==
          Value{std::string(R"({"z":[1.1,{"b":1,"a":2}],"a":null})")});
  REQUIRE(is_null(value_of(row, equipment, "device_formats")));
}

TEST_CASE("a body that is no object is a field error, one that is no JSON a bad request",
          "[projections]") {
  REQUIRE(errors_of(sources, "[]").front().pointer.empty());
  REQUIRE(parse_row(sources, "{").error().code == ErrorCode::bad_request);
}

TEST_CASE("a resolution's value names columns of its group alone", "[projections]") {
  const Group& format = *sources.group(sources.column("h_res")->id);
  auto values = parse_values(sources, format.columns,
                             parse_json(R"({"h_res":1920,"rate":50})").value(), "/value");
  REQUIRE(values.value().size() == 2);
  auto wrong =
      parse_values(sources, format.columns, parse_json(R"({"name":"x"})").value(), "/value");
  REQUIRE(wrong.error().fields.front().pointer == "/value/name");
}

TEST_CASE("the nil UUID is no value; null is", "[projections]") {
  const Table& connections = *find_table(table::connections);
  const char* const nil = "00000000-0000-0000-0000-000000000000";
  for (std::string field : {"source_id", "intermediate_id", "destination_id"}) {
    auto errors = errors_of(connections, "{\"" + field + "\":\"" + nil + "\"}");
    REQUIRE(errors.size() == 1);
    REQUIRE(errors.front().pointer == "/" + field);
    REQUIRE(errors.front().code == "format");
    REQUIRE(errors.front().detail.find("nil UUID") != std::string::npos);
    RowInput row = parse_row(connections, "{\"" + field + "\":null}").value();
    REQUIRE(is_null(value_of(row, connections, field)));
  }
}
