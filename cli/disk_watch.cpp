#include "cli/disk_watch.h"

namespace genlock::cli {

DiskWatch::DiskWatch(Node& node, Logger& log, std::chrono::milliseconds every)
    : node_(node), log_(log), every_(every), thread_([this] { run(); }) {}

DiskWatch::~DiskWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DiskWatch::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, every_, [this] { return stopping_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
}

void DiskWatch::look() {
  if (!node_.store().is_full()) return;
  const bool is_new = !told_;
  if (is_new) log_.error("the disk is full", {{"data", node_.data().string()}});
  told_ = true;
  const Result<bool> resumed = node_.resume_writes();
  if (!resumed.ok() && is_new) {
    log_.error("writes can't be taken again", {{"reason", resumed.error().message}});
  } else if (resumed.ok() && *resumed) {
    log_.info("the disk has room again", {});
    told_ = false;
  }
}

}  // namespace genlock::cli
