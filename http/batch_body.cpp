#include "http/batch_body.h"

#include "engine/limits.h"
#include "http/foreign_ids.h"
#include "http/merge_patch.h"
#include "http/request_body.h"
#include "projections/row_json.h"

#include <algorithm>

namespace genlock::http {
namespace {

struct Op {
  std::string_view name;
  CommandKind kind;
};
constexpr Op ops[] = {{"create", CommandKind::create},
                      {"update", CommandKind::update},
                      {"delete", CommandKind::remove},
                      {"restore", CommandKind::restore}};

bool is_of_production(const Table& table) {
  const Table* at = &table;
  while (at->parent != TableId::none) at = find_table(at->parent);
  return at->id == table::productions;
}

std::string production_tables() {
  std::string names;
  for (const Table& table : tables())
    if (is_of_production(table)) names += (names.empty() ? "" : " ") + std::string(table.name);
  return names;
}

// One op on its way to a Command.
class StepReader {
 public:
  StepReader(const Json& json, std::size_t n, StreamId production)
      : json_(json), place_("/ops/" + std::to_string(n)), production_(production) {}

  // With what could be read also where there are errors: the row and the kind decide before them.
  Command read(Result<void>& outcome) {
    outcome = read_all();
    return std::move(step_);
  }

 private:
  Error fault(std::string_view member, std::string code, std::string detail) const {
    return field_error(place_ + std::string(member), std::move(code), std::move(detail));
  }

  Result<void> read_all() {
    if (!json_.is(Json::Kind::object))
      return fault("", "type", "must be an object, not " + std::string(to_string(json_.kind)));
    TRY(read_op());
    TRY_ASSIGN(const Table* table, read_table());
    TRY(read_id(*table));
    step_.table = table->id;  // from here on the engine can look at the row
    TRY(check_names());
    TRY(read_base_version());
    return read_row(*table);
  }

  bool writes_row() const {
    return step_.kind == CommandKind::create || step_.kind == CommandKind::update;
  }

  Result<void> check_names() const {
    for (const auto& [name, value] : json_.members) {
      bool known = name == "op" || name == "table" || name == "id" || name == "base_version" ||
                   name == "row";
      if (!known)
        return field_error(pointer_to(place_, name), "unknown", "is not known here: leave it out");
    }
    return {};
  }

  Result<std::string> read_text(std::string_view name) const {
    const Json* member = json_.find(name);
    std::string at = "/" + std::string(name);
    if (!member || member->is(Json::Kind::null)) return fault(at, "required", "is missing");
    if (member->is(Json::Kind::text)) return member->text;
    return fault(at, "type", "must be a text, not " + std::string(to_string(member->kind)));
  }

  bool has(std::string_view name) const {
    const Json* member = json_.find(name);
    return member && !member->is(Json::Kind::null);
  }

  Result<void> read_op() {
    TRY_ASSIGN(std::string name, read_text("op"));
    const auto* op = std::ranges::find(ops, name, &Op::name);
    if (op == std::end(ops))
      return fault("/op", "enum", "must be create, update, delete or restore");
    step_.kind = op->kind;
    return {};
  }

  Result<const Table*> read_table() const {
    TRY_ASSIGN(std::string name, read_text("table"));
    const Table* table = find_table(name);
    if (!table || !is_of_production(*table))
      return fault("/table", "enum", "must be one of " + production_tables());
    if (table->id == table::productions && step_.kind == CommandKind::create)
      return fault("/op", "enum", "the production is there already: update it");
    return table;
  }

  // A create may go without one, or have it in its row.
  Result<void> read_id(const Table& table) {
    if (step_.kind == CommandKind::create && !has("id")) return {};
    TRY_ASSIGN(std::string text, read_text("id"));
    auto id = RecordId::parse(text);
    if (!id || id->uuid.is_nil())
      return fault("/id", "format",
                   "must be a lower-case UUID, like 018f6b1e-0000-7000-8000-000000000000");
    if (table.id == table::productions && id->uuid != production_.uuid)
      return fault("/id", "read_only", "must be the production in the path");
    step_.record = *id;
    return {};
  }

  Result<void> read_base_version() {
    if (!has("base_version")) return {};
    bool is_taken = step_.kind == CommandKind::update || step_.kind == CommandKind::remove;
    if (!is_taken) return fault("/base_version", "unknown", "goes with update and delete only");
    TRY_ASSIGN(std::string text, read_text("base_version"));
    Result<ETag> etag = parse_etag(text);
    if (!etag.ok()) return fault("/base_version", "format", etag.error().message);
    step_.base_version = *std::move(etag);
    return {};
  }

  Result<void> read_row(const Table& table) {
    const Json* row = json_.find("row");
    std::string at = place_ + "/row";
    step_.row.pointer = at;
    if (!writes_row()) {
      if (has("row")) return fault("/row", "unknown", "goes with create and update only");
      return {};
    }
    if (!row) return fault("/row", "required", "is missing");
    TRY_ASSIGN(RowInput input, parse_row(table, *row, at));
    step_.row = std::move(input);
    if (step_.kind == CommandKind::create && step_.record != RecordId{}) {
      if (!step_.row.id) step_.row.id = step_.record;
    }
    return {};
  }

  const Json& json_;
  std::string place_;
  StreamId production_;
  Command step_;
};

Command read_step(const Json& json, std::size_t n, StreamId production, const EventLog& log) {
  Result<void> outcome;
  Command step = StepReader(json, n, production).read(outcome);
  step.stream = production;
  if (!outcome.ok()) {
    step.complete = [error = std::move(outcome).error()](const Reader&, Command&) -> Result<void> {
      return error;
    };
    return step;
  }
  const Json* row = json.find("row");
  step.complete = [row, &log](const Reader& reader, Command& ready) -> Result<void> {
    TRY(check_foreign_ids(reader, ready));
    if (ready.kind != CommandKind::update) return {};
    return patch_opaque_columns(reader, log, *row, ready);
  };
  return step;
}

}  // namespace

Result<BatchBody> read_batch(const Json& body, StreamId production, const EventLog& log) {
  TRY(check_members(body, {"label", "ops"}));
  BatchBody batch;
  TRY_ASSIGN(std::optional<std::string> label, text_member(body, "label"));
  batch.label = label.value_or("");
  const Json* list = body.find("ops");
  if (!list) return field_error("/ops", "required", "must be a list of ops");
  if (!list->is(Json::Kind::array))
    return field_error("/ops", "type", "must be a list, not " + std::string(to_string(list->kind)));
  if (list->items.empty() || list->items.size() > limits::max_batch_steps)
    return field_error("/ops", "range",
                       "must be 1.." + std::to_string(limits::max_batch_steps) +
                           " ops: send more in several batches");
  for (std::size_t n = 0; n < list->items.size(); ++n)
    batch.steps.push_back(read_step(list->items[n], n, production, log));
  return batch;
}

}  // namespace genlock::http
