#include "transfer/csv_lists.h"

#include "transfer/json_print.h"

#include <algorithm>
#include <charconv>

namespace genlock::transfer {
namespace {

constexpr std::size_t max_entries = 1'000;  // a large router has 576 inputs
constexpr std::int64_t max_index = 9'999;   // as the columns

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Error bad(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

// The number that `text` begins with, which is taken off; 0: none.
std::int64_t take_number(std::string_view& text) {
  std::int64_t number = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || text.front() == '-') return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take_mark(std::string_view& text, std::string_view marks) {
  std::string_view rest = trimmed(text);
  if (rest.empty() || marks.find(rest.front()) == marks.npos) return false;
  text = trimmed(rest.substr(1));
  return true;
}

// "2 x SDI": 2, and the name is left in `entry`.
std::int64_t take_count(std::string_view& entry) {
  std::string_view rest = entry;
  std::int64_t count = take_number(rest);
  bool is_count = count > 0 && take_mark(rest, "xX") && !rest.empty();
  if (!is_count) return 1;
  entry = rest;
  return count;
}

// "3: SDI": 3.
std::int64_t take_index(std::string_view& entry, std::int64_t otherwise) {
  std::string_view rest = entry;
  bool has_digit = !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
  std::int64_t index = take_number(rest);
  if (!has_digit || !take_mark(rest, ":") || rest.empty()) return otherwise;
  entry = rest;
  return index;
}

}  // namespace

Result<std::vector<Listed>> read_list_cell(const std::string& cell, std::int64_t first) {
  std::vector<Listed> list;
  std::string_view left = cell;
  while (!left.empty()) {
    auto end = std::min(left.find_first_of("|,;"), left.size());
    std::string_view entry = trimmed(left.substr(0, end));
    left.remove_prefix(std::min(left.size(), end + 1));
    if (entry.empty()) continue;
    std::int64_t next = list.empty() ? first : list.back().index + 1;
    std::int64_t index = take_index(entry, next), count = take_count(entry);
    if (list.size() + static_cast<std::size_t>(count) > max_entries || index > max_index)
      return bad("names more than " + std::to_string(max_entries) + " entries");
    for (; count > 0; --count) list.push_back({index++, std::string(entry)});
  }
  return list;
}

std::string list_cell(std::vector<Listed> list, std::int64_t first) {
  std::ranges::stable_sort(list, {}, &Listed::index);
  std::string cell;
  std::int64_t next = first;
  for (const Listed& entry : list) {
    if (!cell.empty()) cell += " | ";
    if (entry.index != next) cell += std::to_string(entry.index) + ": ";
    cell += entry.name;
    next = entry.index + 1;
  }
  return cell;
}

Result<Json> read_resolution(const std::string& cell) {
  std::string text = cell;
  if (auto times = text.find("\xc3\x97"); times != text.npos) text.replace(times, 2, "x");
  std::string_view rest = trimmed(text);
  std::int64_t width = rest.empty() ? 0 : take_number(rest);
  bool has_mark = take_mark(rest, "xX*");
  std::int64_t height = has_mark && !rest.empty() ? take_number(rest) : 0;
  Json made = json_object({{"h_res", json_number(width)}, {"v_res", json_number(height)}});
  bool has_rate = take_mark(rest, "@");
  if (has_rate) made.members.emplace_back("rate", json_text(std::string(rest)));
  bool is_good = width > 0 && height > 0 && (has_rate ? !rest.empty() : trimmed(rest).empty());
  if (!is_good)
    return bad("must be like 1920x1080 or 1920x1080@59.94, not " + dump(json_text(cell)));
  return made;
}

}  // namespace genlock::transfer
