#include "http/jobs.h"

#include <algorithm>

namespace genlock::http {

const char* to_string(JobState state) {
  switch (state) {
    case JobState::queued:
      return "queued";
    case JobState::running:
      return "running";
    case JobState::done:
      return "done";
    case JobState::failed:
      return "failed";
    case JobState::cancelled:
      return "cancelled";
  }
  return "";
}

const char* to_string(JobKind kind) {
  switch (kind) {
    case JobKind::download:
      return "download";
    case JobKind::upload:
      return "upload";
    case JobKind::sync:
      return "sync";
    case JobKind::verify:
      return "verify";
    case JobKind::rebuild:
      return "rebuild";
    case JobKind::import:
      return "import";
    case JobKind::backup:
      return "backup";
    case JobKind::verify_backup:
      return "verify_backup";
  }
  return "";
}

std::optional<std::int64_t> Job::eta_s(UnixMs now_ms) const {
  if (state != JobState::running || done_events == 0 || total_events < done_events)
    return std::nullopt;
  double each_ms = static_cast<double>(now_ms - started_ms) / static_cast<double>(done_events);
  double left_ms = each_ms * static_cast<double>(total_events - done_events);
  return static_cast<std::int64_t>((std::max(left_ms, 0.0) + 999) / 1000);
}

Result<Job> JobRegistry::add(JobKind kind, std::optional<StreamId> production) {
  const std::lock_guard lock(mutex_);
  UnixMs now = clock_.now();
  forget_old(now);
  if (jobs_.size() >= max_jobs)
    return Error{ErrorCode::unavailable, "too many jobs are waiting: try again later"};
  Job& job = jobs_.emplace_back();
  job.id = Uuid::make_v7(now, random_);
  job.kind = kind;
  job.production = production;
  job.started_ms = now;
  job.stop = std::stop_source();
  return job;
}

void JobRegistry::forget(const Uuid& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(jobs_, [&](const Job& job) { return job.id == id; });
}

void JobRegistry::advance(const Uuid& id, std::uint64_t done_events, std::uint64_t total_events) {
  const std::lock_guard lock(mutex_);
  Job* job = find_unfinished(id);
  if (!job) return;
  job->state = JobState::running;
  job->done_events = done_events;
  job->total_events = std::max(total_events, done_events);
}

void JobRegistry::finish(const Uuid& id, const Result<void>& outcome, std::string result) {
  const std::lock_guard lock(mutex_);
  Job* job = find_unfinished(id);
  if (!job) return;
  job->state = outcome.ok() ? JobState::done : JobState::failed;
  if (!outcome.ok()) job->error = outcome.error();
  job->disk_was_full =
      !outcome.ok() && outcome.error().code == ErrorCode::unavailable && disk_full_ && disk_full_();
  job->result = std::move(result);
  job->finished_ms = clock_.now();
}

void JobRegistry::fail(const Uuid& id, const Error& error, std::string_view problem) {
  if (problem.empty()) return finish(id, error);
  const std::lock_guard lock(mutex_);
  Job* job = find_unfinished(id);
  if (!job) return;
  job->state = JobState::failed;
  job->error = error;
  job->problem = problem;
  job->finished_ms = clock_.now();
}

std::optional<Job> JobRegistry::cancel(const Uuid& id) {
  std::stop_source stop{std::nostopstate};
  {
    const std::lock_guard lock(mutex_);
    if (Job* job = find_unfinished(id)) {
      job->state = JobState::cancelled;
      job->finished_ms = clock_.now();
      stop = job->stop;
    }
  }
  stop.request_stop();  // its worker may call back from here
  return find(id);
}

std::optional<Job> JobRegistry::find(const Uuid& id) const {
  const std::lock_guard lock(mutex_);
  auto found = std::ranges::find(jobs_, id, &Job::id);
  if (found == jobs_.end()) return std::nullopt;
  return *found;
}

Job* JobRegistry::find_unfinished(const Uuid& id) {
  auto found = std::ranges::find(jobs_, id, &Job::id);
  return found == jobs_.end() || found->finished() ? nullptr : &*found;
}

// What is too old, and the oldest finished one where there is no room for another.
void JobRegistry::forget_old(UnixMs now_ms) {
  std::erase_if(jobs_, [&](const Job& job) {
    return job.finished() && *job.finished_ms + memory_ms < now_ms;
  });
  if (jobs_.size() < max_jobs) return;
  auto oldest = std::ranges::find_if(jobs_, &Job::finished);
  if (oldest != jobs_.end()) jobs_.erase(oldest);
}

}  // namespace genlock::http
