// Undo of what one event did, and a row as it was (docs/api.md, section 10). Nothing is taken out
// of the history: both write an event of their own. Where somebody changed the same since, nothing
// is written, and the answer lists what and who.
#include "engine/decide.h"
#include "http/api_core.h"
#include "http/api_problem.h"
#include "http/as_of.h"
#include "http/shapes.h"
#include "http/since.h"
#include "http/write_request.h"
#include "projections/row_json.h"
#include "transfer/api_client.h"
#include "transfer/json_print.h"
#include "transfer/show_file.h"

#include <algorithm>

namespace genlock::http {
namespace {

using transfer::member;
using transfer::text_of;

constexpr int max_attempts = 3;  // while others write meanwhile
constexpr std::size_t max_listed = 100;

// One undo or revert on its way. A refusal with its list is kept here.
struct Attempt {
  ApiCore& core;
  const HttpRequest& request;
  std::optional<HttpResponse> refused = {};

  Error refuse(std::vector<Json> changed) {
    std::string more =
        ",\"changed_since\":" +
        dump(transfer::json_array(
            {changed.begin(),
             changed.begin() + static_cast<std::ptrdiff_t>(std::min(changed.size(), max_listed))}));
    const char* detail =
        "others changed the same since: look at changed_since and set what is to "
        "be otherwise by hand";
    refused = problem_answer(request, make_problem("field-conflict", detail), more);
    return {ErrorCode::conflict, detail};
  }
};

// The event in the body. ERRORS: invalid_argument.
Result<EventId> read_event(const HttpRequest& request) {
  TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
  TRY(check_members(body, {"event"}));
  TRY_ASSIGN(std::optional<std::string> text, text_member(body, "event"));
  if (!text) return field_error("/event", "required", "must be the id of an event");
  auto event = EventId::parse(*text);
  if (event) return *event;
  return field_error("/event", "format", "must be the id of an event, from a history");
}

Result<void> check_event_is_here(const Moment& moment, const EventId& event, StreamId stream) {
  if (event.stream == stream) {
    Result<StoredEvent> found = moment.context().log.read(moment.reader(), event);
    if (found.ok()) return {};
    if (found.error().code == ErrorCode::compacted) return std::move(found).error();
  }
  return field_error("/event", "reference", "is no event of this production on this node");
}

// Carries out `command` if nobody has written to the stream since `moment`; else nullopt.
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

// `step` reads, decides and calls execute_upon.
Result<Outcome> try_some_times(
    const std::function<Result<std::optional<Outcome>>(const Moment&)>& step, ApiCore& core) {
  for (int i = 0; i < max_attempts; ++i) {
    Moment moment(core);
    TRY_ASSIGN(std::optional<Outcome> outcome, step(moment));
    if (outcome) return *std::move(outcome);
  }
  return Error{ErrorCode::unavailable, "others are writing to this production: try again"};
}

// --- undo ---------------------------------------------------------------------------------------

bool is_same_person(const Json& item, const Person& person) {
  std::string id = text_of(member(item, "by"), "user_id");
  return id == (person.user_id.is_nil() ? "" : person.user_id.to_string());
}

bool makes_row(const Json& item) {
  const std::string op = text_of(item, "op");
  return op == "create" || op == "restore";
}

RecordKey record_of(const Json& item) {
  const Table* table = find_table(text_of(item, "table"));
  return {table ? table->id : TableId::none,
          RecordId::parse(text_of(item, "record_id")).value_or(RecordId{})};
}

// What later items changed of what `own` did.
void find_clashes(const Json& own, const std::vector<Json>& later, std::vector<Json>& clashes) {
  std::set<std::string> columns = columns_of(own);
  for (const Json& item : later) {
    if (text_of(item, "table") != text_of(own, "table") ||
        text_of(item, "record_id") != text_of(own, "record_id"))
      continue;
    if (changes_life(item) || changes_life(own)) {
      clashes.push_back(changed_since(item, ""));
      continue;
    }
    for (const std::string& column : columns_of(item))
      if (columns.contains(column)) clashes.push_back(changed_since(item, column));
  }
}

// Rows that others put, since, under rows that would go: they would be hidden with them.
Result<void> find_orphans(const Moment& moment, StreamId stream, const Since& since,
                          std::vector<Json>& clashes) {
  std::set<RecordId> going;
  for (const Json& own : since.own)
    if (makes_row(own)) going.insert(record_of(own).id);
  std::set<RecordKey> told;
  for (const Json& item : since.later) {
    const RecordKey child = record_of(item);
    if (!makes_row(item) || going.contains(child.id)) continue;
    TRY_ASSIGN(const auto row, get_row(moment.context(), stream, child));
    const bool stands_there = row && row->visible() && going.contains(row->parent);
    if (stands_there && told.insert(child).second) clashes.push_back(changed_since(item, ""));
  }
  return {};
}

// The op that takes back one item: as a step of a batch. nullopt: it changed nothing that shows.
Result<std::optional<Command>> step_back(const Json& item) {
  Command step;
  const Table* table = find_table(text_of(item, "table"));
  auto id = RecordId::parse(text_of(item, "record_id"));
  std::string op = text_of(item, "op");
  const auto& changes = member(item, "changes").items;
  if (!table || table->collection.empty() || !id) return std::optional<Command>{};
  step.table = table->id;
  step.record = *id;
  if (op == "create" || op == "restore") {
    step.kind = CommandKind::remove;
  } else if (op == "delete") {
    step.kind = CommandKind::restore;
  } else {
    if (changes.empty()) return std::optional<Command>{};
    step.kind = CommandKind::update;
    Json row = transfer::json_object();
    for (const Json& change : changes)
      row.members.emplace_back(text_of(change, "column"), member(change, "from"));
    TRY_ASSIGN(step.row, parse_row(*table, row));
  }
  return std::optional(std::move(step));
}

// Rows that come back first, parents before what is in them; then values; rows that go last, and
// what is in them before them.
int turn_of(const Command& step) {
  bool is_nested = find_table(step.table)->nested;
  if (step.kind == CommandKind::restore) return is_nested ? 1 : 0;
  if (step.kind == CommandKind::update) return 2;
  return is_nested ? 3 : 4;
}

Result<std::optional<Outcome>> undo(Attempt& attempt, const Moment& moment, const Command& base,
                                    const EventId& event) {
  TRY(check_event_is_here(moment, event, base.stream));
  TRY_ASSIGN(Since since, history_since(attempt.core, moment, event));
  if (!since.own.empty() && !is_same_person(since.own.front(), base.by))
    return field_error("/event", "reference",
                       "was written by somebody else: undo what is your own, or bring single rows "
                       "back with revert");
  std::vector<Json> clashes;
  Command batch = base;
  std::string label = text_of(since.own.empty() ? Json{} : since.own.front(), "batch");
  batch.label = label.empty() ? "Undo" : "Undo: " + label.substr(0, 900);
  for (const Json& own : since.own) {
    find_clashes(own, since.later, clashes);
    TRY_ASSIGN(std::optional<Command> step, step_back(own));
    if (step && step->table == table::productions && step->kind == CommandKind::remove)
      return field_error("/event", "reference",
                         "made the production itself: delete it where that is wanted");
    if (!step) continue;
    step->stream = base.stream;
    batch.steps.push_back(*std::move(step));
  }
  TRY(find_orphans(moment, base.stream, since, clashes));
  if (!clashes.empty()) return attempt.refuse(std::move(clashes));
  std::ranges::stable_sort(batch.steps, {}, turn_of);
  return execute_upon(attempt.core, moment, std::move(batch));
}

Result<HttpResponse> undo_event(ApiCore& core, const HttpRequest& request) {
  Attempt attempt{core, request};
  Result<HttpResponse> response = run_write(
      core, request, CommandKind::batch,
      {.carry_out = [&](Command command) -> Result<Outcome> {
         TRY_ASSIGN(EventId event, read_event(request));
         TRY_ASSIGN(RecordId production, path_id(request));
         TRY(read_row(Moment(core), table::productions, production, true));
         command.table = table::productions;
         command.record = production;
         command.stream = StreamId{production.uuid};
         return try_some_times(
             [&](const Moment& moment) { return undo(attempt, moment, command, event); }, core);
       },
       .answer = [](const Outcome& outcome) -> Result<HttpResponse> {
         Json event = outcome.event ? transfer::json_text(outcome.event->to_string()) : Json{};
         return json_answer(dump(transfer::json_object({{"event", std::move(event)}})));
       }});
  return attempt.refused ? *std::move(attempt.refused) : std::move(response);
}

// --- revert -------------------------------------------------------------------------------------

// The ids of a row and of the rows nested in it.
void add_ids(const Json& row, std::set<std::string>& ids) {
  ids.insert(text_of(row, "id"));
  for (const auto& [key, value] : row.members)
    for (const Json& item : value.items)
      if (item.find("_meta")) add_ids(item, ids);
}

Result<Json> row_then(ApiCore& core, const HttpRequest& request, TableId table, RecordId id,
                      const EventId& event) {
  HttpRequest then = request;
  then.query_parameters = {};
  then.query_parameters.add("as_of", event.to_string());
  TRY_ASSIGN(Moment moment, moment_of_row(core, then, table, id));
  TRY_ASSIGN(ServedRow row, read_row(moment, table, id, false));
  return parse_json(row.json);
}

Result<std::optional<Outcome>> revert(Attempt& attempt, const Moment& moment, Command command,
                                      const EventId& event) {
  TRY(check_event_is_here(moment, event, command.stream));
  TRY_ASSIGN(ServedRow served, read_row(moment, command.table, command.record, false));
  TRY_ASSIGN(Json present, parse_json(served.json));
  TRY_ASSIGN(Json then,
             row_then(attempt.core, attempt.request, command.table, command.record, event));
  std::set<std::string> ids;
  add_ids(present, ids);
  add_ids(then, ids);
  TRY_ASSIGN(Since since, history_since(attempt.core, moment, event));
  std::vector<Json> clashes;
  for (const Json& item : since.later) {
    if (!ids.contains(text_of(item, "record_id")) || is_same_person(item, command.by)) continue;
    if (changes_life(item)) clashes.push_back(changed_since(item, ""));
    if (!changes_life(item))
      for (const std::string& column : columns_of(item))
        clashes.push_back(changed_since(item, column));
  }
  if (!clashes.empty()) return attempt.refuse(std::move(clashes));
  const Table& table = *find_table(command.table);
  TRY_ASSIGN(command.row, parse_row(table, transfer::file_row(table, then)));
  return execute_upon(attempt.core, moment, std::move(command));
}

Result<Outcome> revert_row(Attempt& attempt, TableId table, Command command) {
  TRY_ASSIGN(EventId event, read_event(attempt.request));
  TRY_ASSIGN(RecordId id, path_id(attempt.request));
  Moment now(attempt.core);
  TRY(read_row(now, table, id, false));
  TRY_ASSIGN(std::optional<StreamId> stream, find_stream(now.reader(), table, id));
  command.table = table;
  command.record = id;
  command.stream = stream.value_or(StreamId{});
  return try_some_times(
      [&](const Moment& moment) { return revert(attempt, moment, command, event); }, attempt.core);
}

ApiHandler revert_of(TableId table) {
  return [table](ApiCore& core, const HttpRequest& request) -> Result<HttpResponse> {
    Attempt attempt{core, request};
    Result<HttpResponse> response =
        run_write(core, request, CommandKind::update,
                  {.carry_out = [&](Command command) -> Result<Outcome> {
                     return revert_row(attempt, table, std::move(command));
                   },
                   .answer = [&](const Outcome&) -> Result<HttpResponse> {
                     TRY_ASSIGN(RecordId id, path_id(request));
                     TRY_ASSIGN(ServedRow row, read_row(Moment(core), table, id, true));
                     return row_answer(std::move(row));
                   }});
    return attempt.refused ? *std::move(attempt.refused) : std::move(response);
  };
}

}  // namespace

void add_undo_routes(Router& router, ApiCore& core) {
  const std::vector<std::string_view> undo_problems{"gone",
                                                    "compacted",
                                                    "field-conflict",
                                                    "already-exists",
                                                    "busy",
                                                    "idempotency-mismatch",
                                                    "production-locked"};
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/productions/{id}/undo",
             .name = "undo",
             .tag = "History",
             .summary = "Take back one event of one's own",
             .body = BodyRule::json,
             .takes = "ThatEvent",
             .headers = edit_headers,
             .gives = {{200, "Undone"}},
             .problems = undo_problems,
             .handler = undo_event});
  for (TableId id : {table::productions, table::equipment_specs, table::sources, table::sends,
                     table::connections}) {
    std::string collection(find_table(id)->collection);
    add_route(router, core,
              {.method = "POST",
               .pattern = "/api/" + collection + "/{id}/revert",
               .name = "revert_" + collection,
               .tag = "History",
               .summary = "Make a row what it was after an event",
               .body = BodyRule::json,
               .takes = "ThatEvent",
               .headers = edit_headers,
               .gives = {{200, component_name(*find_table(id)), {"ETag"}}},
               .problems = undo_problems,
               .handler = revert_of(id)});
  }
}

}  // namespace genlock::http
