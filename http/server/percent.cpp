#include "http/server/percent.h"

namespace genlock::http {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The byte that `text` spells as "%xx" at `at`; nothing if it does not, or if the byte is NUL.
std::optional<char> escaped_byte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

// Cuts the part before the next `separator` off the front of `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

bool add_pair(std::string_view pair, Parameters& parameters) {
  std::string_view rest = pair;
  auto name = percent_decode(next_part(rest, '='), Plus::space);
  auto value = percent_decode(rest, Plus::space);
  if (!name || !value) return false;
  parameters.add(std::move(*name), std::move(*value));
  return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    char byte = text[at];
    if (byte == '%') {
      const auto decoded = escaped_byte(text, at);
      if (!decoded) return std::nullopt;
      byte = *decoded;
      at += 2;
    } else if (byte == '+' && plus == Plus::space) {
      byte = ' ';
    }
    out.push_back(byte);
  }
  return out;
}

std::optional<std::vector<std::string>> decode_path(std::string_view path) {
  std::vector<std::string> segments;
  if (path == "/") return segments;
  std::string_view rest = path.substr(1);
  const bool trailing_slash = path.back() == '/';
  while (!rest.empty()) {
    auto segment = percent_decode(next_part(rest, '/'), Plus::literal);
    if (!segment) return std::nullopt;
    segments.push_back(std::move(*segment));
  }
  if (trailing_slash) segments.emplace_back();
  return segments;
}

std::optional<Parameters> decode_query(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view pair = next_part(query, '&');
    if (!pair.empty() && !add_pair(pair, parameters)) return std::nullopt;
  }
  return parameters;
}

}  // namespace genlock::http
