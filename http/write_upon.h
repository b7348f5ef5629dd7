// Writes that are decided from what stands at one moment, and carried out only upon that. Internal
// to http/api_undo.cpp and http/api_rewind.cpp.
#pragma once

#include "http/api_core.h"

#include <functional>
#include <optional>

namespace genlock::http {

// ERRORS: invalid_argument, of `pointer`: no event of this production on this node; compacted.
Result<void> check_event_is_here(const Moment& moment, const EventId& event, StreamId stream,
                                 const std::string& pointer = "/event");

// Carries out `command` if nobody has written to the stream since `moment`; else nullopt.
Result<std::optional<Outcome>> execute_upon(ApiCore& core, const Moment& moment, Command command);

// `step` reads, decides and calls execute_upon; a few times, while others write meanwhile.
// ERRORS: unavailable (others write without a pause), and those of `step`.
Result<Outcome> try_some_times(
    const std::function<Result<std::optional<Outcome>>(const Moment&)>& step, ApiCore& core);

}  // namespace genlock::http
