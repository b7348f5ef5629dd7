#include "cli/job_watch.h"

#include "cli/api_client.h"
#include "cli/progress.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace genlock::cli {
namespace {

constexpr std::chrono::milliseconds first_pause{20}, longest_pause{500};

bool is_over(const std::string& state) {
  return state == "done" || state == "failed" || state == "cancelled";
}

}  // namespace

Result<Json> run_upkeep(const std::string& url, const std::string& work, const std::string& title) {
  TRY_ASSIGN(std::unique_ptr<ApiClient> client, connect_to(url));
  TRY_ASSIGN(Json job, client->fetch({.method = "POST", .target = "/api/maintenance/" + work}));
  Progress progress(title);
  return watch_job(*client, std::move(job), progress, "events");
}

Result<Json> watch_job(ApiClient& client, Json job, Progress& progress, const std::string& unit) {
  const std::string target = "/api/sync/jobs/" + text_of(job, "id");
  for (auto pause = first_pause; !is_over(text_of(job, "state"));
       pause = std::min(2 * pause, longest_pause)) {
    std::this_thread::sleep_for(pause);
    TRY_ASSIGN(job, client.get(target));
    progress.show(static_cast<std::uint64_t>(integer_of(job, "done")),
                  static_cast<std::uint64_t>(integer_of(job, "total")), unit);
  }
  if (text_of(job, "state") == "done") return member(job, "result");
  return Error{ErrorCode::unavailable, text_of(job, "kind") + ": " + at(job, "error.detail").text};
}

}  // namespace genlock::cli
