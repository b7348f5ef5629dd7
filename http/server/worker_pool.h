// Threads for handlers, with two queues: requests, which are bounded and refused when full, and
// looks of parked requests, of which there is at most one per connection. Looks take at most half
// of the workers, so five hundred feeds that wake at one commit do not hold up an edit; and one
// pick in four is a look, so edits do not starve the feeds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace genlock::http {

class WorkerPool {
 public:
  using Job = std::function<void(unsigned worker)>;  // worker: 0 .. worker_count-1; must not throw

  WorkerPool(unsigned worker_count, std::size_t queue_count);
  ~WorkerPool();  // waits for running jobs; queued ones are dropped
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full.
  bool submit_request(Job job);
  void submit_look(Job job);
  // Waits until nothing is queued and nothing runs; false if that was not so by `until`.
  bool wait_idle(std::chrono::steady_clock::time_point until);

 private:
  enum class Kind { request, look };
  struct Work {
    Kind kind;
    Job job;
  };

  void run(unsigned worker);
  void sleep(std::unique_lock<std::mutex>& lock);
  void wake_one();
  bool has_work() const;  // with mutex_ held, as the next ones
  bool may_look() const;
  Work take();

  const std::size_t queue_count_;
  const std::size_t look_workers_;
  std::mutex mutex_;  // guards all below but threads_
  std::condition_variable work_arrived_;
  std::condition_variable became_idle_;
  std::deque<Job> requests_;
  std::deque<Job> looks_;
  std::size_t running_ = 0;
  std::size_t looking_ = 0;
  std::size_t sleeping_ = 0;
  bool waking_ = false;  // a sleeper was told and is not here yet
  unsigned picks_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace genlock::http
