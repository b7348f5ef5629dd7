// Appends JSON to a string: the fast way out, used for every row that is served. Nothing here
// allocates but `out`.
#pragma once

#include "engine/event.h"
#include "engine/schema.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace genlock {

// With quotes. Bytes that are not UTF-8 become U+FFFD, so the output is always valid.
void append_json_string(std::string& out, std::string_view text);
std::string json_string_of(std::string_view text);
void append_json(std::string& out, std::int64_t number);
void append_json(std::string& out, std::uint64_t number);
// The shortest text that reads back as the same number: 60, 59.94. Not finite: null.
void append_json(std::string& out, double number);
void append_json(std::string& out, bool value);
// "uuid", nil as null.
void append_json(std::string& out, const Uuid& id);
// {"user":..,"user_id":..,"device":..}; what is not known is null.
void append_json(std::string& out, const Person& person);
// The value of a column of this type: times as text, opaque JSON verbatim.
void append_json(std::string& out, ColumnType type, const Value& value);
// {"h_res":1920,"v_res":1080}, by column id; columns that `table` (may be null) does not know are
// left out.
void append_json(std::string& out, const Table* table, const ColumnValues& values);

}  // namespace genlock
