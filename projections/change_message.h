// One event as the change feed tells it (docs/api.md, section 10): what it did, with the rows as
// they are now.
//   {"event","at","production_id","by","node",
//    "changes":[{"table","id","op","columns":["h_res"],"row":{..}}]}
// A change is of a row that is served by itself; what is nested in it is a change of it. `columns`
// are those of the field groups that the event wrote, or the name of the nested list. Then come
// rows and conflicts that changed with it (projections/change_note.h). `op` is "delete" for a row
// that is gone or hidden now, else "upsert".
#pragma once

#include "projections/queries.h"

#include <cstddef>
#include <string>

namespace genlock {

// Of all rows of one message; those beyond are null, and the client reads them itself. A pasted
// show of 2,000 rows is about 3 MiB.
inline constexpr std::size_t max_message_row_bytes = 4 << 20;

// ERRORS: corruption.
Result<std::string> change_message(const ReadContext& context, const EventId& id,
                                   const StoredEvent& stored);

}  // namespace genlock
