#include "engine/admission.h"

#include "engine/directory.h"

namespace genlock {

Result<void> Admission::read_standing() {
  if (standing_) return {};
  TRY_ASSIGN(const NodeDirectory directory, read_directory(reader_, log_));
  standing_ = directory.standing(stream_, {}, false);
  exempt_ = held_by_members(standing_->said, doors_.promised);
  exempt_from_withdrawn_ = held_by_members(standing_->said, doors_.withdrawn);
  return {};
}

Result<bool> Admission::lets_in(OriginId sender, const Dot& event, const VersionVector& context,
                                bool is_forked) {
  if (doors_.let_in(sender, event.origin, context)) return true;
  TRY(read_standing());
  if (!doors_.withdrawn.lets_in({}, event.origin, context) &&
      !exempt_from_withdrawn_.contains(event))
    return false;
  if (broke_promise_ || doors_.promised.lets_in(sender, event.origin, context) ||
      exempt_.contains(event))
    return true;
  broke_promise_ = is_forked || is_outweighed(*standing_, self_, doors_.promised.cut, event);
  return broke_promise_;
}

}  // namespace genlock
