#include "http/server/worker_pool.h"

#include <algorithm>
#include <utility>

namespace genlock::http {

WorkerPool::WorkerPool(unsigned worker_count, std::size_t queue_count)
    : queue_count_(queue_count), look_workers_(std::max(1u, worker_count / 2)) {
  for (unsigned worker = 0; worker < worker_count; ++worker)
    threads_.emplace_back([this, worker] { run(worker); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  work_arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::submit_request(Job job) {
  const std::lock_guard lock(mutex_);
  if (closed_ || requests_.size() >= queue_count_) return false;
  requests_.push_back(std::move(job));
  wake_one();
  return true;
}

void WorkerPool::submit_look(Job job) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  looks_.push_back(std::move(job));
  wake_one();
}

bool WorkerPool::wait_idle(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  return became_idle_.wait_until(
      lock, until, [this] { return running_ == 0 && requests_.empty() && looks_.empty(); });
}

void WorkerPool::run(unsigned worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!closed_ && !has_work()) sleep(lock);
    if (closed_) return;
    Work work = take();
    wake_one();
    lock.unlock();
    work.job(worker);
    work.job = nullptr;  // what it owns dies outside the lock
    lock.lock();
    --running_;
    if (work.kind == Kind::look) --looking_;
    if (running_ == 0) became_idle_.notify_all();
  }
}

void WorkerPool::sleep(std::unique_lock<std::mutex>& lock) {
  ++sleeping_;
  work_arrived_.wait(lock);
  --sleeping_;
  waking_ = false;
}

// While one worker is on its way out of bed, those who are up get through several short jobs. It
// wakes the next.
void WorkerPool::wake_one() {
  if (waking_ || sleeping_ == 0 || !has_work()) return;
  waking_ = true;
  work_arrived_.notify_one();
}

bool WorkerPool::has_work() const { return !requests_.empty() || may_look(); }

bool WorkerPool::may_look() const { return !looks_.empty() && looking_ < look_workers_; }

WorkerPool::Work WorkerPool::take() {
  constexpr unsigned look_every = 4;
  const bool look = may_look() && (requests_.empty() || ++picks_ % look_every == 0);
  std::deque<Job>& queue = look ? looks_ : requests_;
  Work work{look ? Kind::look : Kind::request, std::move(queue.front())};
  queue.pop_front();
  ++running_;
  if (look) ++looking_;
  return work;
}

}  // namespace genlock::http
