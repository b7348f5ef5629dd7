#include "engine/validate.h"

#include "engine/limits.h"
#include "engine/utf8.h"

#include <charconv>
#include <cmath>

namespace genlock {
namespace {

// What is wrong, without the place.
struct Fault {
  std::string code;
  std::string detail;
};
using Verdict = std::optional<Fault>;

std::string print(double n) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, n).ptr;
  return {text, end};
}

// --- text ----------------------------------------------------------------------------------------

Verdict check_letters(std::string_view text) {
  if (text.find('\0') != text.npos) return Fault{"format", "must not hold the character U+0000"};
  if (!is_utf8(text)) return Fault{"format", "must be valid UTF-8"};
  return std::nullopt;
}

Verdict check_length(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::nullopt;
  return Fault{"length", "must be at most " + std::to_string(max_bytes) + " bytes long, is " +
                             std::to_string(text.size())};
}

Verdict check_allowed(const Column& column, std::string_view text) {
  if (column.allowed.empty()) return std::nullopt;
  std::string choices;
  for (std::string_view allowed : column.allowed) {
    if (allowed == text) return std::nullopt;
    choices += (choices.empty() ? "" : ", ") + std::string(allowed);
  }
  return Fault{"enum", "must be one of " + choices};
}

Verdict check_sort_order(std::string_view text) {
  constexpr std::string_view digits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (!text.empty() && text.find_first_not_of(digits) == text.npos) return std::nullopt;
  return Fault{"format", "must be 1 to 64 characters of 0-9, A-Z, a-z"};
}

Verdict check_text_column(const Column& column, std::string_view text) {
  if (column.required && text.empty()) return Fault{"required", "must not be empty"};
  std::size_t max_bytes = column.max_bytes ? column.max_bytes : limits::max_text_bytes;
  if (auto fault = check_length(text, max_bytes)) return fault;
  if (auto fault = check_letters(text)) return fault;
  if (column.id == column::sort_order) return check_sort_order(text);
  return check_allowed(column, text);
}

// --- numbers -------------------------------------------------------------------------------------

std::string range_text(const Column& column) {
  if (column.minimum_is_open)
    return "must be above " + print(column.minimum) + " up to " + print(column.maximum);
  return "must be " + print(column.minimum) + ".." + print(column.maximum);
}

Verdict check_range(const Column& column, double n) {
  bool bounded = column.minimum != 0 || column.maximum != 0;
  if (!std::isfinite(n)) return Fault{"range", "must be a finite number"};
  bool too_low = column.minimum_is_open ? n <= column.minimum : n < column.minimum;
  if (!bounded || (!too_low && n <= column.maximum)) return std::nullopt;
  return Fault{"range", range_text(column)};
}

Verdict check_integer(const Column& column, Value& value) {
  const auto* n = std::get_if<std::int64_t>(&value);
  if (!n) return Fault{"type", "must be a whole number"};
  return check_range(column, static_cast<double>(*n));
}

Verdict check_real(const Column& column, Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) value = static_cast<double>(*whole);
  auto* n = std::get_if<double>(&value);
  if (!n) return Fault{"type", "must be a number"};
  if (*n == 0) *n = 0;  // -0 and 0 are one value and have one encoding
  return check_range(column, *n);
}

// --- all types -----------------------------------------------------------------------------------

template <class T>
Verdict check_type(const Value& value, const char* wanted) {
  if (std::holds_alternative<T>(value)) return std::nullopt;
  return Fault{"type", std::string("must be ") + wanted};
}

Verdict check(const Column& column, Value& value) {
  if (is_null(value))
    return column.required ? Verdict{Fault{"required", "must not be null"}} : std::nullopt;
  const auto* text = std::get_if<std::string>(&value);
  switch (column.type) {
    case ColumnType::text:
      return text ? check_text_column(column, *text) : Fault{"type", "must be text"};
    case ColumnType::integer:
      return check_integer(column, value);
    case ColumnType::real:
      return check_real(column, value);
    case ColumnType::boolean:
      return check_type<bool>(value, "true or false");
    case ColumnType::time:
      return check_type<std::int64_t>(value, "a time (RFC 3339)");
    case ColumnType::uuid:
      return check_type<Uuid>(value, "a UUID");
    case ColumnType::json:
      if (!text) return Fault{"type", "must be JSON"};
      if (auto fault = check_length(*text, limits::max_json_bytes)) return fault;
      return check_letters(*text);
  }
  return Fault{"unknown", "is of a type that this version does not know"};
}

}  // namespace

std::optional<FieldError> check_value(const Column& column, Value& value,
                                      const std::string& pointer) {
  Verdict fault = check(column, value);
  if (!fault) return std::nullopt;
  return FieldError{pointer, fault->code, fault->detail};
}

void check_values(const Table& table, ColumnValues& values, const std::string& pointer,
                  FieldErrors& errors) {
  for (ColumnValue& item : values) {
    const Column* column = table.column(item.column);
    if (!column) {
      errors.push_back({pointer, "unknown",
                        std::string(table.name) + " has no column number " +
                            std::to_string(number(item.column))});
      continue;
    }
    auto error = check_value(*column, item.value, pointer + "/" + std::string(column->name));
    if (error) errors.push_back(*std::move(error));
  }
}

void check_required(const Table& table, const ColumnValues& values, const std::string& pointer,
                    FieldErrors& errors) {
  for (const Column& column : table.columns) {
    if (column.required && !find(values, column.id))
      errors.push_back({pointer + "/" + std::string(column.name), "required", "is required"});
  }
}

std::optional<FieldError> check_text(const std::string& text, const std::string& pointer) {
  Verdict fault = check_length(text, limits::max_text_bytes);
  if (!fault) fault = check_letters(text);
  if (!fault) return std::nullopt;
  return FieldError{pointer, fault->code, fault->detail};
}

}  // namespace genlock
