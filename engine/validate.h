// The rules of the schema for single values (docs/api.md, section 1): type, range, length,
// enumeration, text. Errors are collected, so that a client learns of all fields at fault at once;
// each has a JSON pointer into the body.
#pragma once

#include "engine/result.h"
#include "engine/schema.h"

#include <optional>
#include <string>
#include <vector>

namespace genlock {

using FieldErrors = std::vector<FieldError>;

// Checks one value that is to be written into `column` and brings it into the column's own form: a
// whole number in a REAL column becomes a double. Null is allowed unless the column is required.
std::optional<FieldError> check_value(const Column& column, Value& value,
                                      const std::string& pointer);

// Checks every value of a row of `table`; columns stand below `pointer` ("", "/outputs/2").
void check_values(const Table& table, ColumnValues& values, const std::string& pointer,
                  FieldErrors& errors);

// Reports required columns that `values`, a whole new row, does not have.
void check_required(const Table& table, const ColumnValues& values, const std::string& pointer,
                    FieldErrors& errors);

// Text that is no column's: a reason, a comment. UTF-8 without NUL, at most limits::max_text_bytes.
std::optional<FieldError> check_text(const std::string& text, const std::string& pointer);

}  // namespace genlock
