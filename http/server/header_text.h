// The text of HTTP headers: ASCII alone, whatever the locale says.
#pragma once

#include <string>
#include <string_view>

namespace genlock::http {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without the blanks and tabs around it.
inline std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace genlock::http
