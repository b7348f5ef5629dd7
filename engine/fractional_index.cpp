#include "engine/fractional_index.h"

#include "engine/limits.h"

namespace genlock {
namespace {

constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr char zero = '0';
constexpr char nine = 'z';  // the greatest digit

std::size_t digit_value(char digit) { return digits.find(digit); }

// Characters of the integer that begins with `head`; 0 for no head.
std::size_t integer_size(char head) {
  if (head >= 'a' && head <= 'z') return static_cast<std::size_t>(head - 'a') + 2;
  if (head >= 'A' && head <= 'Z') return static_cast<std::size_t>('Z' - head) + 2;
  return 0;
}

const std::string& smallest_integer() {
  static const std::string text = "A" + std::string(26, zero);
  return text;
}

bool is_key(std::string_view key) {
  if (key.empty() || key.find_first_not_of(digits) != std::string_view::npos) return false;
  std::size_t size = integer_size(key.front());
  if (size == 0 || key.size() < size || key == smallest_integer()) return false;
  return key.size() == size || key.back() != zero;
}

// The next greater integer; nullopt after the greatest.
std::optional<std::string> increment(std::string integer) {
  for (std::size_t i = integer.size(); i-- > 1;) {
    if (integer[i] != nine) {
      integer[i] = digits[digit_value(integer[i]) + 1];
      return integer;
    }
    integer[i] = zero;
  }
  char head = integer.front();
  if (head == 'z') return std::nullopt;
  if (head == 'Z') return std::string{'a', zero};
  integer.front() = static_cast<char>(head + 1);
  integer.resize(integer_size(integer.front()), zero);
  return integer;
}

// The next smaller integer; nullopt before the smallest.
std::optional<std::string> decrement(std::string integer) {
  for (std::size_t i = integer.size(); i-- > 1;) {
    if (integer[i] != zero) {
      integer[i] = digits[digit_value(integer[i]) - 1];
      return integer;
    }
    integer[i] = nine;
  }
  char head = integer.front();
  if (head == 'A') return std::nullopt;
  if (head == 'a') return std::string{'Z', nine};
  integer.front() = static_cast<char>(head - 1);
  integer.resize(integer_size(integer.front()), nine);
  return integer;
}

char digit_at(std::string_view fraction, std::size_t index) {
  return index < fraction.size() ? fraction[index] : zero;
}

// A fraction between two others; `b` nullopt: one. REQUIRES: a < b, neither ends in zero.
std::string midpoint(std::string_view a, std::optional<std::string_view> b) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    if (b) {
      while (at < b->size() && digit_at(a, at) == (*b)[at]) out.push_back((*b)[at++]);
    }
    std::size_t low = digit_value(digit_at(a, at));
    std::size_t high = b ? digit_value((*b)[at]) : digits.size();
    if (high - low > 1) return out + digits[(low + high + 1) / 2];
    if (b && b->size() > at + 1) return out + (*b)[at];
    out.push_back(digits[low]);  // neighbours: go on behind a's digit, below one
    b.reset();
    ++at;
  }
}

Error refuse(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

Result<std::string> key_before(std::string_view b) {
  std::string integer{b.substr(0, integer_size(b.front()))};
  if (integer == smallest_integer()) return integer + midpoint("", b.substr(integer.size()));
  if (integer < b) return integer;
  auto smaller = decrement(integer);
  if (!smaller) return refuse("no room before this key");
  return *smaller;
}

std::string key_behind(std::string_view a) {
  std::string integer{a.substr(0, integer_size(a.front()))};
  if (auto greater = increment(integer)) return *greater;
  return integer + midpoint(a.substr(integer.size()), std::nullopt);
}

Result<std::string> key_between(std::string_view a, std::string_view b) {
  std::string low{a.substr(0, integer_size(a.front()))};
  std::string high{b.substr(0, integer_size(b.front()))};
  if (low == high) return low + midpoint(a.substr(low.size()), b.substr(high.size()));
  auto greater = increment(low);
  if (!greater) return refuse("no room between these keys");
  if (*greater < b) return *greater;
  return low + midpoint(a.substr(low.size()), std::nullopt);
}

}  // namespace

Result<std::string> generate_key_between(std::optional<std::string_view> a,
                                         std::optional<std::string_view> b) {
  if (a && !is_key(*a)) return refuse("not a fractional index: " + std::string(*a));
  if (b && !is_key(*b)) return refuse("not a fractional index: " + std::string(*b));
  if (a && b && *a >= *b) return refuse(std::string(*a) + " is not before " + std::string(*b));
  if (a && b) return key_between(*a, *b);
  if (a) return key_behind(*a);
  if (b) return key_before(*b);
  return std::string{'a', zero};
}

std::string key_after(std::string_view last) {
  if (last.empty()) return {'a', zero};
  if (is_key(last)) {
    std::string key = key_behind(last);
    return key.size() <= limits::max_sort_order_bytes ? key : std::string(last);
  }
  char head = last.front();
  if (head < 'a') return {'a', zero};
  if (head < 'z') {  // the first integer with one digit more
    std::string key{static_cast<char>(head + 1)};
    key.resize(integer_size(key.front()), zero);
    return key;
  }
  std::string greatest(27, nine);
  if (greatest > last) return greatest;
  return last.size() < limits::max_sort_order_bytes ? std::string(last) + 'V' : std::string(last);
}

}  // namespace genlock
