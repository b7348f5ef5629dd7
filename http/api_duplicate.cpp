// POST /api/productions/{id}/duplicate: a show as another show (docs/api.md, section 4). It is
// written in one job of the committer: first the production, then its rows in batches, all or
// nothing.
#include "engine/decide.h"
#include "http/api_core.h"
#include "http/api_problem.h"
#include "http/foreign_ids.h"
#include "http/write_request.h"
#include "projections/row_json.h"
#include "transfer/api_client.h"
#include "transfer/duplicate.h"
#include "transfer/file_ids.h"
#include "transfer/json_print.h"

namespace genlock::http {
namespace {

using transfer::FileRow;

constexpr std::size_t max_batch_json_bytes = 256 * 1024;  // so that an event stays under 1 MiB

// What there is to duplicate, from one moment.
struct Original {
  Json production;  // as a file has it
  Json whole;
  std::vector<Json> attachments;
};

Result<Original> read_original(ApiCore& core, RecordId id) {
  Moment moment(core);
  TRY(read_row(moment, table::productions, id, false));
  TRY_ASSIGN(std::optional<ServedRow> whole, get_whole_production(moment.context(), id));
  if (!whole) return Error{ErrorCode::not_found, "there is no such production"};
  Original original;
  TRY_ASSIGN(original.whole, parse_json(whole->json));
  original.production = transfer::file_row(*find_table(table::productions), original.whole);
  ListOptions page;
  while (true) {
    TRY_ASSIGN(ServedList list, list_rows(moment.context(), *find_table(table::attachments),
                                          StreamId{id.uuid}, page));
    TRY_ASSIGN(Json rows, parse_json(list.json));
    for (Json& row : rows.items) original.attachments.push_back(std::move(row));
    if (!list.next_cursor) return original;
    page.cursor = *list.next_cursor;
  }
}

// The new production's row: the old one's, as a plan again, with what the body says.
Json new_production(const Original& original, const Json& body) {
  Json row = original.production;
  std::erase_if(row.members,
                [](const auto& m) { return m.first == "id" || m.first == "sort_order"; });
  using namespace transfer;
  set_member(row, "show_name", json_text(text_of(row, "show_name") + " (copy)"));
  set_member(row, "status", json_text("planning"));
  for (const auto& [key, value] : body.members) set_member(row, key, value);
  return row;
}

// The rows in as many batches as it takes. Each has a key of its own, made from the first.
Result<std::vector<Command>> batches_of(const std::vector<FileRow>& rows, const Command& create,
                                        const std::string& label) {
  std::vector<Command> batches;
  std::size_t bytes = max_batch_json_bytes;
  for (const FileRow& row : rows) {
    std::size_t size = dump(row.json).size();
    if (batches.empty() || bytes + size > max_batch_json_bytes) {
      Command& batch = batches.emplace_back();
      batch.kind = CommandKind::batch;
      batch.table = table::productions;
      batch.record = create.record;
      batch.stream = create.stream;
      batch.by = create.by;
      batch.label = label;
      std::string name = "rows " + std::to_string(batches.size());
      if (!create.command_key.is_nil()) batch.command_key = Uuid::make_v5(create.command_key, name);
      batch.command_hash = create.command_hash;
      bytes = 0;
    }
    bytes += size;
    Command& step = batches.back().steps.emplace_back();
    step.kind = CommandKind::create;
    step.table = row.table->id;
    step.record = row.id;
    step.stream = create.stream;
    TRY_ASSIGN(step.row, parse_row(*row.table, row.json));
  }
  return batches;
}

Result<Outcome> write_all(ApiCore& core, const Command& create, const std::vector<Command>& rows) {
  std::optional<Outcome> outcome;
  Committer::Job job = [&](Overlay& overlay) -> Result<void> {
    TRY(check_foreign_ids(overlay, create));
    TRY_ASSIGN(outcome, core.parts.engine.execute(create, overlay));
    for (const Command& batch : rows) TRY(core.parts.engine.execute(batch, overlay));
    return {};
  };
  TRY(core.parts.committer.run(std::move(job)));
  return *std::move(outcome);
}

Result<Outcome> carry_out(ApiCore& core, const HttpRequest& request, Command command) {
  TRY_ASSIGN(Json body, read_body(request, BodyRule::optional));
  TRY_ASSIGN(RecordId id, path_id(request));
  TRY_ASSIGN(Original original, read_original(core, id));
  const Table& table = *find_table(table::productions);
  TRY(parse_row(table, body));
  TRY_ASSIGN(command.row, parse_row(table, new_production(original, body)));
  command.table = table.id;
  command.record = id_for_create(command, core.parts.clock.now(), core.parts.random);
  command.stream = StreamId{command.record.uuid};
  if (command.record == id)
    return field_error("/id", "unique", "is the id of the show that is duplicated");
  std::vector<FileRow> rows =
      transfer::duplicated_rows(original.whole, original.attachments, command.record);
  std::string label = "Duplicate of " + transfer::text_of(original.production, "show_name");
  TRY_ASSIGN(std::vector<Command> batches, batches_of(rows, command, label));
  return write_all(core, command, batches);
}

Result<HttpResponse> answer(ApiCore& core, const Outcome& outcome) {
  Moment moment(core);
  TRY_ASSIGN(ServedRow row, read_row(moment, table::productions, outcome.record.id, true));
  bool is_new = outcome.created || outcome.replayed;
  HttpResponse response = row_answer(std::move(row), is_new ? 201 : 200);
  if (is_new) response.headers.emplace_back("Location", path_of(outcome.record));
  return response;
}

}  // namespace

void add_duplicate_routes(Router& router, ApiCore& core) {
  const auto duplicate = [](ApiCore& c, const HttpRequest& request) {
    return run_write(c, request, CommandKind::create,
                     {.carry_out = [&](Command command) -> Result<Outcome> {
                        return carry_out(c, request, std::move(command));
                      },
                      .answer = [&](const Outcome& outcome) { return answer(c, outcome); }});
  };
  add_route(router, core,
            {.method = "POST",
             .pattern = "/api/productions/{id}/duplicate",
             .name = "duplicate",
             .tag = "Shows",
             .summary = "Copy a show with all its rows; a body names the columns that are to be "
                        "otherwise",
             .body = BodyRule::optional,
             .takes = "ProductionEdit",
             .headers = edit_headers,
             .gives = {{201, "Production", {"ETag", "Location"}}, {200, "Production", {"ETag"}}},
             .problems = {"gone", "already-exists", "busy", "precondition-failed",
                          "idempotency-mismatch", "production-locked"},
             .handler = duplicate});
}

}  // namespace genlock::http
