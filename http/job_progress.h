// How work that goes on in another thread tells its job how far it is and how it ended. Internal to
// http/api_maintenance.cpp and http/api_backups.cpp.
#pragma once

#include "http/api_core.h"

#include <string>
#include <string_view>
#include <utility>

namespace genlock::http {

// `Progress`: UpkeepProgress or BackupProgress. `problem_of(error)` names a failure's problem;
// empty: by the code of the error. May be called when the API is gone.
template <class Progress, class ProblemOf>
Progress progress_of(const ApiCore& core, const Job& job, ProblemOf problem_of) {
  return {
      .advance = [jobs = core.jobs, id = job.id](
                     std::uint64_t done, std::uint64_t total) { jobs->advance(id, done, total); },
      .finished =
          [jobs = core.jobs, id = job.id, problem_of](Result<std::string> result) {
            if (result.ok())
              jobs->finish(id, {}, *std::move(result));
            else
              jobs->fail(id, result.error(), problem_of(result.error()));
          },
      .cancelled = job.stop.get_token()};
}

}  // namespace genlock::http
