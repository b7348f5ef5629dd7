// What no table has a place for, as attachments of a production. Internal to transfer/old_*.cpp.
#pragma once

#include "transfer/old_rows.h"

namespace genlock::transfer {

// Adds one attachment to `show` and notes it in `file.kept`; a list that is larger than a column
// may be, as several. What is larger all the same is left out, with the reason.
void attach(const std::string& name, const Json& content, ShowFile& show, ImportFile& file);

}  // namespace genlock::transfer
