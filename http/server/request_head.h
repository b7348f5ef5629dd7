// The strict reading of a request's head (RFC 9112), before the library or a handler sees it. What
// two readers might understand differently is refused, so nothing can hide a second request behind
// a first one:
//   head         = request-line *( name ":" value CRLF ) CRLF
//   request-line = method SP target SP "HTTP/1." ("0" / "1") CRLF
// The target starts with '/' and is printable ASCII; no folded lines, no bare CR or LF, no space
// before ':'.
// A body has exactly one Content-Length of digits; Transfer-Encoding and Content-Encoding are not
// taken.
#pragma once

#include "http/server/limits.h"
#include "http/server/message.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace genlock::http {

struct RequestHead {
  std::string method;  // "" while not known
  std::string path;
  std::string query;
  Headers headers;
  std::uint64_t body_bytes = 0;
  bool http_1_0 = false;
  bool close = false;             // the connection ends after the answer
  bool expects_continue = false;  // the client waits for "100 Continue" before it sends the body
};

struct Refusal {
  int status;
  std::string detail;
};

// Looks for the end of a head in what has arrived so far. `scanned` bytes were looked at by earlier
// calls.
struct HeadScan {
  enum class State { incomplete, complete, malformed } state;
  std::size_t bytes;  // complete: the length of the head with its empty line; else what was scanned
};
HeadScan scan_head(std::string_view input, std::size_t scanned);

// Reads a complete head into `head`, as far as it is good: a refusal can still name the path and
// the request id. The body limit is that of the path. Nothing = good.
std::optional<Refusal> parse_head(std::string_view bytes, const Limits& limits, RequestHead& head);

// Rules on names and values that answers must obey too.
bool is_token(std::string_view text);        // method and field names
bool is_field_value(std::string_view text);  // no control characters but tab
bool is_request_id(std::string_view text);   // 1..64 of [A-Za-z0-9_-]

}  // namespace genlock::http
