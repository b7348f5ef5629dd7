// Errors as RFC 9457 bodies, in the shape that every error of the API has:
//   {"type":"/problems/too-large","title":"..","status":413,"detail":"..",
//    "instance":"/api/..","request_id":".."}
#pragma once

#include "http/server/message.h"

#include <string>
#include <string_view>

namespace genlock::http {

struct Problem {
  int status = 500;
  std::string_view name;  // "too-large": the last part of `type`
  std::string_view title;
  std::string detail;  // with the remedy
};

// What the server itself answers with `status` (400 404 405 408 411 413 414 415 416 417 431 500 503
// 505), with its title.
Problem standard_problem(int status, std::string detail);

// `instance` is the request's path, "" where it is not known.
HttpResponse problem_response(const Problem& problem, std::string_view instance,
                              std::string_view request_id);

// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace genlock::http
