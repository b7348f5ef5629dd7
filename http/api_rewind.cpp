// POST /api/productions/{id}/rewind: a show, or some of its sheets, as they were (docs/api.md,
// section 10). Nothing is taken out of the history: what differs is written as one event, which can
// be undone like any other.
#include "engine/limits.h"
#include "http/api_core.h"
#include "http/as_of.h"
#include "http/query.h"
#include "http/request_body.h"
#include "http/write_request.h"
#include "http/write_upon.h"
#include "projections/cut.h"
#include "projections/row_json.h"
#include "projections/time_text.h"
#include "transfer/api_client.h"
#include "transfer/json_print.h"
#include "transfer/show_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace genlock::http {
namespace {

using transfer::json_array;
using transfer::json_object;
using transfer::json_text;
using transfer::member;
using transfer::text_of;

// In the order of writing: what others name comes before who names it.
constexpr std::array sheets{table::productions, table::sources, table::sends, table::connections};

struct Wish {
  std::string to;
  AsOf as_of;
  std::vector<TableId> tables;
  std::optional<std::string> digest;  // of the show that somebody looked at
  std::string label;
};

Result<std::vector<TableId>> read_tables(const Json& body) {
  const Json& named = member(body, "tables");
  if (named.is(Json::Kind::null)) return std::vector(sheets.begin(), sheets.end());
  if (!named.is(Json::Kind::array)) return field_error("/tables", "type", "must be a list");
  if (named.items.empty()) return field_error("/tables", "length", "must name a table");
  std::set<TableId> asked;
  for (std::size_t i = 0; i < named.items.size(); ++i) {
    const Json& one = named.items[i];
    const std::string pointer = "/tables/" + std::to_string(i);
    const Table* table = one.is(Json::Kind::text) ? find_table(one.text) : nullptr;
    if (!table || std::ranges::find(sheets, table->id) == sheets.end())
      return field_error(pointer, "enum", "must be productions, sources, sends or connections");
    if (!asked.insert(table->id).second) return field_error(pointer, "unique", "is named twice");
  }
  std::vector<TableId> ordered;
  std::ranges::copy_if(sheets, std::back_inserter(ordered),
                       [&](TableId id) { return asked.contains(id); });
  return ordered;
}

Result<Wish> read_wish(const Json& body, const ApiCore& core, const Moment& moment,
                       StreamId stream) {
  TRY(check_members(body, {"to", "tables", "digest", "label"}));
  Wish wish;
  TRY_ASSIGN(std::optional<std::string> to, text_member(body, "to"));
  if (!to) return field_error("/to", "required", "must be a time or the id of an event");
  auto as_of = parse_as_of(*to);
  if (!as_of)
    return field_error(
        "/to", "format",
        "must be a time with an offset, like 2026-11-22T18:42:03Z, or an event's id");
  if (as_of->event) {
    const Result<void> here = check_event_is_here(moment, *as_of->event, stream, "/to");
    // One that was compacted may be in a history file: who reads the past says.
    if (!here.ok() && here.error().code != ErrorCode::compacted) return here.error();
  }
  if (!as_of->event && as_of->ms > core.parts.clock.now())
    return field_error("/to", "range", "is ahead of this node's clock");
  wish.to = *std::move(to);
  wish.as_of = *std::move(as_of);
  TRY_ASSIGN(wish.tables, read_tables(body));
  TRY_ASSIGN(wish.digest, text_member(body, "digest"));
  TRY_ASSIGN(std::optional<std::string> label, text_member(body, "label"));
  wish.label = label.value_or("");
  return wish;
}

Result<Json> read_whole(const Moment& moment, RecordId production) {
  TRY_ASSIGN(std::optional<ServedRow> whole, get_whole_production(moment.context(), production));
  if (!whole || !whole->visible()) return Error{ErrorCode::not_found, "there was no such show"};
  return parse_json(whole->json);
}

// The show as it was; the wish gets a label with that time, if it has none.
Result<Json> read_then(ApiCore& core, const HttpRequest& request, RecordId production, Wish& wish) {
  HttpRequest then = request;
  then.query_parameters = {};
  then.query_parameters.add("as_of", wish.to);
  TRY_ASSIGN(Moment past,
             moment_of(core, then, {StreamId{production.uuid}, PastReader::Part::all}));
  if (wish.label.empty()) wish.label = "As it was at " + format_time(past.now_ms());
  Result<Json> whole = read_whole(past, production);
  if (!whole.ok() && whole.error().code == ErrorCode::not_found)
    return field_error("/to", "range", "is a time at which the show was not there");
  return whole;
}

// --- what differs -------------------------------------------------------------------------------

struct Plan {
  std::vector<Json> rows;  // what would become of each
  std::vector<Command> back, set, gone;

