#include "http/write_upon.h"

#include "http/request_body.h"
#include "http/write_request.h"

namespace genlock::http {
namespace {

constexpr int max_attempts = 3;  // while others write meanwhile

}  // namespace

Result<void> check_event_is_here(const Moment& moment, const EventId& event, StreamId stream,
                                 const std::string& pointer) {
  if (event.stream == stream) {
    Result<StoredEvent> found = moment.context().log.read(moment.reader(), event);
    if (found.ok()) return {};
    if (found.error().code == ErrorCode::compacted) return std::move(found).error();
  }
  return field_error(pointer, "reference", "is no event of this production on this node");
}

Result<std::optional<Outcome>> execute_upon(ApiCore& core, const Moment& moment, Command command) {
  const EventLog& log = core.parts.engine.log();
  TRY_ASSIGN(StreamHead seen, log.head(moment.reader(), command.stream));
  bool moved_on = false;
  Result<Outcome> outcome =
      execute(core, std::move(command), [&](const Reader& reader, Command& ready) -> Result<void> {
        TRY_ASSIGN(StreamHead now, log.head(reader, ready.stream));
        moved_on = (now.vector() <=> seen.vector()) != std::partial_ordering::equivalent;
        if (moved_on) return Error{ErrorCode::unavailable, "others are writing: try again"};
        return {};
      });
  if (moved_on) return std::optional<Outcome>{};
  if (!outcome.ok()) return std::move(outcome).error();
  return std::optional(*std::move(outcome));
}

Result<Outcome> try_some_times(
    const std::function<Result<std::optional<Outcome>>(const Moment&)>& step, ApiCore& core) {
  for (int i = 0; i < max_attempts; ++i) {
    Moment moment(core);
    TRY_ASSIGN(std::optional<Outcome> outcome, step(moment));
    if (outcome) return *std::move(outcome);
  }
  return Error{ErrorCode::unavailable, "others are writing to this production: try again"};
}

}  // namespace genlock::http
