// The body of a batch (docs/api.md, section 6) as the steps of one command. Internal to
// http/api_batch.cpp.
#pragma once

#include "engine/command.h"
#include "engine/event_log.h"
#include "projections/json.h"

#include <vector>

namespace genlock::http {

struct BatchBody {
  std::string label;
  // A step that can't be read says so when its turn comes: the first bad one decides.
  std::vector<Command> steps;
};

// `body` and `log` outlive the steps. ERRORS: invalid_argument (no list of ops).
Result<BatchBody> read_batch(const Json& body, StreamId production, const EventLog& log);

}  // namespace genlock::http
