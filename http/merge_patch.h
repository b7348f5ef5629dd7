// PATCH takes a merge patch (RFC 7396). For ordinary columns that is what PUT does: set what is
// named, null empties. Only an opaque JSON column goes deeper: an object is merged into what is
// there.
#pragma once

#include "engine/command.h"
#include "engine/event_log.h"
#include "projections/json.h"

namespace genlock::http {

// `patch` applied to `target`, key order kept.
Json merge_patch(Json target, const Json& patch);

// Replaces the opaque values of `command.row` by what `patch`, the body, makes of the present ones.
// Changes nothing where the row is not there: the engine says so.
Result<void> patch_opaque_columns(const Reader& reader, const EventLog& log, const Json& patch,
                                  Command& command);

}  // namespace genlock::http
