// What the name of a file of the web app says.
#pragma once

#include <string_view>

namespace genlock::http {

// By the ending, whatever its case; text with its charset. "application/octet-stream" for others.
std::string_view content_type_of(std::string_view name);

// Does the name hold a hash of the content, so that it never stands for another content? True below
// a folder `assets`, where build tools put such files, for "index-Bx3kQ9aZ.js": 8 or more of
// [A-Za-z0-9_-] after '-' or '.', of letters and digits, or of small and capital ones.
bool is_hashed_name(std::string_view name);

// Has the last part of an address the ending of a file? "app.js" and "a.woff2", not "17" or
// "v2.10": a dot and then 1..8 letters and digits, a letter among them.
bool has_file_ending(std::string_view segment);

// May a part of an address be the name of a file here? Not with '/', '\' or a control character in
// it, not empty, and not with a dot in front (so neither "..").
bool is_plain_name(std::string_view segment);

}  // namespace genlock::http
