#include "cli/acknowledger.h"

#include "engine/acknowledging.h"

#include <algorithm>

namespace genlock::cli {
namespace {

using std::chrono::milliseconds;

// Zero: never.
milliseconds pause_of(milliseconds stable_after) {
  if (stable_after.count() == 0) return milliseconds(0);
  return std::clamp(stable_after / 4, milliseconds(50), milliseconds(60'000));
}

}  // namespace

Acknowledger::Acknowledger(Node& node, Logger& log, milliseconds stable_after)
    : node_(node),
      log_(log),
      stable_after_(stable_after),
      pulse_(pause_of(stable_after), [this](const std::stop_token&) { look(); }) {}

void Acknowledger::look() {
  const Result<void> said = acknowledge();
  if (!said.ok() && !told_) log_.warning("can't acknowledge", {{"reason", said.error().message}});
  told_ = !said.ok();
}

// Looks beside all writes first: nearly always there is nothing to say.
Result<void> Acknowledger::acknowledge() {
  TRY_ASSIGN(const bool due, is_due());
  if (!due) return {};
  return node_.writer().run([this](Overlay& overlay) { return write_due(overlay); });
}

Result<bool> Acknowledger::is_due() const {
  const auto snapshot = node_.store().snapshot();
  Overlay overlay(*snapshot);
  TRY_ASSIGN(const std::vector<Operation> due,
             due_acknowledgements(overlay, node_.log(), node_.identity(), stable_after_.count(),
                                  node_.clock().now()));
  return !due.empty() || !overlay.batch().empty();
}

Result<void> Acknowledger::write_due(Overlay& overlay) {
  TRY_ASSIGN(std::vector<Operation> due,
             due_acknowledgements(overlay, node_.log(), node_.identity(), stable_after_.count(),
                                  node_.clock().now()));
  if (due.empty()) return {};
  TRY(node_.engine().write(directory_stream, std::move(due), Person{}, overlay));
  return {};
}

}  // namespace genlock::cli
