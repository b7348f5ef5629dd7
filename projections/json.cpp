#include "projections/json.h"

#include "engine/limits.h"
#include "projections/json_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace genlock {
namespace {

using Library = nlohmann::json;

// Builds a Json from the library's events and refuses what the library would let pass.
class Builder : public nlohmann::json_sax<Library> {
 public:
  Json take_root() { return std::move(root_); }
  const std::string& fault() const { return fault_; }

  bool null() override { return place({}); }
  bool boolean(bool value) override {
    return place({.kind = Json::Kind::boolean, .boolean = value});
  }
  bool number_integer(number_integer_t value) override {
    return place(
        {.kind = Json::Kind::integer, .integer = value, .real = static_cast<double>(value)});
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return number_integer(static_cast<std::int64_t>(value));
    }
    return place({.kind = Json::Kind::real, .real = static_cast<double>(value)});
  }
  bool number_float(number_float_t value, const string_t&) override {
    return place({.kind = Json::Kind::real, .real = value});
  }
  bool string(string_t& value) override {
    return place({.kind = Json::Kind::text, .text = std::move(value)});
  }
  bool binary(binary_t&) override { return refuse("binary data"); }

  bool start_object(std::size_t) override { return open(Json::Kind::object); }
  bool start_array(std::size_t) override { return open(Json::Kind::array); }
  bool end_array() override { return close(); }
  bool end_object() override { return keys_differ(open_.back()->members) && close(); }
  bool key(string_t& name) override {
    open_.back()->members.emplace_back(std::move(name), Json{});
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Library::exception& error) override {
    std::string_view what =
        error.what();  // "[json.exception.parse_error.101] parse error at line 1, ..."
    std::size_t end_of_tag = what.find("] ");
    return refuse(what.substr(end_of_tag == what.npos ? 0 : end_of_tag + 2));
  }

 private:
  Json* slot() {
    if (open_.empty()) return &root_;
    Json& parent = *open_.back();
    return parent.is(Json::Kind::object) ? &parent.members.back().second
                                         : &parent.items.emplace_back();
  }
  bool place(Json value) {
    *slot() = std::move(value);
    return true;
  }
  bool open(Json::Kind kind) {
    if (open_.size() == limits::max_json_depth) {
      return refuse("nested deeper than " + std::to_string(limits::max_json_depth));
    }
    Json* made = slot();
    made->kind = kind;
    open_.push_back(made);  // stays in place: only the innermost container grows
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool keys_differ(const std::vector<std::pair<std::string, Json>>& members) {
    std::vector<std::string_view> keys;
    for (const auto& member : members) keys.push_back(member.first);
    std::ranges::sort(keys);
    auto twice = std::ranges::adjacent_find(keys);
    return twice == keys.end() || refuse("the key " + json_string_of(*twice) + " stands twice");
  }
  bool refuse(std::string_view why) {
    if (fault_.empty()) fault_ = why;
    return false;
  }

  Json root_;
  std::vector<Json*> open_;
  std::string fault_;
};

void append_dump(std::string& out, const Json& json);

void append_items(std::string& out, const Json& array) {
  out += '[';
  for (std::size_t i = 0; i < array.items.size(); ++i) {
    if (i > 0) out += ',';
    append_dump(out, array.items[i]);
  }
  out += ']';
}

void append_members(std::string& out, const Json& object) {
  out += '{';
  for (std::size_t i = 0; i < object.members.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, object.members[i].first);
    out += ':';
    append_dump(out, object.members[i].second);
  }
  out += '}';
}

void append_dump(std::string& out, const Json& json) {
  switch (json.kind) {
    case Json::Kind::null:
      out += "null";
      break;
    case Json::Kind::boolean:
      append_json(out, json.boolean);
      break;
    case Json::Kind::integer:
      append_json(out, json.integer);
      break;
    case Json::Kind::real:
      append_json(out, json.real);
      break;
    case Json::Kind::text:
      append_json_string(out, json.text);
      break;
    case Json::Kind::array:
      append_items(out, json);
      break;
    case Json::Kind::object:
      append_members(out, json);
      break;
  }
}

}  // namespace

namespace {

bool take(std::string_view& in, char expected) {
  if (!in.starts_with(expected)) return false;
  in.remove_prefix(1);
  return true;
}

// A string of ASCII without escapes.
bool take_plain_text(std::string_view& in) {
  if (!take(in, '"')) return false;
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  in.remove_prefix(static_cast<std::size_t>(std::ranges::find_if_not(in, is_plain) - in.begin()));
  return take(in, '"');
}

// A whole number that is not negative.
bool take_plain_number(std::string_view& in) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_zero = in.starts_with('0');
  const auto size = static_cast<std::size_t>(std::ranges::find_if_not(in, is_digit) - in.begin());
  in.remove_prefix(size);
  return size == 1 || (size > 1 && !is_zero);
}

// What most JSON columns hold: compact, and of plain texts and whole numbers alone. A parser costs
// ten times as much. False: it may be JSON all the same.
bool take_plain(std::string_view& in, std::size_t depth) {
  if (in.starts_with('"')) return take_plain_text(in);
  const bool is_object = in.starts_with('{');
  if (!is_object && !in.starts_with('[')) return take_plain_number(in);
  if (depth == 0) return false;
  const char end = is_object ? '}' : ']';
  in.remove_prefix(1);
  if (take(in, end)) return true;
  do {
    if (is_object && !(take_plain_text(in) && take(in, ':'))) return false;
    if (!take_plain(in, depth - 1)) return false;
  } while (take(in, ','));
  return take(in, end);
}

}  // namespace

const Json* Json::find(std::string_view key) const {
  auto found = std::ranges::find(members, key,
                                 [](const auto& member) { return std::string_view(member.first); });
  return found == members.end() ? nullptr : &found->second;
}

const char* to_string(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::boolean:
      return "a boolean";
    case Json::Kind::integer:
    case Json::Kind::real:
      return "a number";
    case Json::Kind::text:
      return "a text";
    case Json::Kind::array:
      return "an array";
    case Json::Kind::object:
      return "an object";
  }
  return "?";
}

Result<Json> parse_json(std::string_view text) {
  Builder builder;
  if (!Library::sax_parse(text.begin(), text.end(), &builder)) {
    return Error{ErrorCode::bad_request,
                 "the body is not the JSON that is taken here: " + builder.fault()};
  }
  return builder.take_root();
}

std::string dump(const Json& json) {
  std::string out;
  append_dump(out, json);
  return out;
}

bool is_json(std::string_view text) {
  std::string_view rest = text;
  const bool is_plain = take_plain(rest, limits::max_json_depth) && rest.empty();
  return is_plain || Library::accept(text.begin(), text.end());
}

std::string pointer_to(std::string_view parent, std::string_view key) {
  std::string pointer(parent);
  pointer += '/';
  for (char c : key) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

}  // namespace genlock
