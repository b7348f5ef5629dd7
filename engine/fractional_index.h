// Fractional indexing (David Greenspan, "Implementing Fractional Indexing", 2020; the npm package
// `fractional-indexing` makes the same keys): text keys that sort by bytes, with room for another
// key between any two. A key is an integer, whose first letter says how many digits it has
//   A (27 characters) ... Z00 .. Zz   a0 .. az   b00 .. bzz   c000 ... z (27 characters)
// and after it a fraction without trailing zeros. Digits are 0-9A-Za-z, in the order of their
// bytes.
#pragma once

#include "engine/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace genlock {

// A short key greater than `a` and less than `b`; nullopt: no bound on that side.
// ERRORS: invalid_argument where a or b is no key, or a >= b, or no room is left.
Result<std::string> generate_key_between(std::optional<std::string_view> a,
                                         std::optional<std::string_view> b);

// A key after `last`, which may be any sort_order that a client sent: what generate_key_between
// gives where `last` is a key of ours, else some greater text; `last` itself when there is none of
// at most limits::max_sort_order_bytes.
std::string key_after(std::string_view last);

}  // namespace genlock
