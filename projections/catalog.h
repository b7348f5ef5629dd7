// This node's own catalog, from its rows. Productions that were deleted are not in it.
#pragma once

#include "engine/catalog.h"
#include "engine/event_log.h"

namespace genlock {

// Those with a greater id than `after`, CatalogPage::max_entries at most.
Result<CatalogPage> catalog_page(const Reader& reader, const EventLog& log, StreamId after = {});
// All pages in one.
Result<std::vector<CatalogEntry>> whole_catalog(const Reader& reader, const EventLog& log);

}  // namespace genlock
