// What every write has in common: who, which version they saw, the Idempotency-Key; a command that
// runs once; and an answer that a repetition gets again. Internal to http/api*.cpp.
#pragma once

#include "http/api_core.h"

#include <functional>

namespace genlock::http {

// Headers into a command of this kind: by, if_match, base_version, record_conflict, command_key,
// command_hash. For a resolution If-Match holds the conflict's ETag. ERRORS: bad_request.
Result<Command> read_command(const HttpRequest& request, CommandKind kind);

struct WriteSteps {
  // Completes the command and carries it out, usually by execute() below.
  std::function<Result<Outcome>(Command command)> carry_out;
  // After the commit, or when the same request had been carried out before.
  std::function<Result<HttpResponse>(const Outcome& outcome)> answer;
};
// One at a time for each key: 409 busy. A key that the log knows is not carried out again: the
// answer is that of the first time, about the present row, with Idempotency-Replayed.
Result<HttpResponse> run_write(ApiCore& core, const HttpRequest& request, CommandKind kind,
                               const WriteSteps& steps);

// Runs a command in a job of the committer; `prepare`, where given, completes it inside the job.
using Prepare = std::function<Result<void>(const Reader& reader, Command& command)>;
Result<Outcome> execute(ApiCore& core, Command command, const Prepare& prepare = {});

// The conflict that the event of a replayed write was a side of, for the 202 of the first time.
Result<std::optional<Uuid>> conflict_of(ApiCore& core, const RecordKey& key, const EventId& event);

// A body with faults in it: what is wrong before that (no such row, gone, locked, another version)
// decides. `command` is complete but for the body.
Error first_fault(ApiCore& core, const Command& command, Error body_fault);

}  // namespace genlock::http
