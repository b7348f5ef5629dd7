#include "http/server/file_request.h"

#include "http/server/header_text.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace genlock::http {
namespace {

constexpr int most_weight = 1000;
constexpr std::string_view bytes_unit = "bytes=";

// Cuts the part before the next `mark` off the front of `rest`.
std::string_view next_part(std::string_view& rest, char mark) {
  const std::size_t end = rest.find(mark);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return trimmed(part);
}

// All values of a list header, one line of it or several.
std::string joined(const Headers& headers, std::string_view name) {
  std::string list;
  for (const auto& [field, value] : headers.all())
    if (lowered(field) == name) list += (list.empty() ? "" : ",") + value;
  return list;
}

// "0.85" -> 850; 0 for what is no weight.
int weight_of(std::string_view text) {
  if (text.empty() || (text.front() != '0' && text.front() != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int weight = (text.front() - '0') * most_weight;
  int step = 100;
  for (char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
    if (!is_digit(c) || step == 0) return 0;
    weight += (c - '0') * step;
    step /= 10;
  }
  return std::min(weight, most_weight);
}

// The weight of one element, ";q=0.5" of it.
int weight_in(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = next_part(parameters, ';');
    if (lowered(next_part(parameter, '=')) == "q") return weight_of(trimmed(parameter));
  }
  return most_weight;
}

// The weight that a list gives to `item` itself; nothing if it does not name it.
std::optional<int> weight_in_list(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    std::string_view element = next_part(list, ',');
    if (lowered(next_part(element, ';')) == item) return weight_in(element);
  }
  return std::nullopt;
}

// The first of `items`, from the most exact one on, that the list names.
int first_weight(std::string_view list, std::initializer_list<std::string_view> items) {
  for (std::string_view item : items)
    if (const auto weight = weight_in_list(list, item)) return *weight;
  return 0;
}

// Digits as a number; so many of them that it can't be held are the largest.
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::uint64_t number = 0;
  for (char c : text) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number > (std::numeric_limits<std::uint64_t>::max() - digit) / 10)
      return std::numeric_limits<std::uint64_t>::max();
    number = number * 10 + digit;
  }
  return number;
}

constexpr ByteRange outside{ByteRange::Kind::outside, 0, 0};

ByteRange last_bytes(std::uint64_t count, std::uint64_t size) {
  const std::uint64_t length = std::min(count, size);
  return length == 0 ? outside : ByteRange{ByteRange::Kind::part, size - length, length};
}

ByteRange from_to(std::uint64_t first, std::uint64_t last, std::uint64_t size) {
  if (first >= size) return outside;
  return {ByteRange::Kind::part, first, std::min(last, size - 1) - first + 1};
}

// "a-b", "a-" or "-n"; nothing for anything else.
std::optional<ByteRange> read_range(std::string_view text, std::uint64_t size) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_of(text.substr(0, dash));
  const auto last = number_of(text.substr(dash + 1));
  if (dash == 0) return last ? std::optional(last_bytes(*last, size)) : std::nullopt;
  if (!first) return std::nullopt;
  if (dash + 1 == text.size()) return from_to(*first, size, size);
  if (!last || *last < *first) return std::nullopt;
  return from_to(*first, *last, size);
}

bool is_same_version(const Headers& headers, std::string_view etag) {
  const std::string* if_range = headers.find("If-Range");
  return !if_range || (headers.count("If-Range") == 1 && *if_range == etag);
}

}  // namespace

int coding_weight(const Headers& headers, std::string_view coding) {
  const std::string list = joined(headers, "accept-encoding");
  if (coding == "identity") return std::max(1, first_weight(list, {"identity"}));
  if (coding == "gzip") return first_weight(list, {"gzip", "x-gzip", "*"});
  return first_weight(list, {coding, "*"});
}

bool accepts_html(const Headers& headers) {
  if (headers.count("Accept") == 0) return true;
  return first_weight(joined(headers, "accept"), {"text/html", "text/*", "*/*"}) > 0;
}

bool has_version(const Headers& headers, std::string_view etag) {
  const std::string list = joined(headers, "if-none-match");
  std::string_view rest = list;
  while (!rest.empty()) {
    std::string_view one = next_part(rest, ',');
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag || one == "*") return true;
  }
  return false;
}

ByteRange asked_range(const Headers& headers, std::string_view etag, std::uint64_t size) {
  const ByteRange whole{ByteRange::Kind::whole, 0, size};
  const std::string* range = headers.find("Range");
  if (!range || headers.count("Range") > 1 || size == 0) return whole;
  if (!lowered(*range).starts_with(bytes_unit) || !is_same_version(headers, etag)) return whole;
  const std::string_view asked = trimmed(std::string_view(*range).substr(bytes_unit.size()));
  return read_range(asked, size).value_or(whole);
}

}  // namespace genlock::http
