#include "transfer/fit.h"

#include "engine/validate.h"
#include "projections/row_json.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace genlock::transfer {
namespace {

constexpr std::size_t longest_quote = 40;  // bytes of a value that a message repeats

std::string trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\xc2\xa0";
  auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(space) - first + 1));
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) {
    return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
  });
  return out;
}

std::string quoted(const Json& value) {
  std::string text = dump(value);
  if (text.size() <= longest_quote) return text;
  std::size_t end = longest_quote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "..";
}

Error misfit(const std::string& wanted, const Json& value) {
  return {ErrorCode::invalid_argument, "must be " + wanted + ", not " + quoted(value)};
}

// "card_based", "CARD-BASED" and "card-based" are one word.
std::string plain_word(std::string_view text) {
  std::string word = lowered(trimmed(text));
  std::ranges::replace(word, '_', '-');
  std::ranges::replace(word, ' ', '-');
  return word;
}

Json fit_text(const Column& column, const Json& value) {
  std::string text = value.is(Json::Kind::text) ? value.text : dump(value);
  if (text.empty()) return {};
  auto same = [&](std::string_view allowed) { return plain_word(allowed) == plain_word(text); };
  auto found = std::ranges::find_if(column.allowed, same);
  return json_text(found == column.allowed.end() ? text : std::string(*found));
}

// All of `text` as a number; a comma may stand for the point, as in much of Europe.
std::optional<double> number_in(std::string text) {
  if (text.find('.') == text.npos && std::ranges::count(text, ',') == 1)
    std::ranges::replace(text, ',', '.');
  double number = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole_text = fault == std::errc() && end == text.data() + text.size();
  return whole_text && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

Result<Json> fit_number(const Column& column, const Json& value) {
  std::optional<double> number;
  if (value.is_number()) number = value.real;
  if (value.is(Json::Kind::text)) number = number_in(trimmed(value.text));
  bool wants_whole = column.type == ColumnType::integer;
  if (!number) return misfit(wants_whole ? "a whole number" : "a number", value);
  bool is_whole = *number == std::floor(*number) && std::abs(*number) < 1e15;
  if (is_whole) return json_number(static_cast<std::int64_t>(*number));
  if (wants_whole) return misfit("a whole number", value);
  return Json{.kind = Json::Kind::real, .real = *number};
}

Result<Json> fit_flag(const Json& value) {
  if (value.is(Json::Kind::boolean)) return value;
  std::string word = value.is(Json::Kind::text) ? lowered(trimmed(value.text)) : dump(value);
  for (std::string_view yes : {"true", "yes", "1", "x"})
    if (word == yes) return json_flag(true);
  for (std::string_view no : {"false", "no", "0"})
    if (word == no) return json_flag(false);
  return misfit("true or false", value);
}

Result<Json> fit_time(const Json& value, bool* assumed) {
  if (!value.is(Json::Kind::text)) return misfit("a date or a time", value);
  std::string text = trimmed(value.text);
  for (const char* rest : {"", "T00:00:00Z", "Z", ":00Z"}) {
    std::string whole = text + rest;
    if (whole.size() > 10 && whole[10] == ' ') whole[10] = 'T';
    auto time = parse_time(whole);
    if (!time) continue;
    if (assumed && *rest) *assumed = true;
    return json_text(format_time(*time));
  }
  return misfit("a date like 2024-03-15 or a time like 2024-03-15T08:00:00Z", value);
}

Result<Json> converted(const Column& column, const Json& value, bool* assumed) {
  switch (column.type) {
    case ColumnType::text:
      return fit_text(column, value);
    case ColumnType::integer:
    case ColumnType::real:
      return fit_number(column, value);
    case ColumnType::boolean:
      return fit_flag(value);
    case ColumnType::time:
      return fit_time(value, assumed);
    case ColumnType::uuid:
      return value.is(Json::Kind::text) ? Result<Json>(json_text(lowered(trimmed(value.text))))
                                        : misfit("a UUID", value);
    case ColumnType::json:
      break;
  }
  return value;
}

// The rules of the schema on what was converted.
Result<void> check(const Column& column, const Json& value, const Json& given) {
  Table alone{.id = TableId::none, .name = "", .collection = {}, .columns = {column}, .groups = {}};
  Result<RowInput> row = parse_row(alone, json_object({{std::string(column.name), value}}));
  if (!row.ok()) return Error{ErrorCode::invalid_argument, row.error().fields.front().detail};
  Value read = row->values.empty() ? Value{} : *find(row->values, column.id);
  if (auto fault = check_value(column, read, "")) {
    bool says_it = fault->code == "length" || fault->code == "required";
    return Error{ErrorCode::invalid_argument,
                 fault->detail + (says_it ? "" : ", not " + quoted(given))};
  }
  return {};
}

}  // namespace

Result<Json> fit(const Column& column, const Json& value, bool* assumed) {
  bool is_blank = value.is(Json::Kind::text) && trimmed(value.text).empty();
  if (is_blank && column.type != ColumnType::json) return Json{};
  if (value.is(Json::Kind::null)) return Json{};
  TRY_ASSIGN(Json made, converted(column, value, assumed));
  TRY(check(column, made, value));
  return made;
}

std::string snake_case(std::string_view name) {
  std::string out;
  bool was_lower = false;
  for (char c : name) {
    auto byte = static_cast<unsigned char>(c);
    bool is_upper = byte < 0x80 && std::isupper(byte);
    if (byte < 0x80 && !std::isalnum(byte)) {
      if (!out.empty() && out.back() != '_') out += '_';
      was_lower = false;
      continue;
    }
    if (is_upper && was_lower) out += '_';
    out += is_upper ? static_cast<char>(std::tolower(byte)) : c;
    was_lower = !is_upper;
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

}  // namespace genlock::transfer
