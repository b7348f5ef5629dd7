#include "engine/validate.h"

#include "catch.h"

#include <cmath>
#include <limits>

using namespace genlock;

namespace {

// The code that a value of a column earns; "ok" where it may be written.
std::string verdict(TableId table, std::string_view column, Value value) {
  auto error = check_value(*find_table(table)->column(column), value, "/x");
  return error ? error->code : "ok";
}

struct Case {
  TableId table;
  std::string_view column;
  Value value;
  std::string_view verdict;
};

const std::string nul("a\0b", 3);

}  // namespace

TEST_CASE("each rule of a column has its code", "[validate]") {
  double nan = std::numeric_limits<double>::quiet_NaN();
  double infinity = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {table::sources, "name", "CAM 1", "ok"},
      {table::sources, "name", "", "required"},
      {table::sources, "name", Value{}, "required"},
      {table::sources, "name", 1, "type"},
      {table::sources, "name", std::string(1000, 'x'), "ok"},
      {table::sources, "name", std::string(1001, 'x'), "length"},
      {table::sources, "name", "\xff", "format"},
      {table::sources, "name", nul, "format"},
      {table::sources, "standard", "", "ok"},
      {table::sources, "standard", Value{}, "ok"},
      {table::sources, "note", std::string(10'000, 'x'), "ok"},
      {table::sources, "note", std::string(10'001, 'x'), "length"},
      {table::sources, "blanking", "RBv2", "ok"},
      {table::sources, "blanking", "rbv2", "enum"},
      {table::sources, "h_res", 1, "ok"},
      {table::sources, "h_res", 32'768, "ok"},
      {table::sources, "h_res", 0, "range"},
      {table::sources, "h_res", 32'769, "range"},
      {table::sources, "h_res", 1920.0, "type"},
      {table::sources, "h_res", "1920", "type"},
      {table::sources, "h_res", true, "type"},
      {table::sources, "rate", 59.94, "ok"},
      {table::sources, "rate", 60, "ok"},
      {table::sources, "rate", 1000.0, "ok"},
      {table::sources, "rate", 0.0, "range"},
      {table::sources, "rate", -1, "range"},
      {table::sources, "rate", 1000.5, "range"},
      {table::sources, "rate", nan, "range"},
      {table::sources, "rate", infinity, "range"},
      {table::sources, "sort_order", "a0V", "ok"},
      {table::sources, "sort_order", "", "format"},
      {table::sources, "sort_order", "a-b", "format"},
      {table::sources, "sort_order", std::string(64, 'a'), "ok"},
      {table::sources, "sort_order", std::string(65, 'a'), "length"},
      {table::productions, "status", "active", "ok"},
      {table::productions, "status", "live", "enum"},
      {table::productions, "load_in", 1'700'000'000'000, "ok"},
      {table::productions, "load_in", "soon", "type"},
      {table::equipment_specs, "card_slots", 0, "ok"},
      {table::equipment_specs, "card_slots", 1000, "range"},
      {table::equipment_specs, "format_by_io", true, "ok"},
      {table::equipment_specs, "format_by_io", 1, "type"},
      {table::equipment_specs, "specs", "{\"a\":1}", "ok"},
      {table::equipment_specs, "specs", std::string(256 * 1024 + 1, ' '), "length"},
      {table::equipment_specs, "specs", 1, "type"},
      {table::equipment_io_ports, "port_index", 0, "ok"},
      {table::equipment_io_ports, "port_index", 10'000, "range"},
      {table::equipment_cards, "slot_number", 0, "range"},
      {table::equipment_cards, "slot_number", 9999, "ok"},
      {table::connections, "destination_id", Uuid{}, "ok"},
      {table::connections, "destination_id", "x", "type"},
  };
  for (const Case& item : cases) {
    INFO(item.column << " wants " << item.verdict);
    REQUIRE(verdict(item.table, item.column, item.value) == item.verdict);
  }
}

TEST_CASE("details say what to do", "[validate]") {
  auto detail = [](std::string_view column, Value value) {
    return check_value(*find_table(table::sources)->column(column), value, "/x")->detail;
  };
  REQUIRE(detail("h_res", 0) == "must be 1..32768");
  REQUIRE(detail("rate", 0.0) == "must be above 0 up to 1000");
  REQUIRE(detail("blanking", "x") == "must be one of none, RBv1, RBv2, RBv3");
  REQUIRE(detail("name", std::string(1001, 'x')) == "must be at most 1000 bytes long, is 1001");
}

TEST_CASE("60 and 60.0 are the same value, and so are 0 and -0", "[validate]") {
  Value rate = 60;
  REQUIRE(!check_value(*find_table(table::sources)->column("rate"), rate, "/rate"));
  REQUIRE(rate == Value{60.0});
  Column offset{.id = ColumnId{3}, .name = "offset", .type = ColumnType::real};
  Value zero = -0.0;
  REQUIRE(!check_value(offset, zero, "/offset"));
  REQUIRE(!std::signbit(std::get<double>(zero)));
}

TEST_CASE("all fields at fault are told at once, with pointers", "[validate]") {
  const Table& table = *find_table(table::sources);
  ColumnValues values{
      {table.column("h_res")->id, 0}, {table.column("blanking")->id, "x"}, {ColumnId{999}, 1}};
  FieldErrors errors;
  check_values(table, values, "/ops/3/row", errors);
  check_required(table, values, "/ops/3/row", errors);
  std::vector<std::string> told;
  for (const FieldError& error : errors) told.push_back(error.pointer + " " + error.code);
  REQUIRE(told == std::vector<std::string>{"/ops/3/row/h_res range", "/ops/3/row/blanking enum",
                                           "/ops/3/row unknown", "/ops/3/row/type required",
                                           "/ops/3/row/name required"});
}
