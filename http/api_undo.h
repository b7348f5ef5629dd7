// Internal to http/api*.cpp.
#pragma once

#include "http/api_core.h"

namespace genlock::http {

void add_undo_routes(Router& router, ApiCore& core);

}  // namespace genlock::http
