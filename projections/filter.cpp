#include "projections/filter.h"

#include "projections/time_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace genlock {
namespace {

struct OperatorName {
  std::string_view name;
  Operator op;
};
constexpr OperatorName operator_names[] = {
    {"eq", Operator::eq},       {"neq", Operator::neq}, {"gt", Operator::gt},
    {"gte", Operator::gte},     {"lt", Operator::lt},   {"lte", Operator::lte},
    {"ilike", Operator::ilike}, {"in", Operator::in},   {"is", Operator::is}};

Error bad_parameter(std::string_view name, std::string detail, std::string code = "format") {
  std::string message = "the parameter " + std::string(name) + " " + detail;
  return {ErrorCode::bad_request,
          std::move(message),
          {{std::string(name), std::move(code), std::move(detail)}}};
}

std::optional<std::size_t> field_named(std::span<const Field> fields, std::string_view name) {
  auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - fields.begin());
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc{} && end == text.data() + text.size() && std::isfinite(number);
  return whole ? std::optional(number) : std::nullopt;
}

// A value as a query writes it: 60, true, planning, 2026-11-22T18:42:03Z. nullopt: not of this
// type.
std::optional<Value> parse_plain(ColumnType type, std::string_view text) {
  switch (type) {
    case ColumnType::text:
      return Value{std::string(text)};
    case ColumnType::boolean:
      if (text == "true" || text == "false") return Value{text == "true"};
      return std::nullopt;
    case ColumnType::integer:
    case ColumnType::real:
      if (auto number = parse_number(text)) return Value{*number};
      return std::nullopt;
    case ColumnType::time:
      if (auto ms = parse_time(text)) return Value{std::int64_t{*ms}};
      return std::nullopt;
    case ColumnType::uuid:
      if (auto uuid = Uuid::parse(text)) return Value{*uuid};
      return std::nullopt;
    case ColumnType::json:
      return std::nullopt;
  }
  return std::nullopt;
}

// Takes one item of a list off the front of `text`, up to a comma or the end. An item that begins
// with a quote ends with one; inside, a backslash takes the next character as it is. nullopt: no
// such item.
std::optional<std::string> take_item(std::string_view& text) {
  std::string item;
  bool quoted = text.starts_with('"');
  std::size_t at = quoted ? 1 : 0;
  for (; at < text.size() && text[at] != (quoted ? '"' : ','); ++at) {
    if (quoted && text[at] == '\\' && ++at == text.size()) return std::nullopt;
    item += text[at];
  }
  if (quoted && at++ == text.size()) return std::nullopt;
  text.remove_prefix(at);
  if (!text.empty() && text.front() != ',') return std::nullopt;
  return item;
}

// (a,"b,c") -> a | b,c; () -> nothing.
std::optional<std::vector<std::string>> split_list(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  while (!text.empty() || !items.empty()) {
    auto item = take_item(text);
    if (!item) return std::nullopt;
    items.push_back(*std::move(item));
    if (text.empty()) break;
    text.remove_prefix(1);
  }
  return items;
}

Result<std::vector<Value>> parse_values_of(ColumnType type, std::string_view name, Operator op,
                                           std::string_view text) {
  std::vector<std::string> items{std::string(text)};
  if (op == Operator::in) {
    auto list = split_list(text);
    if (!list)
      return bad_parameter(name, "needs a list in brackets after in., like in.(a,\"b,c\")");
    items = *std::move(list);
  }
  std::vector<Value> values;
  for (const std::string& item : items) {
    auto value = parse_plain(type, item);
    if (!value) return bad_parameter(name, "can't be compared with \"" + item + "\": another type");
    values.push_back(*std::move(value));
  }
  return values;
}

Result<std::vector<Value>> parse_is(ColumnType type, std::string_view name, std::string_view text) {
  if (text == "null") return std::vector<Value>{Value{}};
  bool flag = text == "true" || text == "false";
  if (flag && type == ColumnType::boolean) return std::vector<Value>{Value{text == "true"}};
  return bad_parameter(name, "takes is.null, and is.true or is.false where it is a boolean");
}

Result<std::vector<OrderTerm>> parse_order(std::span<const Field> fields, std::string_view text) {
  std::vector<OrderTerm> order;
  while (true) {
    std::string_view term = text.substr(0, text.find(','));
    std::size_t dot = term.find('.');
    std::string_view direction = dot == term.npos ? "asc" : term.substr(dot + 1);
    auto field = field_named(fields, term.substr(0, dot));
    if (!field || fields[*field].type == ColumnType::json) {
      return bad_parameter("order",
                           "names something that can't be ordered by: " + std::string(term));
    }
    if (direction != "asc" && direction != "desc") {
      return bad_parameter("order",
                           "takes .asc or .desc after a column, not ." + std::string(direction));
    }
    if (order.size() == max_order_terms) return bad_parameter("order", "names too many columns");
    order.push_back({*field, direction == "desc"});
    if (term.size() == text.size()) return order;
    text.remove_prefix(term.size() + 1);
  }
}

Result<std::size_t> parse_limit(std::string_view text) {
  std::size_t limit = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  bool whole = error == std::errc{} && end == text.data() + text.size();
  if (whole && limit >= 1 && limit <= default_limit) return limit;
  return bad_parameter("limit", "must be 1.." + std::to_string(default_limit));
}

