// The door to a node over HTTP; what goes through it is transfer/'s, known here by its short names.
#pragma once

#include "transfer/api_client.h"

namespace genlock::cli {

using namespace transfer;  // ApiClient, Json helpers, files in and out

// "http://host:port", without a path. ERRORS: invalid_argument.
Result<std::unique_ptr<ApiClient>> connect_to(const std::string& url);

}  // namespace genlock::cli
