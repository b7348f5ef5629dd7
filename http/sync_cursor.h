// A Sync-Cursor: a place in this node's own log, for a client that reads first and then follows the
// changes. It names the log's incarnation, because a position means nothing in another one.
//   cursor = first 8 hex digits of the origin's id "." position        "5f2c81d0.48211"
#pragma once

#include "engine/ids.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::http {

inline std::string format_sync_cursor(OriginId origin, Position position) {
  return origin.to_string().substr(0, 8) + "." + std::to_string(number(position));
}

// nullopt: malformed, or of another log.
inline std::optional<Position> parse_sync_cursor(OriginId origin, std::string_view text) {
  if (text.size() < 10 || text[8] != '.' || text.substr(0, 8) != origin.to_string().substr(0, 8))
    return std::nullopt;
  std::uint64_t position = 0;
  auto [end, error] = std::from_chars(text.data() + 9, text.data() + text.size(), position);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return Position{position};
}

}  // namespace genlock::http
