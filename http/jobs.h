// Long work that clients asked for, and how far it is. Remembered for 24 hours, 1,000 at most, and
// not over a restart: what was committed is in the log either way.
#pragma once

#include "engine/clock.h"
#include "engine/ids.h"
#include "engine/result.h"

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace genlock::http {

enum class JobState { queued, running, done, failed, cancelled };
const char* to_string(JobState state);

enum class JobKind { download, upload, sync, verify, rebuild, import, backup, verify_backup };
const char* to_string(JobKind kind);

struct Job {
  Uuid id;
  JobKind kind = JobKind::sync;
  std::optional<StreamId> production;  // download, upload
  JobState state = JobState::queued;
  std::uint64_t done_events = 0, total_events = 0;  // import: rows; backup: bytes
  UnixMs started_ms = 0;
  std::optional<UnixMs> finished_ms;
  std::optional<Error> error;
  std::string_view problem = {};            // what the error is called; empty: by its code
  bool disk_was_full = false;               // when it failed
  std::string result;                       // JSON; of all but sync, when they are done
  std::stop_source stop{std::nostopstate};  // asks whoever works on it to end

  bool finished() const { return finished_ms.has_value(); }
  // Seconds to go at the pace so far; nullopt where nothing can be said.
  std::optional<std::int64_t> eta_s(UnixMs now_ms) const;
};

// Thread-safe.
class JobRegistry {
 public:
  static constexpr std::size_t max_jobs = 1'000;
  static constexpr UnixMs memory_ms = 24 * 3'600'000;

  // `disk_full` says why writes fail now; empty: not because of that.
  JobRegistry(Clock& clock, Random& random, std::function<bool()> disk_full = {})
      : clock_(clock), random_(random), disk_full_(std::move(disk_full)) {}

  // ERRORS: unavailable, when max_jobs are unfinished.
  Result<Job> add(JobKind kind, std::optional<StreamId> production = {});
  // As if it had never been asked for.
  void forget(const Uuid& id);
  // Calls about a job that is forgotten or finished change nothing.
  void advance(const Uuid& id, std::uint64_t done_events, std::uint64_t total_events);
  void finish(const Uuid& id, const Result<void>& outcome, std::string result = {});
  // `problem`: of problem_types.h; empty: by the code of the error.
  void fail(const Uuid& id, const Error& error, std::string_view problem);
  // From then on it is cancelled, whatever its worker says; who works on it is told to end, on this
  // thread. One that has finished stays as it is. nullopt: no such job.
  std::optional<Job> cancel(const Uuid& id);
  std::optional<Job> find(const Uuid& id) const;

 private:
  void forget_old(UnixMs now_ms);
  Job* find_unfinished(const Uuid& id);

  Clock& clock_;
  Random& random_;
  const std::function<bool()> disk_full_;
  mutable std::mutex mutex_;  // guards jobs_
  std::vector<Job> jobs_;     // oldest first
};

}  // namespace genlock::http
