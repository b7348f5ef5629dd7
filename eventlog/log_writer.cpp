#include "eventlog/log_writer.h"

#include "engine/limits.h"

#include <algorithm>
#include <condition_variable>

namespace genlock {

namespace {

constexpr const char* failed_text =
    "the log takes no writes: writing to disk failed and must be looked at first";

Error unavailable(const char* why) { return {ErrorCode::unavailable, why, {}}; }

std::size_t bytes_in(const Batch& batch) {
  std::size_t bytes = 0;
  for (const auto& space : batch.spaces) {
    for (const auto& [key, value] : space) bytes += key.size() + (value ? value->size() : 0);
  }
  return bytes;
}

}  // namespace

// One waiting caller; lives on its stack until its group is done.
struct LogWriter::Member {
  Job job;
  bool leads = false;
  Result<void> answer;
};

// The jobs of one synced batch. The group outlives its members' wait, so that waking them touches
// nothing of theirs.
struct LogWriter::Group {
  GroupPtr before;  // must be done first
  // Guarded by the writer's mutex until closed.
  std::vector<Member*> members;
  std::size_t target = 0;  // its leader sleeps until there are so many
  std::condition_variable full;
  std::atomic<std::uint32_t> done{0};

  void wait() { done.wait(0, std::memory_order_acquire); }
  void finish() {
    done.store(1, std::memory_order_release);
    done.notify_all();
  }
};

LogWriter::~LogWriter() { stop(); }

Result<void> LogWriter::run(Job job) {
  Member member{std::move(job), false, {}};
  TRY_ASSIGN(const GroupPtr group, join(member));
  if (member.leads) {
    lead(group);
  } else {
    group->wait();
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
  if (forming_->members.size() == forming_->target) forming_->full.notify_one();
  return forming_;
}

// A job that throws is a bug and ends the process: the others of its group would wait for ever.
void LogWriter::lead(const GroupPtr& group) noexcept {
  if (group->before) group->before->wait();
  group->before = nullptr;
  gather(*group);
  const std::vector<Member*>& members = close(group);
  run_all(members);
  last_size_ = members.size();
  {
    std::lock_guard lock(mutex_);
    pending_count_ -= members.size();
  }
  group->finish();
}

// Waits for callers that the last commit has just answered to come back with their next job.
// Asleep, not in a loop of yields: on a busy machine each yield would give away a time slice.
void LogWriter::gather(Group& group) {
  std::unique_lock lock(mutex_);
  const std::size_t target =
      std::min(last_size_ + group.members.size() - 1, limits::max_group_commands);
  const auto is_full = [&] { return group.members.size() >= target; };
  if (is_full()) return;
  group.target = target;
  group.full.wait_for(lock, last_sync_ / 2, is_full);
}

// From here on nobody joins the group; its members may be read without the mutex.
const std::vector<LogWriter::Member*>& LogWriter::close(const GroupPtr& group) {
  std::lock_guard lock(mutex_);
  if (forming_ == group) {
    previous_ = std::move(forming_);
    forming_ = nullptr;
  }
  return group->members;
}

void LogWriter::run_all(const std::vector<Member*>& members) {
  for (std::size_t first = 0; first < members.size();) {
    Overlay overlay(store_);
    const std::size_t end = run_some(members, first, overlay);
    if (auto committed = commit(overlay); !committed.ok()) {
      for (; first < members.size(); ++first) members[first]->answer = committed;
      return;
    }
    first = end;
  }
}

// Runs jobs from `first` on, until there is enough for one batch. Returns where it stopped.
std::size_t LogWriter::run_some(const std::vector<Member*>& members, std::size_t first,
                                Overlay& overlay) {
  std::size_t bytes = 0;
  for (; first < members.size() && bytes < limits::max_group_bytes && !failed_; ++first) {
    Overlay own = overlay.nested();
    Member& member = *members[first];
    member.answer = member.job(own);
    if (!member.answer.ok()) continue;
    bytes += bytes_in(own.batch());
    overlay.absorb(std::move(own));
  }
  return first;
}

Result<void> LogWriter::commit(Overlay& overlay) {
  if (failed_) return unavailable(failed_text);
  if (overlay.batch().empty()) return {};
  const auto start = Clock::now();
  auto committed = store_.commit(overlay.batch(), true);
  if (!committed.ok()) {
    failed_ = true;
    return committed;
  }
  last_sync_ = Clock::now() - start;
  for (const Hook& hook : hooks_) hook();
  return {};
}

void LogWriter::reopen() { failed_ = false; }

void LogWriter::stop() {
  GroupPtr last;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    last = forming_ ? forming_ : previous_;
  }
  if (last) last->wait();
}

}  // namespace genlock
