// The door to a data directory that nobody serves: the handlers of the API, called in this process.
#pragma once

#include "cli/api_client.h"
#include "cli/node.h"

namespace genlock::cli {

// `node` outlives the client.
Result<std::unique_ptr<ApiClient>> client_of(Node& node, const std::string& version);

// One that forgets what is written through it, for dry runs; one thread.
std::unique_ptr<ApiClient> rehearsal_of(Node& node);

}  // namespace genlock::cli
