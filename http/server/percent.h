// Percent-encoding (RFC 3986) of paths and queries, strict: what does not decode is refused, never
// guessed.
#pragma once

#include "http/server/message.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace genlock::http {

enum class Plus { literal, space };  // '+' in a path, and in a query

// Nothing for a broken escape or a NUL byte.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

// "/a%20b/c" -> {"a b", "c"}; "/" -> {}; "/a/" -> {"a", ""}. Split first, decoded then: "%2F" stays
// in its segment. REQUIRES: path starts with '/'.
std::optional<std::vector<std::string>> decode_path(std::string_view path);

// "a=1&a=2&b" -> a=1, a=2, b="".
std::optional<Parameters> decode_query(std::string_view query);

}  // namespace genlock::http
