#include "transfer/json_print.h"

#include <algorithm>

namespace genlock::transfer {
namespace {

constexpr std::size_t line_width = 100;

bool is_plain(const Json& json) {
  return !json.is(Json::Kind::array) && !json.is(Json::Kind::object);
}

bool fits_line(const Json& json) {
  bool flat = std::ranges::all_of(json.items, is_plain) &&
              std::ranges::all_of(json.members, [](const auto& m) { return is_plain(m.second); });
  return flat && dump(json).size() <= line_width;
}

void print(std::string& out, const Json& json, std::size_t indent);

// Calls `item` for each of `count` items, each on a line of its own.
template <class Item>
void lines(std::string& out, std::size_t count, std::size_t indent, Item item) {
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "\n" : ",\n";
    out.append(indent + 2, ' ');
    item(i);
  }
  out += '\n';
  out.append(indent, ' ');
}

void print_array(std::string& out, const Json& json, std::size_t indent) {
  out += '[';
  lines(out, json.items.size(), indent,
        [&](std::size_t i) { print(out, json.items[i], indent + 2); });
  out += ']';
}

void print_object(std::string& out, const Json& json, std::size_t indent) {
  out += '{';
  lines(out, json.members.size(), indent, [&](std::size_t i) {
    out += dump(json_text(json.members[i].first)) + ": ";
    print(out, json.members[i].second, indent + 2);
  });
  out += '}';
}

void print(std::string& out, const Json& json, std::size_t indent) {
  if (is_plain(json) || fits_line(json))
    out += dump(json);
  else if (json.is(Json::Kind::array))
    print_array(out, json, indent);
  else
    print_object(out, json, indent);
}

}  // namespace

std::string pretty(const Json& json) {
  std::string out;
  print(out, json, 0);
  out += '\n';
  return out;
}

Json json_text(std::string text) { return {.kind = Json::Kind::text, .text = std::move(text)}; }

Json json_number(std::int64_t number) {
  return {.kind = Json::Kind::integer, .integer = number, .real = static_cast<double>(number)};
}

Json json_flag(bool value) { return {.kind = Json::Kind::boolean, .boolean = value}; }

Json json_array(std::vector<Json> items) {
  return {.kind = Json::Kind::array, .items = std::move(items)};
}

Json json_object(std::vector<std::pair<std::string, Json>> members) {
  return {.kind = Json::Kind::object, .members = std::move(members)};
}

}  // namespace genlock::transfer
