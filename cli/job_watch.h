// Long work of a running node, asked for and watched from here.
#pragma once

#include "cli/api_client.h"
#include "cli/progress.h"

#include <string>

namespace genlock::cli {

// POST /api/maintenance/<work> on the node at `url`, with a bar called `title` until it is done:
// its result. ERRORS: unavailable, conflict (something like it is under way), what the job failed
// with.
Result<Json> run_upkeep(const std::string& url, const std::string& work, const std::string& title);

// Watches a job that was begun, with a bar of `unit`, until it is done: its result. ERRORS: as
// above.
Result<Json> watch_job(ApiClient& client, Json job, Progress& progress, const std::string& unit);

}  // namespace genlock::cli