  std::size_t size() const { return back.size() + set.size() + gone.size(); }
};

// The rows of one table of a whole show, by id, in the order that the show has.
std::vector<Json> rows_of(const Table& table, const Json& whole) {
  std::vector<Json> rows;
  if (table.id == table::productions) return {transfer::file_row(table, whole)};
  for (const Json& row : member(whole, table.collection).items)
    rows.push_back(transfer::file_row(table, row));
  return rows;
}

// The ids of the sources of a whole show, and of their outputs.
std::set<std::string> ids_of_sources(const Json& whole) {
  std::set<std::string> ids;
  for (const Json& source : member(whole, "sources").items) {
    ids.insert(text_of(source, "id"));
    for (const Json& output : member(source, "outputs").items) ids.insert(text_of(output, "id"));
  }
  return ids;
}

// `sources`: those that will be there, which a row may name.
class Comparison {
 public:
  Comparison(Plan& plan, const Table& table, StreamId stream, const std::set<std::string>& sources)
      : plan_(plan), table_(table), stream_(stream), sources_(sources) {}

  Result<void> run(const std::vector<Json>& then, const std::vector<Json>& now) {
    std::map<std::string, const Json*> present;
    for (const Json& row : now) present.emplace(text_of(row, "id"), &row);
    for (const Json& row : then) {
      auto found = present.extract(text_of(row, "id"));
      if (found.empty()) TRY(bring_back(row));
      if (!found.empty()) TRY(set_columns(row, *found.mapped()));
    }
    for (const Json& row : now)
      if (present.contains(text_of(row, "id"))) remove(row);
    return {};
  }

 private:
  Result<void> bring_back(const Json& then) {
    plan_.back.push_back(step(CommandKind::restore, then));
    tell("restore", then, {});
    Json values = then;
    std::erase_if(values.members, [&](const auto& m) { return is_lost(m.first, m.second); });
    return write(then, values);
  }

  Result<void> set_columns(const Json& then, const Json& now) {
    Json values = json_object();
    std::vector<Json> changes;
    for (const auto& [column, value] : then.members) {
      const Json& present = member(now, column);
      if (dump(present) == dump(value) || is_lost(column, value)) continue;
      values.members.emplace_back(column, value);
      changes.push_back(
          json_object({{"column", json_text(column)}, {"from", present}, {"to", value}}));
    }
    if (changes.empty()) return {};
    tell("update", now, std::move(changes));
    return write(then, values);
  }

  void remove(const Json& now) {
    plan_.gone.push_back(step(CommandKind::remove, now));
    tell("delete", now, {});
  }

  // A source that stays gone can't be named.
  bool is_lost(const std::string& column, const Json& value) const {
    const bool names_source = column == "source_id" || column == "source_output_id";
    return names_source && value.is(Json::Kind::text) && !sources_.contains(value.text);
  }

  Result<void> write(const Json& row, const Json& values) {
    Command command = step(CommandKind::update, row);
    TRY_ASSIGN(command.row, parse_row(table_, values));
    plan_.set.push_back(std::move(command));
    return {};
  }

  Command step(CommandKind kind, const Json& row) const {
    Command command;
    command.kind = kind;
    command.table = table_.id;
    command.stream = stream_;
    command.record = RecordId::parse(text_of(row, "id")).value_or(RecordId{});
    return command;
  }

  void tell(const char* op, const Json& row, std::vector<Json> changes) {
    plan_.rows.push_back(json_object({{"table", json_text(std::string(table_.name))},
                                      {"record_id", member(row, "id")},
                                      {"label", json_text(transfer::label_of(table_, row))},
                                      {"op", json_text(op)},
                                      {"changes", json_array(std::move(changes))}}));
  }

