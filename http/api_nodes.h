// Who is enrolled, and retiring a node (docs/api.md, section 11).
#pragma once

#include "http/api_core.h"

namespace genlock::http {

void add_fleet_routes(Router& router, ApiCore& core);

}  // namespace genlock::http
