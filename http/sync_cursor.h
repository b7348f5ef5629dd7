// A Sync-Cursor: a place in this node's own log, for a client that reads first and then follows the
// changes. It names the log's incarnation and the rules that make rows of it, because a position
// means nothing in another log, and rows that other rules made are not the ones the client has.
//   cursor = first 8 hex digits of UUIDv5(origin, "<fold>.<rows>.<feed>") "." position
//   "5f2c81d0.48211"
#pragma once

#include "engine/ids.h"
#include "engine/record.h"
#include "projections/stored_row.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::http {

// Of what the feed keeps beside the log. Another one: what was not kept before would be missed.
inline constexpr std::uint32_t feed_version = 1;

inline std::string sync_lineage(OriginId origin) {
  const std::string rules = std::to_string(fold_version) + "." +
                            std::to_string(row_format_version) + "." + std::to_string(feed_version);
  return Uuid::make_v5(origin.uuid, rules).to_string().substr(0, 8);
}

inline std::string format_sync_cursor(OriginId origin, Position position) {
  return sync_lineage(origin) + "." + std::to_string(number(position));
}

// Any node's: eight hex digits, a dot, a number.
inline bool is_sync_cursor(std::string_view text) {
  return text.size() >= 10 && text.size() <= 29 && text[8] == '.' &&
         text.substr(0, 8).find_first_not_of("0123456789abcdef") == text.npos &&
         text.substr(9).find_first_not_of("0123456789") == text.npos;
}

// nullopt: malformed, or of another log.
inline std::optional<Position> parse_sync_cursor(OriginId origin, std::string_view text) {
  if (!is_sync_cursor(text) || text.substr(0, 8) != sync_lineage(origin)) return std::nullopt;
  std::uint64_t position = 0;
  auto [end, error] = std::from_chars(text.data() + 9, text.data() + text.size(), position);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return Position{position};
}

}  // namespace genlock::http
