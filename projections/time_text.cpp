#include "projections/time_text.h"

#include <algorithm>
#include <chrono>

namespace genlock {
namespace {

using namespace std::chrono;

constexpr UnixMs ms_per_day = 86'400'000;
constexpr UnixMs first_ms = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr UnixMs last_ms = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

void append_digits(std::string& out, std::int64_t number, int digit_count) {
  char digits[8];
  for (int i = digit_count - 1; i >= 0; --i, number /= 10) {
    digits[i] = static_cast<char>('0' + number % 10);
  }
  out.append(digits, static_cast<std::size_t>(digit_count));
}

// Reads a text from its front; after the first thing that does not fit, ok is false for good.
struct Cursor {
  std::string_view rest;
  bool ok = true;

  char take() {
    if (rest.empty()) {
      ok = false;
      return '\0';
    }
    char c = rest.front();
    rest.remove_prefix(1);
    return c;
  }
  void expect(char wanted) { ok = take() == wanted && ok; }
  // `digit_count` digits giving at most `greatest`.
  int number(int digit_count, int greatest) {
    int value = 0;
    for (int i = 0; i < digit_count; ++i) {
      char c = take();
      if (c < '0' || c > '9') ok = false;
      value = value * 10 + (c - '0');
    }
    if (value > greatest) ok = false;
    return value;
  }
  bool at_digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
};

// ".114159" -> 114.
int take_fraction_ms(Cursor& in) {
  if (in.rest.empty() || in.rest.front() != '.') return 0;
  in.take();
  if (!in.at_digit()) in.ok = false;
  int ms = 0;
  for (int weight = 100; in.at_digit(); weight /= 10) ms += (in.take() - '0') * weight;
  return ms;
}

// "Z", "+02:00" -> minutes ahead of UTC.
int take_offset_minutes(Cursor& in) {
  char sign = in.take();
  if (sign == 'Z' || sign == 'z') return 0;
  if (sign != '+' && sign != '-') in.ok = false;
  int minutes = in.number(2, 23) * 60;
  in.expect(':');
  minutes += in.number(2, 59);
  return sign == '-' ? -minutes : minutes;
}

}  // namespace

void append_time(std::string& out, UnixMs ms) {
  ms = std::clamp(ms, first_ms, last_ms);
  UnixMs day = ms >= 0 ? ms / ms_per_day : -((-ms + ms_per_day - 1) / ms_per_day);
  UnixMs of_day = ms - day * ms_per_day;
  year_month_day date{sys_days{days{day}}};
  append_digits(out, static_cast<int>(date.year()), 4);
  out.push_back('-');
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('T');
  append_digits(out, of_day / 3'600'000, 2);
  out.push_back(':');
  append_digits(out, of_day / 60'000 % 60, 2);
  out.push_back(':');
  append_digits(out, of_day / 1'000 % 60, 2);
  out.push_back('.');
  append_digits(out, of_day % 1'000, 3);
  out.push_back('Z');
}

std::string format_time(UnixMs ms) {
  std::string out;
  append_time(out, ms);
  return out;
}

std::optional<UnixMs> parse_time(std::string_view text) {
  Cursor in{text};
  int year = in.number(4, 9999);
  in.expect('-');
  int month = in.number(2, 12);
  in.expect('-');
  int day = in.number(2, 31);
  char separator = in.take();
  int hour = in.number(2, 23);
  in.expect(':');
  int minute = in.number(2, 59);
  in.expect(':');
  int second = in.number(2, 60);
  int fraction_ms = take_fraction_ms(in);
  int offset = take_offset_minutes(in);

  year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                      std::chrono::day{static_cast<unsigned>(day)}};
  if (!in.ok || !in.rest.empty() || (separator != 'T' && separator != 't') || !date.ok()) {
    return std::nullopt;
  }
  UnixMs ms = sys_days{date}.time_since_epoch().count() * ms_per_day +
              ((hour * 60 + minute - offset) * 60 + second) * UnixMs{1'000} + fraction_ms;
  if (ms < first_ms || ms > last_ms) return std::nullopt;
  return ms;
}

}  // namespace genlock
