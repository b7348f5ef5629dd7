#include "http/write_request.h"

#include "engine/bytes.h"
#include "engine/decide.h"
#include "http/api_problem.h"
#include "http/name_spaces.h"
#include "http/person.h"
#include "http/query.h"

#include <openssl/evp.h>

namespace genlock::http {
namespace {

// Of what a repetition must have in common with the first time; the same on every node.
std::uint64_t hash_of(const HttpRequest& request) {
  std::string text;
  for (const std::string* part : {&request.method, &request.path, &request.query, &request.body}) {
    append_be64(text, part->size());
    text += *part;
  }
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), hash, &size, EVP_sha256(), nullptr) == 1);
  return read_be64({reinterpret_cast<const char*>(hash), size});
}

// The key itself stays with the client: a log that travels holds only what can be compared with it.
Uuid command_key_of(const HttpRequest& request) {
  auto key = uuid_in_header(request.header("Idempotency-Key"));
  return key ? Uuid::make_v5(genlock_names(), key->to_string()) : Uuid{};
}

bool wants_conflict_recorded(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers.all()) {
    Headers one;
    one.add(name, "");
    if (!one.find("Prefer")) continue;
    std::string text = value;
    std::erase(text, ' ');
    if (("," + text + ",").find(",conflict=record,") != std::string::npos) return true;
  }
  return false;
}

// The one value of a header, or "".
Result<std::string> single(const HttpRequest& request, std::string_view name) {
  if (request.headers.count(name) > 1) return bad_parameter(name, "format", "may stand once only");
  return std::string(request.header(name));
}

Result<ETag> etag_header(std::string_view name, const std::string& text) {
  Result<ETag> etag = parse_etag(text);
  if (etag.ok()) return etag;
  return bad_parameter(name, "format", etag.error().message);
}

// A batch is about many rows.
Result<void> check_no_version(const std::string& if_match, const std::string& base_version) {
  if (if_match.empty() && base_version.empty()) return {};
  return bad_parameter(if_match.empty() ? "Base-Version" : "If-Match", "unknown",
                       "goes with single rows: give the ops their base_version");
}

Result<void> read_versions(const HttpRequest& request, Command& command) {
  TRY_ASSIGN(std::string if_match, single(request, "If-Match"));
  TRY_ASSIGN(std::string base_version, single(request, "Base-Version"));
  if (!if_match.empty() && !base_version.empty())
    return bad_parameter("Base-Version", "format", "can't be sent together with If-Match");
  if (command.kind == CommandKind::batch) {
    command.record_conflict = wants_conflict_recorded(request);
    return check_no_version(if_match, base_version);
  }
  if (command.kind == CommandKind::resolve) {
    command.conflict_etag = if_match;
    return {};
  }
  command.if_match_any = if_match == "*";
  if (!if_match.empty() && !command.if_match_any) {
    TRY_ASSIGN(command.if_match, etag_header("If-Match", if_match));
  }
  if (!base_version.empty()) {
    TRY_ASSIGN(command.base_version, etag_header("Base-Version", base_version));
  }
  command.record_conflict = command.base_version && wants_conflict_recorded(request);
  return {};
}

// nullopt: this key is new here.
Result<std::optional<Outcome>> replay(ApiCore& core, const Command& command) {
  if (command.command_key.is_nil()) return std::optional<Outcome>{};
  Moment moment(core);
  TRY_ASSIGN(std::optional<EventId> first,
             moment.context().log.find_command(moment.reader(), command.command_key));
  if (!first) return std::optional<Outcome>{};
  Command again = command;
  again.stream = first->stream;
  TRY_ASSIGN(Outcome outcome, execute(core, std::move(again)));
  return std::optional(std::move(outcome));
}

HttpResponse busy(const HttpRequest& request) {
  return problem_answer(request,
                        make_problem("busy", "the same request is still being carried out"));
}

}  // namespace

Result<Command> read_command(const HttpRequest& request, CommandKind kind) {
  Command command;
  command.kind = kind;
  TRY_ASSIGN(command.by, read_person(request.headers));
  TRY(read_versions(request, command));
  command.command_key = command_key_of(request);
  if (!command.command_key.is_nil()) command.command_hash = hash_of(request);
  return command;
}

Result<HttpResponse> run_write(ApiCore& core, const HttpRequest& request, CommandKind kind,
                               const WriteSteps& steps) {
  TRY_ASSIGN(Command command, read_command(request, kind));
  auto claim = core.keys.claim(command.command_key);
  if (!claim) return busy(request);
  TRY_ASSIGN(std::optional<Outcome> outcome, replay(core, command));
  if (!outcome) {
    TRY_ASSIGN(outcome, steps.carry_out(std::move(command)));
  }
  TRY_ASSIGN(HttpResponse response, steps.answer(*outcome));
  if (outcome->replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

Result<std::optional<Uuid>> conflict_of(ApiCore& core, const RecordKey& key, const EventId& event) {
  Moment moment(core);
  const Table* table = find_table(key.table);
  for (const Group& group : table->groups) {
    Uuid id = field_conflict_id(event.stream, key, group.id);
    TRY_ASSIGN(std::optional<ServedConflict> conflict, get_conflict(moment.context(), id));
    if (!conflict || conflict->conflict.loss) continue;
    for (const ConflictSide& side : conflict->conflict.sides)
      if (side.event == event.dot) return std::optional(id);
  }
  return std::optional<Uuid>{};
}

Result<Outcome> execute(ApiCore& core, Command command, const Prepare& prepare) {
  std::optional<Outcome> outcome;
  Committer::Job job = [&](Overlay& overlay) -> Result<void> {
    Command ready = command;
    if (prepare) TRY(prepare(overlay, ready));
    TRY_ASSIGN(outcome, core.parts.engine.execute(ready, overlay));
    return {};
  };
  TRY(core.parts.committer.run(std::move(job)));
  return *std::move(outcome);
}

Error first_fault(ApiCore& core, const Command& command, Error body_fault) {
  Moment moment(core);
  Engine& engine = core.parts.engine;
  State state(moment.reader(), engine.log(), command.stream);
  return genlock::first_fault(
      command, {state, engine.projection(), core.self(), moment.now_ms(), core.parts.random},
      std::move(body_fault));
}

}  // namespace genlock::http
