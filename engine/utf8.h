// Is this text well-formed UTF-8 (RFC 3629)? Text from outside is checked once, where it comes in:
// JSON writers throw at anything else.
#pragma once

#include <string_view>

namespace genlock {

// Refuses overlong forms, surrogates and numbers above U+10FFFF. O(size); ASCII eight bytes at a
// time.
bool is_utf8(std::string_view text);

}  // namespace genlock
