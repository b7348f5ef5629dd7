#include "http/as_of.h"

#include "engine/event_codec.h"
#include "http/query.h"

namespace genlock::http {
namespace {

// nullopt: the request is about now.
Result<std::optional<AsOf>> read_as_of(ApiCore& core, const HttpRequest& request) {
  const Parameters& parameters = request.query_parameters;
  const std::string* text = parameters.find("as_of");
  if (!text) return std::optional<AsOf>{};
  if (parameters.values("as_of").size() > 1)
    return bad_parameter("as_of", "format", "may stand once only");
  std::optional<AsOf> as_of = parse_as_of(*text);
  if (!as_of)
    return bad_parameter(
        "as_of", "format",
        "must be a time with an offset, like 2026-11-22T18:42:03Z (a + is %2B), or "
        "an event's id");
  if (!as_of->event && as_of->ms > core.parts.clock.now())
    return bad_parameter("as_of", "range", "is ahead of this node's clock");
  return as_of;
}

// Errors of the cut, as a client caused them.
Error of_parameter(Error error) {
  switch (error.code) {
    case ErrorCode::bad_request:
    case ErrorCode::too_large:
      return bad_parameter("as_of", "range", "does not do: " + error.message);
    case ErrorCode::not_found:
      error.message += ": take one from a history";
      return error;
    default:
      return error;
  }
}

// For locks: past `until` one was free.
Result<UnixMs> time_of(const EventLog& log, const Reader& reader, const AsOf& as_of) {
  if (!as_of.event) return as_of.ms;
  TRY_ASSIGN(StoredEvent stored, log.read(reader, *as_of.event));
  TRY_ASSIGN(Event event, decode_stored(stored));
  return event.wall_ms;
}

Result<void> fill(ApiCore& core, PastReader& past, const AsOf& as_of, const PastScope& scope) {
  const EventLog& log = core.parts.engine.log();
  TRY_ASSIGN(auto turn, core.folding.take());
  return scope.stream ? past.add(log, *scope.stream, as_of, core.past)
                      : past.add_all(log, as_of, scope.part, core.past);
}

Result<Moment> past_moment(ApiCore& core, const AsOf& as_of, const PastScope& scope) {
  auto past = std::make_unique<PastReader>(core.parts.store.snapshot(), core.parts.whole_log);
  Result<void> filled = fill(core, *past, as_of, scope);
  if (!filled.ok()) return of_parameter(std::move(filled).error());
  TRY_ASSIGN(UnixMs then, time_of(core.parts.engine.log(), past->log_read(), as_of));
  return Moment(core, std::move(past), then);
}

}  // namespace

Result<Moment> moment_of(ApiCore& core, const HttpRequest& request, const PastScope& scope) {
  TRY_ASSIGN(std::optional<AsOf> as_of, read_as_of(core, request));
  return as_of ? past_moment(core, *as_of, scope) : Moment(core);
}

Result<Moment> moment_of_row(ApiCore& core, const HttpRequest& request, TableId table,
                             RecordId id) {
  TRY_ASSIGN(std::optional<AsOf> as_of, read_as_of(core, request));
  Moment now(core);
  if (!as_of) return now;
  TRY_ASSIGN(std::optional<StreamId> stream, find_stream(now.reader(), table, id));
  if (!stream) return now;
  return past_moment(core, *as_of, {stream, PastReader::Part::all});
}

}  // namespace genlock::http
