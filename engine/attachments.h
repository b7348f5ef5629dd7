// The table of what a production carries along and no other table has a place for: lists of a file
// that was imported, kept as they were (docs/adr/0012). One row for each list.
#pragma once

#include "engine/schema.h"

namespace genlock::table {

inline constexpr TableId attachments{12};

}  // namespace genlock::table
