// The one import that a node carries out at a time, on a thread of its own: it may take minutes,
// and the workers are there for others.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace genlock::http {

class ImportWork {
 public:
  // Held while a file is read and imported; moves, and is never copied.
  class Turn {
   public:
    explicit Turn(ImportWork& work) : work_(&work) {}
    Turn(Turn&& other) noexcept : work_(other.work_) { other.work_ = nullptr; }
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (work_) work_->release();
    }
    explicit operator bool() const { return work_ != nullptr; }

   private:
    friend class ImportWork;
    Turn() : work_(nullptr) {}
    ImportWork* work_;
  };

  ImportWork() = default;
  // Tells what runs to end, and waits for it.
  ~ImportWork();
  ImportWork(const ImportWork&) = delete;
  ImportWork& operator=(const ImportWork&) = delete;

  // False, as a bool: another one has the turn.
  Turn take();
  // Runs `work` on a thread; `stop` is asked when this is destroyed. The turn ends with the work.
  void begin(Turn turn, std::stop_source stop, std::function<void()> work);

 private:
  void release();

  std::mutex mutex_;  // guards all below
  bool is_taken_ = false;
  std::stop_source stop_{std::nostopstate};
  std::thread thread_;
};

}  // namespace genlock::http
