// Bytes as documents show them: "00 1f a0", white space as you like, `# ...` to the end of a line
// is a comment.
#pragma once

#include <string>
#include <string_view>

namespace genlock {

std::string from_hex(std::string_view text);
std::string to_hex(std::string_view bytes);

// The bytes of the first ```hex block after `heading` in a Markdown file.
std::string hex_example(const std::string& path, std::string_view heading);

}  // namespace genlock
