// The door to a data directory that nobody serves: the handlers of the API, called in this process.
#pragma once

#include "cli/api_client.h"
#include "cli/node.h"

namespace genlock::cli {

// `node` outlives the client.
Result<std::unique_ptr<ApiClient>> client_of(Node& node, const std::string& version);

}  // namespace genlock::cli
