#include "projections/json_text.h"

#include "engine/utf8.h"
#include "projections/json.h"
#include "projections/time_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace genlock {
namespace {

// What can stand in a JSON string as it is. Bytes of 0x80 and above are looked at one by one.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) table[byte] = byte != '"' && byte != '\\';
  return table;
}();

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(hex[static_cast<unsigned char>(c) & 15]);
  }
}

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

namespace {

// The length of the character that `text` begins with; 0 where that is not UTF-8.
std::size_t character_length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

std::string mended(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = character_length(text);
    out += length == 0 ? std::string_view("\uFFFD") : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  bool checked = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t begin = i;
    while (i < text.size() && (plain[static_cast<unsigned char>(text[i])] ||
                               (checked && static_cast<unsigned char>(text[i]) >= 0x80)))
      ++i;
    out.append(text, begin, i - begin);
    if (i == text.size()) break;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      append_escaped(out, text[i++]);
    } else if (is_utf8(text.substr(i))) {
      checked = true;
    } else {
      std::string rest = mended(text.substr(i));
      std::string quoted = json_string_of(rest);
      out.append(quoted, 1, quoted.size() - 2);
      break;
    }
  }
  out.push_back('"');
}

std::string json_string_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void append_json(std::string& out, std::int64_t number) { append_number(out, number); }

void append_json(std::string& out, std::uint64_t number) { append_number(out, number); }

void append_json(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
  } else if (number == 0) {
    out += '0';  // no "-0": 0 and -0 are the same value
  } else {
    append_number(out, number);
  }
}

void append_json(std::string& out, bool value) { out += value ? "true" : "false"; }

void append_json(std::string& out, const Uuid& id) {
  if (id.is_nil()) {
    out += "null";
    return;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  char text[38];
  char* at = text;
  *at++ = '"';
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
    *at++ = hex[id.bytes[i] >> 4];
    *at++ = hex[id.bytes[i] & 15];
  }
  *at++ = '"';
  out.append(text, sizeof text);
}

void append_json(std::string& out, const Person& person) {
  const auto text_or_null = [&](std::string_view text) {
    text.empty() ? void(out += "null") : append_json_string(out, text);
  };
  out += "{\"user\":";
  text_or_null(person.user);
  out += ",\"user_id\":";
  append_json(out, person.user_id);
  out += ",\"device\":";
  text_or_null(person.device);
  out += '}';
}

namespace {

// Opaque JSON goes out as it came. It was checked where it came in; what a peer made of it is
// checked here again.
void append_opaque(std::string& out, const std::string& text) {
  is_json(text) ? void(out += text) : append_json_string(out, text);
}

void append_text(std::string& out, ColumnType type, const std::string& text) {
  type == ColumnType::json ? append_opaque(out, text) : append_json_string(out, text);
}

void append_integer(std::string& out, ColumnType type, std::int64_t number) {
  if (type != ColumnType::time) return append_json(out, number);
  out.push_back('"');
  append_time(out, number);
  out.push_back('"');
}

}  // namespace

void append_json(std::string& out, ColumnType type, const Value& value) {
  switch (value.index()) {
    case 1:
      return append_json(out, std::get<bool>(value));
    case 2:
      return append_integer(out, type, std::get<std::int64_t>(value));
    case 3:
      return append_json(out, std::get<double>(value));
    case 4:
      return append_text(out, type, std::get<std::string>(value));
    case 5:
      return append_json(out, std::get<Uuid>(value));
    default:
      out += "null";
  }
}

void append_json(std::string& out, const Table* table, const ColumnValues& values) {
  out += '{';
  bool first = true;
  for (const ColumnValue& entry : values) {
    const Column* column = table ? table->column(entry.column) : nullptr;
    if (!column) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(out, column->name);
    out += ':';
    append_json(out, column->type, entry.value);
  }
  out += '}';
}

}  // namespace genlock