Result<void> take_parameter(std::span<const Field> fields, std::string_view name,
                            std::string_view value, ListOptions& options) {
  if (name == "order") {
    TRY_ASSIGN(options.order, parse_order(fields, value));
  } else if (name == "limit") {
    TRY_ASSIGN(options.limit, parse_limit(value));
  } else if (name == "cursor") {
    if (value.empty()) return bad_parameter(name, "is empty: take it from the Link of a page");
    options.cursor = value;
  } else if (name == "deleted") {
    if (value != "true" && value != "false") return bad_parameter(name, "must be true or false");
    options.include_deleted = value == "true";
  } else {
    TRY_ASSIGN(Filter filter, parse_filter(fields, name, value));
    options.filters.push_back(std::move(filter));
    if (options.filters.size() > max_filters)
      return bad_parameter(
          name, "is one filter too many: a list takes at most " + std::to_string(max_filters));
  }
  return {};
}

// --- ilike --------------------------------------------------------------------------------------

// The lower case of a code point of two bytes in UTF-8, where both have two: Latin, Greek,
// Cyrillic.
unsigned lower_two_bytes(unsigned c) {
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;
  if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  bool odd_is_capital = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
  if (odd_is_capital) return c % 2 == 1 ? c + 1 : c;
  bool in_pairs = c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149;
  return in_pairs && c % 2 == 0 ? c + 1 : c;
}

// For comparing without case: the letters of European languages. The same length as before.
std::string lower(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto byte = static_cast<unsigned char>(out[i]);
    if (byte >= 'A' && byte <= 'Z') out[i] = static_cast<char>(byte - 'A' + 'a');
    if (byte < 0xc2 || byte > 0xdf || i + 1 == out.size()) continue;
    unsigned point = (byte & 0x1fU) << 6 | (static_cast<unsigned char>(out[i + 1]) & 0x3fU);
    unsigned small = lower_two_bytes(point);
    out[i] = static_cast<char>(0xc0U | small >> 6);
    out[++i] = static_cast<char>(0x80U | (small & 0x3fU));
  }
  return out;
}

// Where `part` stands in `text`. Linear, whatever both are: filters come from anybody.
std::size_t find_part(std::string_view text, std::string_view part) {
  const void* at = memmem(text.data(), text.size(), part.data(), part.size());
  return at ? static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) : text.npos;
}

// `*` stands for any text. Both in lower case. The parts between stars are found one after the
// other, each as early as possible.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  while ((star = pattern.find('*')) != pattern.npos) {
    std::size_t at = find_part(text, pattern.substr(0, star));
    if (at == text.npos) return false;
    text.remove_prefix(at + star);
    pattern.remove_prefix(star + 1);
  }
  return text.ends_with(pattern);
}

// --- comparing ----------------------------------------------------------------------------------

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

double number_of(const Value& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  return integer ? static_cast<double>(*integer) : std::get<double>(value);
}

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

Result<ListOptions> parse_list_options(std::span<const Field> fields,
                                       std::span<const QueryParameter> parameters) {
  ListOptions options;
  std::vector<std::string_view> once;
  for (const auto& [name, value] : parameters) {
    bool of_the_page = name == "order" || name == "limit" || name == "cursor" || name == "deleted";
    if (of_the_page && std::ranges::find(once, name) != once.end()) {
      return bad_parameter(name, "may stand once only");
    }
    if (of_the_page) once.push_back(name);
    TRY(take_parameter(fields, name, value, options));
  }
  return options;
}

Result<Filter> parse_filter(std::span<const Field> fields, std::string_view name,
                            std::string_view text) {
  auto field = field_named(fields, name);
  if (!field) return bad_parameter(name, "is no column and no parameter of this list", "unknown");
  std::size_t dot = text.find('.');
  auto op = std::ranges::find(operator_names, text.substr(0, dot), &OperatorName::name);
  if (dot == text.npos || op == std::end(operator_names)) {
    return bad_parameter(
        name, "needs an operator, like eq.value; known: eq neq gt gte lt lte ilike in is");
  }
  std::string_view rest = text.substr(dot + 1);
  ColumnType type = fields[*field].type;
  Filter filter{.field = *field, .op = op->op, .values = {}, .pattern = {}};
  if (filter.op == Operator::is) {
    TRY_ASSIGN(filter.values, parse_is(type, name, rest));
  } else if (type == ColumnType::json) {
    return bad_parameter(name, "is opaque JSON and takes is.null only");
  } else if (filter.op == Operator::ilike) {
    if (type != ColumnType::text) return bad_parameter(name, "is no text: ilike does not apply");
    filter.pattern = lower(rest);
  } else {
    TRY_ASSIGN(filter.values, parse_values_of(type, name, filter.op, rest));
  }
  return filter;
}

bool passes(const Filter& filter, const Value& value) {
  if (filter.op == Operator::is) return value == filter.values.front();
  if (is_null(value)) return false;
  if (filter.op == Operator::ilike) {
    const auto* text = std::get_if<std::string>(&value);
    return text && matches_pattern(filter.pattern, lower(*text));
  }
  if (filter.op == Operator::in) {
    return std::ranges::any_of(filter.values,
                               [&](const Value& each) { return compare_values(value, each) == 0; });
  }
  int order = compare_values(value, filter.values.front());
  switch (filter.op) {
    case Operator::eq:
      return order == 0;
    case Operator::neq:
      return order != 0;
    case Operator::gt:
      return order > 0;
    case Operator::gte:
      return order >= 0;
    case Operator::lt:
      return order < 0;
    default:
      return order <= 0;
  }
}

int compare_values(const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return three_way(is_null(a), is_null(b));
  if (is_number(a) && is_number(b)) return three_way(number_of(a), number_of(b));
  if (a.index() != b.index()) return three_way(a.index(), b.index());
  if (const auto* flag = std::get_if<bool>(&a)) return three_way(*flag, std::get<bool>(b));
  if (const auto* uuid = std::get_if<Uuid>(&a)) return three_way(*uuid, std::get<Uuid>(b));
  return std::get<std::string>(a).compare(std::get<std::string>(b));
}

}  // namespace genlock
