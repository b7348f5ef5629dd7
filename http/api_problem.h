// Errors on their way out: which status an ErrorCode has, and what a body carries beside the
// common members (docs/api.md, sections 5 and 7).
#pragma once

#include "http/api_core.h"
#include "http/server/problem_types.h"

#include <chrono>

namespace genlock::http {

// With the present row, the fields in conflict, the lock, and so on, read from the store as it is
// now. An error that no client can have caused (corruption, say) is thrown: the server reports it
// as a bug and answers 500.
HttpResponse error_answer(const ApiCore& core, const HttpRequest& request, const Error& error);
// A problem that is no Error of the engine. `more`: further members, `,"lock":{..}`.
HttpResponse problem_answer(const HttpRequest& request, const Problem& problem,
                            std::string_view more = {});

// 429 with Retry-After.
HttpResponse rate_limited(const HttpRequest& request, std::chrono::seconds wait,
                          std::string detail);

// The name of a code in `type`: "validation". "internal" where only a bug leads to it.
std::string_view problem_name(const Error& error);
// A problem object for other bodies, without instance: the error of a job, of a peer. `name`: of
// problem_types.h; empty: by its code.
std::string problem_object(const Error& error, std::string_view name = {});
// Of something that was not written because the disk was full.
std::string disk_full_object();

// 410 for a row that is gone or hidden.
Error gone_error(const ServedRow& row);
// The same as of another time: it may be there now.
Error gone_then_error(const ServedRow& row);

}  // namespace genlock::http
