#include "cli/lineage_keeper.h"

#include "engine/directory.h"
#include "eventlog/witness.h"

namespace genlock::cli {

LineageKeeper::LineageKeeper(Node& node, Logger& log, std::chrono::milliseconds every)
    : node_(node),
      log_(log),
      entered_(node.identity().origin),
      pulse_(every, [this](const std::stop_token&) { look(); }) {}

LineageKeeper::~LineageKeeper() {
  pulse_.end();
  look();
}

void LineageKeeper::look() {
  note("the directory", leave_closed_origin());
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

// This node was retired while it was away, or a copy of it went on elsewhere: nothing more may come
// under this origin. Under a new one it is enrolled again.
Result<void> LineageKeeper::leave_closed_origin() {
  const OriginId origin = node_.identity().origin;
  TRY_ASSIGN(const bool closed, is_closed(node_.store(), node_.log(), origin));
  if (!closed) return {};
  return node_.writer().run([&](Overlay& overlay) {
    return node_.engine().renew_origin(origin, {.reason = NoticeKind::none}, overlay);
  });
}

// Once, until it works again: a full disk would say so every second.
void LineageKeeper::note(const char* what, const Result<void>& outcome) {
  if (!outcome.ok() && !told_)
    log_.warning("can't be written", {{"what", what}, {"reason", outcome.error().message}});
  told_ = !outcome.ok();
}

}  // namespace genlock::cli
