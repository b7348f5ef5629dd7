// What the headers of a request ask of a file (RFC 9110, sections 12 to 14). Pure functions; a
// header that can't be read counts as not sent.
#pragma once

#include "http/server/message.h"

#include <cstdint>
#include <string_view>

namespace genlock::http {

// How much a client likes a content coding, 0..1000; 0: not at all. "identity", the file as it is,
// is never 0, and 1 where the client does not name it: better that than nothing.
int coding_weight(const Headers& headers, std::string_view coding);

// Accept takes text/html, by name or by `*`; a client that sends none takes everything.
bool accepts_html(const Headers& headers);

// If-None-Match names this version, or `*`: 304.
bool has_version(const Headers& headers, std::string_view etag);

struct ByteRange {
  enum class Kind { whole, part, outside };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;  // from `first` on; 0 if outside

  bool operator==(const ByteRange&) const = default;
};

// Range with If-Range, for a file of `size` bytes: one range is taken (`a-b`, `a-`, `-n`), of
// several the file whole. If-Range must be the ETag as it is; a date never is.
ByteRange asked_range(const Headers& headers, std::string_view etag, std::uint64_t size);

}  // namespace genlock::http
