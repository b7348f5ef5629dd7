#include "support/hex.h"

#include "engine/check.h"

#include <cctype>
#include <fstream>
#include <sstream>

namespace genlock {

namespace {

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  CHECK(file.good(), path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string from_hex(std::string_view text) {
  std::string bytes;
  int high = -1;
  bool in_comment = false;
  for (char c : text) {
    if (c == '#') in_comment = true;
    if (c == '\n') in_comment = false;
    if (in_comment || !std::isxdigit(static_cast<unsigned char>(c))) continue;
    if (high < 0) {
      high = digit(c);
    } else {
      bytes += static_cast<char>(high << 4 | digit(c));
      high = -1;
    }
  }
  CHECK(high < 0);
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string hex_example(const std::string& path, std::string_view heading) {
  const std::string text = read_file(path);
  constexpr std::string_view fence = "```hex\n";
  const std::size_t section = text.find(heading);
  CHECK(section != std::string::npos, std::string(heading));
  const std::size_t begin = text.find(fence, section) + fence.size();
  return from_hex(std::string_view(text).substr(begin, text.find("```", begin) - begin));
}

}  // namespace genlock
