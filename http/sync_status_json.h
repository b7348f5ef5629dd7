// How sync goes, as JSON: what replication reports, and what the store says of its streams.
#pragma once

#include "http/api_core.h"

namespace genlock::http {

// docs/api.md, section 9: GET /api/sync/status. O(streams).
Result<std::string> sync_status_json(const ApiCore& core);
std::string job_json(const Job& job, UnixMs now_ms);
// 202: the job as it is now, and where to watch it.
HttpResponse job_answer(const ApiCore& core, const Job& job);

}  // namespace genlock::http
