// Shapes: how the bodies of the API are written down in a line, and the JSON Schema (2020-12) that
// they stand for. All objects are closed: what a shape does not name is not there.
//
//   uuid  time  text  etag  event  boolean  integer  count (0 and up)  number  json (anything)
//   a|b         one of these words    =a    this word
//   Source      a component, by its name; Source|Send: one of them
//   [Source]    a list of it          {count}   an object of any names, each with it
//   .. 1..500   the size of a list, the length of a text, the range of a number
//   ..?         or null
//   "name?"     as the name of a member: it may be absent
// A component is an object of members, each a shape or an object (shape_table.cpp), or a row of the
// relational schema: Source as it is answered, SourceNew as it is created, SourceEdit as it is
// changed (row_shapes.cpp).
#pragma once

#include "engine/schema.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace genlock::http {

// REQUIRES: a shape; else std::logic_error, at the start of the program.
nlohmann::ordered_json schema_of(std::string_view shape);
// All components by name. References lead to "#/components/schemas/<name>".
nlohmann::ordered_json component_schemas();

// The text of the table of shapes, as JSON.
std::string_view shape_table();
// Adds the components of all rows.
void add_row_shapes(nlohmann::ordered_json& schemas);
// "Source" for sources, "EquipmentCardIo" for equipment_card_io.
std::string component_name(const Table& table);
// Of a value in a row.
nlohmann::ordered_json column_schema(const Column& column);

}  // namespace genlock::http
