#include "engine/state_bytes.h"
#include "projections/filter.h"

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

bool before(std::span<const OrderTerm> order, const std::vector<Value>& a, const Uuid& a_id,
            const std::vector<Value>& b, const Uuid& b_id) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (int term = compare_term(order[i], a[i], b[i])) return term < 0;
  }
  return a_id < b_id;
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

Result<Page> choose_page(std::vector<Candidate> candidates, std::span<const OrderTerm> order,
                         const ListOptions& options) {
  std::ranges::sort(candidates, [&](const Candidate& a, const Candidate& b) {
    return before(order, a.values, a.id, b.values, b.id);
  });
  auto first = candidates.begin();
  if (!options.cursor.empty()) {
    TRY_ASSIGN(Cursor cursor, parse_cursor(order, options.cursor));
    auto last_seen = std::ranges::find(candidates, cursor.id, &Candidate::id);
    bool still_there = last_seen != candidates.end();
    first =
        still_there ? last_seen + 1 : std::ranges::find_if(candidates, [&](const Candidate& each) {
          return before(order, cursor.values, cursor.id, each.values, each.id);
        });
  }
  Page page;
  for (auto at = first; at != candidates.end(); ++at) {
    if (page.numbers.size() == options.limit) {
      const Candidate& last = *(at - 1);
      page.next_cursor = format_cursor(order, {last.values, last.id});
      break;
    }
    page.numbers.push_back(at->number);
  }
  return page;
}

}  // namespace genlock
