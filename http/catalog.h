// The catalog of productions, on its way to a client.
#pragma once

#include "engine/catalog.h"
#include "http/sync_control.h"

namespace genlock::http {

class Router;
struct ApiCore;

// Entries as the port has them.
std::vector<CatalogEntry> to_catalog(const std::vector<genlock::CatalogEntry>& entries);

// GET /api/sync/catalog.
void add_catalog_routes(Router& router, ApiCore& core);

}  // namespace genlock::http
