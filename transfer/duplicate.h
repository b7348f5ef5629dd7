// A show as another show: what POST /api/productions/{id}/duplicate writes.
#pragma once

#include "transfer/show_file.h"

namespace genlock::transfer {

// The rows below a production as those of the production `to`, in an order that respects
// references: nested rows too have new ids, UUIDv5 of `to` and the old id, so the same duplicate is
// the same rows on every node. Each text that is the id of one of them, in opaque columns too,
// becomes the new one; ids of anything else (devices) stay. `whole`: as `include=all` gives it.
// REQUIRES: rows as the API serves them.
std::vector<FileRow> duplicated_rows(const Json& whole, const std::vector<Json>& attachments,
                                     RecordId to);

}  // namespace genlock::transfer
