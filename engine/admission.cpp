#include "engine/admission.h"

#include "engine/event_codec.h"

#include <utility>

namespace genlock {

Result<void> Admission::read_promises() {
  if (std::exchange(was_read_, true)) return {};
  const StreamId stream = chunks_.front().stream;
  TRY_ASSIGN(const NodeDirectory directory, read_directory(reader_, log_));
  const Standing standing = directory.standing(stream, {}, false);
  exempt_ = held_by_members(standing.said, doors_.promised);
  exempt_from_withdrawn_ = held_by_members(standing.said, doors_.withdrawn);
  for (const OriginId& member : standing.members)
    if (const auto said = standing.said.find(member);
        member != self_ && said != standing.said.end())
      promises_.push_back(said->second.stable);
  return stream == directory_stream ? read_coming_promises() : Result<void>{};
}

// What was promised of the directory stands in the directory: in events that do not come in.
Result<void> Admission::read_coming_promises() {
  for (const Chunk& chunk : chunks_)
    for (const std::string& bytes : chunk.events) {
      TRY_ASSIGN(const Event event, decode(bytes));
      auto promise = promised_in(event, directory_stream);
      if (!promise) continue;
      TRY_ASSIGN(const bool has_ended, is_closed(reader_, log_, event.dot.origin));
      if (!has_ended) promises_.push_back(*std::move(promise));
    }
  return {};
}

Result<bool> Admission::lets_in(OriginId sender, const Dot& event, const VersionVector& context,
                                bool is_forked) {
  if (doors_.let_in(sender, event.origin, context)) return true;
  TRY(read_promises());
  if (!opened_withdrawn_ && !doors_.withdrawn.lets_in({}, event.origin, context) &&
      !exempt_from_withdrawn_.contains(event)) {
    opened_withdrawn_ = is_forked;
    if (!is_forked) return false;
  }
  if (broke_promise_ || doors_.promised.lets_in(sender, event.origin, context) ||
      exempt_.contains(event))
    return true;
  broke_promise_ = is_forked || is_outweighed(doors_.promised.cut, promises_, event);
  return broke_promise_;
}

}  // namespace genlock
