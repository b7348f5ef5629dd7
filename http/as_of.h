// `as_of` (docs/api.md, section 4): answers from what was written until another time. Internal to
// http/api*.cpp.
#pragma once

#include "http/api_core.h"

namespace genlock::http {

// What an answer is about: one stream, or a list over all.
struct PastScope {
  std::optional<StreamId> stream;
  PastReader::Part part = PastReader::Part::all;
};

// The moment that a request asks for: now, or that of its as_of. Folding takes turns.
// ERRORS: bad_request (no time and no event, ahead of the clock), not_found (no such event),
// unavailable (too many wait).
Result<Moment> moment_of(ApiCore& core, const HttpRequest& request, const PastScope& scope);
// The same for one row; that of now where no stream has it.
Result<Moment> moment_of_row(ApiCore& core, const HttpRequest& request, TableId table, RecordId id);

}  // namespace genlock::http
