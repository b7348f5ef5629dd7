// A bundle to a running node: POST /api/bundle.
#pragma once

#include "cli/api_client.h"

#include <string>

namespace genlock::cli {

// What became of it, as http/bundle_json.h says. ERRORS: those of ApiClient::fetch.
Result<Json> take_bundle(ApiClient& client, std::string bundle);

}  // namespace genlock::cli
