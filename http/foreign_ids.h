// Ids in a body that are taken elsewhere. An id names one row of its table on all nodes, whatever
// production the row is in; the engine decides one stream at a time and sees only that one. Every
// write goes through the API, also those of `genlock import --data`, so this is the one place.
#pragma once

#include "engine/command.h"
#include "engine/store.h"

namespace genlock::http {

// REQUIRES: command.stream and command.table are set.
// ERRORS: exists (of the row itself), invalid_argument (of nested rows, or an id that no row may
// have).
Result<void> check_foreign_ids(const Reader& reader, const Command& command);

}  // namespace genlock::http
