#include "cli/disk_watch.h"

namespace genlock::cli {

DiskWatch::DiskWatch(Node& node, Logger& log, std::chrono::milliseconds every)
    : node_(node), log_(log), pulse_(every, [this](const std::stop_token&) { look(); }) {}

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
