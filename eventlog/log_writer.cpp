#include "eventlog/log_writer.h"

#include "engine/limits.h"
#include "eventlog/batch_bytes.h"

#include <time.h>

#include <algorithm>
#include <condition_variable>
#include <future>

namespace genlock {

namespace {

constexpr const char* failed_text =
    "the log takes no writes: writing to disk failed and must be looked at first";

Error unavailable(const char* why) { return {ErrorCode::unavailable, why, {}}; }

// Time that this thread has been on a processor.
std::chrono::nanoseconds thread_work() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

// One waiting caller; lives on its stack until its group is done.
struct LogWriter::Member {
  Job job;
  Clock::time_point began{};
  bool leads = false;
  Result<void> answer;
};

// Something that happens once and that many wait for. A future, because std::atomic's wait() yields
// a few times before it sleeps: a switch of threads each, where dozens wait.
class LogWriter::Once {
 public:
  void set() { is_set_ = true; }
  bool is_set() const { return is_set_; }
  // Wakes who waits. REQUIRES: set() before; once.
  void tell() { promise_.set_value(); }
  void wait() const { future_.wait(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_{promise_.get_future()};
  std::atomic<bool> is_set_{false};
};

// The jobs of one synced batch. The group outlives its members' wait, so that waking them touches
// nothing of theirs.
struct LogWriter::Group {
  GroupPtr before;  // reaches the disk first
  // Guarded by the writer's mutex until closed.
  std::vector<Member*> members;
  std::size_t target = 0;  // its leader sleeps until there are so many
  std::condition_variable changed;
  // What it commits, over the store: from `committing` on, the next group reads through it.
  std::unique_ptr<const Overlay> writes;
  bool failed = false;  // known when done
  Once committing, done;
};

LogWriter::~LogWriter() { stop(); }

Result<void> LogWriter::run(Job job) {
  Member member{std::move(job), Clock::now(), false, {}};
  TRY_ASSIGN(const GroupPtr group, join(member));
  if (member.leads) {
    lead(group);
  } else {
    group->done.wait();
  }
  return std::move(member.answer);
}

Result<LogWriter::GroupPtr> LogWriter::join(Member& member) {
  std::lock_guard lock(mutex_);
  if (stopped_) return unavailable("the node is shutting down");
  if (failed_) return unavailable(failed_text);
  if (pending_count_ == limits::max_pending_commands)
    return unavailable("too many writes are waiting: try again");
  ++pending_count_;
  if (!forming_ || forming_->members.size() == limits::max_group_commands) {
    if (forming_) previous_ = forming_;
    forming_ = std::make_shared<Group>();
    forming_->before = previous_;
    forming_->members.reserve(limits::max_group_commands);
  }
  member.leads = forming_->members.empty();
  forming_->members.push_back(&member);
  if (forming_->members.size() == forming_->target) forming_->changed.notify_one();
  return forming_;
}

// A job that throws is a bug and ends the process: the others of its group would wait for ever.
void LogWriter::lead(const GroupPtr& group) noexcept {
  if (group->before) group->before->committing.wait();
  gather(*group);
  close(group);
  run_all(*group);
  last_size_ = group->members.size();
  tell_answered(*group);
  {
    std::lock_guard lock(mutex_);
    pending_count_ -= group->members.size();
    group->done.set();
    if (forming_ && forming_->before == group) forming_->changed.notify_one();
    if (previous_ == group && !forming_) previous_ = nullptr;  // its writes can be large
  }
  // From here on it touches nothing of the writer's, which may be gone when its callers are awake.
  group->done.tell();
}

// So many that their jobs take as long as a sync: then one group's jobs and another's sync go side
// by side. Fewer share a sync better than they overlap.
std::size_t LogWriter::enough_to_overlap() const {
  const auto job = std::max<Clock::duration>(job_time_.load(), std::chrono::microseconds(1));
  const auto jobs = static_cast<std::size_t>(sync_time_.load() / job);
  return std::clamp<std::size_t>(jobs, 1, limits::max_group_commands);
}

// Waits until the group is worth running: enough members to overlap the commit before it; or that
// commit is done, and the callers that it answered have come back with their next job. Asleep, not
// in a loop of yields: on a busy machine each yield would give away a time slice.
void LogWriter::gather(Group& group) {
  std::unique_lock lock(mutex_);
  const auto is_full = [&] { return group.members.size() >= group.target; };
  if (group.before) {
    group.target = enough_to_overlap();
    group.changed.wait(lock, [&] { return is_full() || group.before->done.is_set(); });
    if (!group.before->done.is_set()) return;
  }
  group.target = std::min(last_size_ + group.members.size() - 1, 2 * enough_to_overlap());
  if (!is_full()) group.changed.wait_for(lock, sync_time_.load() / 2, is_full);
}

// From here on nobody joins the group; its members may be read without the mutex.
void LogWriter::close(const GroupPtr& group) {
  std::lock_guard lock(mutex_);
  if (forming_ != group) return;
  previous_ = std::move(forming_);
  forming_ = nullptr;
}

void LogWriter::run_all(Group& group) {
  const std::vector<Member*>& members = group.members;
  for (std::size_t first = 0; first < members.size();) {
    const bool overlaps = group.before && !group.before->done.is_set();
    Overlay overlay(overlaps ? static_cast<const Reader&>(*group.before->writes) : store_);
    const auto start = Clock::now();
    const std::size_t end = run_some(members, first, overlay);
    job_time_ = (Clock::now() - start) / std::max<std::size_t>(end - first, 1);
    if (group.before) group.before->done.wait();
    // Also when the writer has been reopened since: what these jobs saw may be nowhere.
    const bool baseless = overlaps && group.before->failed;
    group.before = nullptr;
    group.writes = std::make_unique<const Overlay>(store_, overlay.take_batch());
    if (end == members.size()) let_next_run(group);
    auto committed =
        baseless ? unavailable(failed_text) : commit(group.writes->batch(), end - first);
    if (!committed.ok()) {
      for (; first < members.size(); ++first) members[first]->answer = committed;
      group.failed = true;
      let_next_run(group);
      return;
    }
    first = end;
  }
}

void LogWriter::let_next_run(Group& group) {
  if (group.committing.is_set()) return;
  group.committing.set();
  group.committing.tell();
}

// Runs jobs from `first` on, until there is enough for one batch. Returns where it stopped.
std::size_t LogWriter::run_some(const std::vector<Member*>& members, std::size_t first,
                                Overlay& overlay) {
  std::size_t bytes = 0;
  for (; first < members.size() && bytes < limits::max_group_bytes && !failed_; ++first) {
    Overlay own = overlay.nested();
    Member& member = *members[first];
    const auto start = Clock::now();
    member.answer = member.job(own);
    if (watch_.ran) watch_.ran(start - member.began, Clock::now() - start);
    if (!member.answer.ok()) continue;
    bytes += bytes_in(own.batch());
    overlay.absorb(std::move(own));
  }
  return first;
}

Result<void> LogWriter::commit(const Batch& batch, std::size_t command_count) {
  if (failed_) return unavailable(failed_text);
  if (batch.empty()) return {};
  const auto start = Clock::now();
  const auto work = thread_work();
  auto committed = store_.commit(batch, true);
  const auto took = Clock::now() - start;
  const auto slept = std::max<Clock::duration>(took - (thread_work() - work), {});
  if (watch_.committed)
    watch_.committed({command_count, bytes_in(batch), took, slept, committed.ok()});
  if (!committed.ok()) {
    failed_ = true;
    return committed;
  }
  sync_time_ = slept;
  for (const Hook& hook : hooks_) hook();
  return {};
}

void LogWriter::tell_answered(const Group& group) const {
  if (!watch_.answered) return;
  const auto now = Clock::now();
  for (const Member* member : group.members) watch_.answered(now - member->began);
}

void LogWriter::reopen() { failed_ = false; }

void LogWriter::stop() {
  GroupPtr last;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    last = forming_ ? forming_ : previous_;
  }
  if (last) last->done.wait();
}

}  // namespace genlock
