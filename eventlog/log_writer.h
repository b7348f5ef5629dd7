// The one log writer: gathers the jobs of concurrent callers into one synced batch, and answers
// only after the sync (group commit; DeWitt et al. 1984). RocksDB has a group commit of its own,
// but it takes what waits at the moment a sync ends, which is a third of the callers. This one lets
// them come back first: it gathers until as many wait as the last commit served and as had come
// meanwhile, or twice as many as overlap a sync (below), at most for half the time of a sync.
//
// There is no thread: the first caller of a group leads it. It gathers, runs all jobs of its group
// one after another, commits and wakes the others. So one caller alone pays no switch of threads,
// jobs never run at the same time, and a single-threaded program (the simulator) can use it as it
// is.
//
// While a group is on its way to the disk, the next one may run its jobs already, over the writes
// of the first: it does where its jobs would keep it busy for a sync, and otherwise waits, so that
// few callers share one sync. Groups reach the disk in their order; when one fails, so does
// the one that ran upon it.
#pragma once

#include "engine/committer.h"
#include "engine/result.h"
#include "engine/store.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace genlock {

// What a commit was, for metrics.
struct CommitReport {
  std::size_t command_count = 0;  // answered by it
  std::size_t bytes = 0;
  std::chrono::nanoseconds took{};   // RocksDB's write, with the sync
  std::chrono::nanoseconds slept{};  // what of it was no work: waiting for the disk
  bool ok = true;                    // else the writer takes nothing more (log_writer.h, run)
};

class LogWriter : public Committer {
 public:
  // Reads and writes through the overlay, which shows the store and all jobs before it. What a job
  // writes is kept only when it returns ok. May run on another caller's thread; must neither call
  // run() nor throw.
  using Hook = std::function<void()>;

  explicit LogWriter(Store& store) : store_(store) {}
  ~LogWriter() override;
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Returns when the job's writes are synced to disk, or with the job's own error. Thread-safe.
  // ERRORS besides those of the job: unavailable, when limits::max_pending_commands wait already;
  // when the writer was stopped; or when the commit failed: its outcome is unknown, and no job is
  // taken until reopen().
  Result<void> run(Job job) override;
  // The same for jobs with an answer: the Result<T> that `work(overlay)` returned.
  template <class T>
  Result<T> run_for(std::function<Result<T>(Overlay&)> work);

  // `hook` is called after each durable commit and before its callers are answered, never twice at
  // a time. It must be short: it wakes others. REQUIRES: no run() yet.
  void on_commit(Hook hook) { hooks_.push_back(std::move(hook)); }

  // `ran` is called after each job, with the time from its run() to its turn and that of the job;
  // `committed` after each attempt to commit, never twice at a time; `answered` after it for each
  // job of the group, with the time since its run() began. Short, as on_commit.
  // REQUIRES: no run() yet.
  struct Watch {
    std::function<void(std::chrono::nanoseconds waited, std::chrono::nanoseconds took)> ran = {};
    std::function<void(const CommitReport&)> committed;
    std::function<void(std::chrono::nanoseconds waited)> answered;
  };
  void watch(Watch watch) { watch_ = std::move(watch); }

  // Takes jobs again after a commit that failed. REQUIRES: the store was reopened.
  void reopen();
  // Refuses new jobs and returns when all that wait have their answers.
  void stop();

 private:
  struct Member;
  struct Group;
  class Once;
  using GroupPtr = std::shared_ptr<Group>;
  using Clock = std::chrono::steady_clock;

  Result<GroupPtr> join(Member& member);
  void lead(const GroupPtr& group) noexcept;
  void gather(Group& group);
  std::size_t enough_to_overlap() const;
  void close(const GroupPtr& group);
  void run_all(Group& group);
  static void let_next_run(Group& group);
  std::size_t run_some(const std::vector<Member*>& members, std::size_t first, Overlay& overlay);
  Result<void> commit(const Batch& batch, std::size_t command_count);
  void tell_answered(const Group& group) const;

  Store& store_;
  std::vector<Hook> hooks_;
  Watch watch_;

  std::mutex mutex_;   // guards the four below
  GroupPtr forming_;   // takes members; null when the last one is closed
  GroupPtr previous_;  // closed before it
  std::size_t pending_count_ = 0;
  bool stopped_ = false;

  std::atomic<bool> failed_{false};
  std::atomic<std::size_t> last_size_{1};  // callers that the last commit served
  std::atomic<Clock::duration> sync_time_{Clock::duration::zero()};
  std::atomic<Clock::duration> job_time_{
      Clock::duration::zero()};  // of the last group's jobs, each
};

template <class T>
Result<T> LogWriter::run_for(std::function<Result<T>(Overlay&)> work) {
  std::optional<Result<T>> answer;
  TRY(run([&](Overlay& overlay) -> Result<void> {
    answer = work(overlay);
    if (!answer->ok()) return answer->error();
    return {};
  }));
  return *std::move(answer);
}

}  // namespace genlock
