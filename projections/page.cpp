#include "projections/page.h"

#include "engine/state_bytes.h"

#include <algorithm>

namespace genlock {
namespace {

// Cut, so that a cursor stays far below the greatest length of an address.
constexpr std::size_t max_cursor_text_bytes = 64;

// Hexadecimal: a cursor is opaque and short.
std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

Value cut(Value value) {
  if (auto* text = std::get_if<std::string>(&value))
    text->resize(std::min(text->size(), max_cursor_text_bytes));
  return value;
}

Error bad_cursor() {
  std::string detail = "is not one that this list gave, with this order: start again without it";
  return {ErrorCode::bad_request, "the cursor " + detail, {{"cursor", "format", detail}}};
}

// Nulls stay last in both directions.
int compare_term(const OrderTerm& term, const Value& a, const Value& b) {
  int order = compare_values(a, b);
  return term.descending && !is_null(a) && !is_null(b) ? -order : order;
}

// A cursor's text that may be the beginning of a longer one.
bool may_be_cut(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text && text->size() == max_cursor_text_bytes;
}

}  // namespace

std::string format_cursor(std::span<const OrderTerm> order, const Cursor& cursor) {
  ByteWriter out;
  out.varint(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    out.varint(order[i].field);
    out.byte(order[i].descending);
    write_value(out, cut(cursor.values[i]));
  }
  out.raw(cursor.id.view());
  return to_hex(out.take());
}

Result<Cursor> parse_cursor(std::span<const OrderTerm> order, std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes) return bad_cursor();
  ByteReader in(*bytes);
  Cursor cursor;
  if (in.varint() != order.size()) return bad_cursor();
  for (const OrderTerm& term : order) {
    if (in.varint() != term.field || (in.byte() != 0) != term.descending) return bad_cursor();
    cursor.values.push_back(read_value(in));
  }
  cursor.id = in.uuid();
  if (!in.ok() || !in.at_end()) return bad_cursor();
  return cursor;
}

ServedList to_list(Page page) {
  ServedList list{
      .json = "[", .count = page.items.size(), .next_cursor = std::move(page.next_cursor)};
  for (const std::string& item : page.items) {
    if (list.json.size() > 1) list.json += ',';
    list.json += item;
  }
  list.json += ']';
  return list;
}

Result<PageChooser> PageChooser::begin(std::span<const OrderTerm> order,
                                       const ListOptions& options) {
  PageChooser chooser(order, options.limit);
  if (!options.cursor.empty()) {
    TRY_ASSIGN(chooser.cursor_, parse_cursor(order, options.cursor));
  }
  return chooser;
}

bool PageChooser::before(const std::vector<Value>& a, const Uuid& a_id, const std::vector<Value>& b,
                         const Uuid& b_id) const {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (int term = compare_term(order_[i], a[i], b[i])) return term < 0;
  }
  return a_id < b_id;
}

// The item that the cursor names, where it was left.
bool PageChooser::is_last_seen(const Candidate& candidate) const {
  if (candidate.id != cursor_->id) return false;
  for (std::size_t i = 0; i < order_.size(); ++i)
    if (cut(candidate.values[i]) != cursor_->values[i]) return false;
  return true;
}

PageChooser::Side PageChooser::side_of(const Candidate& candidate) const {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const Value& mine = cursor_->values[i];
    if (may_be_cut(mine) && cut(candidate.values[i]) == mine) return Side::unclear;
    if (int term = compare_term(order_[i], mine, candidate.values[i]))
      return term < 0 ? Side::after : Side::before;
  }
  return cursor_->id < candidate.id ? Side::after : Side::before;
}

void PageChooser::offer(Candidate candidate) {
  if (cursor_ && is_last_seen(candidate)) {
    last_seen_ = std::move(candidate.values);
    return;
  }
  Side side = cursor_ ? side_of(candidate) : Side::after;
  if (side == Side::unclear) unclear_.push_back(std::move(candidate));
  if (side != Side::after) return;
  after_.push_back(std::move(candidate));
  if (limit_ != no_limit && after_.size() > 2 * (limit_ + 1)) keep_best(limit_ + 1);
}

void PageChooser::keep_best(std::size_t count) {
  const auto is_before = [this](const Candidate& a, const Candidate& b) {
    return before(a.values, a.id, b.values, b.id);
  };
  if (count >= after_.size()) {
    std::ranges::sort(after_, is_before);
    return;
  }
  auto end = after_.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(after_, end, is_before);
  after_.erase(end, after_.end());
}

Page PageChooser::finish() {
  // Where the cursor's item is gone, too much is better than too little.
  for (Candidate& each : unclear_)
    if (!last_seen_ || before(*last_seen_, cursor_->id, each.values, each.id))
      after_.push_back(std::move(each));
  bool is_cut_off = limit_ != no_limit && after_.size() > limit_;
  keep_best(is_cut_off ? limit_ : after_.size());
  Page page;
  if (is_cut_off)
    page.next_cursor = format_cursor(order_, {after_.back().values, after_.back().id});
  for (Candidate& each : after_) page.items.push_back(std::move(each.item));
  return page;
}

}  // namespace genlock
