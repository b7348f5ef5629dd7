#include "cli/lineage_keeper.h"

#include "eventlog/witness.h"

namespace genlock::cli {

LineageKeeper::LineageKeeper(Node& node, Logger& log, std::chrono::milliseconds every)
    : node_(node), log_(log), every_(every), entered_(node.identity().origin), thread_([this] {
        run();
      }) {}

LineageKeeper::~LineageKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void LineageKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, every_, [this] { return stopping_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
  look();
}

void LineageKeeper::look() {
  const OriginId origin = node_.identity().origin;
  if (origin != entered_) {
    log_.warning("a new origin", {{"closed", entered_.to_string()}, {"now", origin.to_string()}});
    Result<void> entered = node_.enter_directory();
    note("the directory", entered);
    if (entered.ok()) entered_ = origin;
  }
  const auto snapshot = node_.store().snapshot();
  const Result<Position> last = node_.log().last_position(*snapshot);
  if (!last.ok() || *last == written_) return;
  const auto witness = witness_of(node_.log(), *snapshot, origin);
  if (!witness.ok() || !*witness) return;
  const Result<void> written = write_witness(node_.data(), **witness);
  note("the witness file", written);
  if (written.ok()) written_ = *last;
}

// Once, until it works again: a full disk would say so every second.
void LineageKeeper::note(const char* what, const Result<void>& outcome) {
  if (!outcome.ok() && !told_)
    log_.warning("can't be written", {{"what", what}, {"reason", outcome.error().message}});
  told_ = !outcome.ok();
}

}  // namespace genlock::cli