  Plan& plan_;
  const Table& table_;
  StreamId stream_;
  const std::set<std::string>& sources_;
};

Result<Plan> compare(const Wish& wish, const Json& then, const Json& now, StreamId stream) {
  Plan plan;
  const bool with_sources = std::ranges::find(wish.tables, table::sources) != wish.tables.end();
  const std::set<std::string> sources = ids_of_sources(with_sources ? then : now);
  for (TableId id : wish.tables) {
    const Table& table = *find_table(id);
    TRY(Comparison(plan, table, stream, sources).run(rows_of(table, then), rows_of(table, now)));
  }
  if (plan.size() <= limits::max_batch_steps) return plan;
  return Error{ErrorCode::too_large, "it would take " + std::to_string(plan.size()) +
                                         " writes, and one event has at most " +
                                         std::to_string(limits::max_batch_steps) +
                                         ": name fewer tables"};
}

// --- the two requests ---------------------------------------------------------------------------

// What both begin with. ERRORS: first the row's, then the body's.
struct Asked {
  RecordId production;
  StreamId stream;
  Wish wish;
  Json then;
};

Result<Asked> read_asked(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(Json body, read_body(request, BodyRule::json));
  TRY_ASSIGN(RecordId production, path_id(request));
  Moment now(core);
  TRY(read_row(now, table::productions, production, false));
  Asked asked{production, StreamId{production.uuid}, {}, {}};
  TRY_ASSIGN(asked.wish, read_wish(body, core, now, asked.stream));
  TRY_ASSIGN(asked.then, read_then(core, request, production, asked.wish));
  return asked;
}

Result<std::string> digest_of(const ApiCore& core, const Moment& moment, StreamId stream) {
  TRY_ASSIGN(Digest digest, core.parts.engine.projection().digest(moment.reader(), stream));
  return digest.to_string();
}

Result<HttpResponse> foresee(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(Asked asked, read_asked(core, request));
  Moment moment(core);
  TRY_ASSIGN(Json now, read_whole(moment, asked.production));
  TRY_ASSIGN(Plan plan, compare(asked.wish, asked.then, now, asked.stream));
  TRY_ASSIGN(std::string digest, digest_of(core, moment, asked.stream));
  return json_answer(dump(json_object({{"event", Json{}},
                                       {"digest", json_text(std::move(digest))},
                                       {"rows", json_array(std::move(plan.rows))}})));
}

Result<std::optional<Outcome>> write_upon(ApiCore& core, const Moment& moment, const Asked& asked,
                                          Command batch) {
  TRY_ASSIGN(std::string digest, digest_of(core, moment, asked.stream));
  if (asked.wish.digest && *asked.wish.digest != digest)
    return Error{ErrorCode::precondition,
                 "the show has changed since it was looked at: ask for the dry run again"};
  TRY_ASSIGN(Json now, read_whole(moment, asked.production));
  TRY_ASSIGN(Plan plan, compare(asked.wish, asked.then, now, asked.stream));
  for (std::vector<Command>* turn : {&plan.back, &plan.set, &plan.gone})
    std::ranges::move(*turn, std::back_inserter(batch.steps));
  return execute_upon(core, moment, std::move(batch));
}

Result<Outcome> carry_out(ApiCore& core, const HttpRequest& request, Command batch) {
  TRY_ASSIGN(Asked asked, read_asked(core, request));
  batch.table = table::productions;
  batch.record = asked.production;
  batch.stream = asked.stream;
  batch.label = asked.wish.label;
  return try_some_times(
      [&](const Moment& moment) { return write_upon(core, moment, asked, batch); }, core);
}

Result<HttpResponse> rewind_show(ApiCore& core, const HttpRequest& request) {
  TRY_ASSIGN(bool is_dry_run, flag_parameter(request.query_parameters, "dry_run"));
  if (is_dry_run) return foresee(core, request);
  return run_write(
      core, request, CommandKind::batch,
      {.carry_out = [&](Command command) { return carry_out(core, request, std::move(command)); },
       .answer = [](const Outcome& outcome) -> Result<HttpResponse> {
         Json event = outcome.event ? json_text(outcome.event->to_string()) : Json{};
         return json_answer(dump(json_object({{"event", std::move(event)}})));
       }});
}

}  // namespace

void add_rewind_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/productions/{id}/rewind",
             .name = "rewind",
             .tag = "History",
             .summary = "Make a show what it was, as one event; with dry_run say what that takes",
             .body = BodyRule::json,
             .takes = "RewindWish",
             .parameters = {"dry_run"},
             .headers = edit_headers,
             .gives = {{200, "Rewound"}},
             .problems = {"gone", "compacted", "busy", "precondition-failed",
                          "idempotency-mismatch", "production-locked", "overloaded"},
             .handler = rewind_show});
}

}  // namespace genlock::http
