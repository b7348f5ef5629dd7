#include "http/api_problem.h"

#include "projections/conflict_json.h"
#include "projections/json_text.h"
#include "projections/node_names.h"

#include <stdexcept>

namespace genlock::http {
namespace {

constexpr std::string_view retry_after_s = "2";

// --- members of a body --------------------------------------------------------------------------

void add_member(std::string& out, std::string_view name, std::string_view json) {
  out += ",\"";
  out += name;
  out += "\":";
  out += json;
}

std::string time_text(UnixMs ms) {
  std::string out;
  append_json(out, ColumnType::time, Value{std::int64_t{ms}});
  return out;
}

// `place` is "pointer" (into the body) or "parameter" (of the query or a header).
std::string errors_json(const std::vector<FieldError>& errors, std::string_view place) {
  std::string out = "[";
  for (const FieldError& error : errors) {
    if (out.size() > 1) out += ',';
    out += "{\"" + std::string(place) + "\":" + json_string(error.pointer);
    add_member(out, "code", json_string(error.code));
    add_member(out, "detail", json_string(error.detail));
    out += '}';
  }
  return out + "]";
}

// --- who lost against whom (docs/api.md, section 5)
// --------------------------------------------------

// A group with the columns that are not the same on all three sides.
struct Columns {
  explicit Columns(const FieldConflict& conflict) {
    for (const ColumnValues* side : {&conflict.base, &conflict.yours, &conflict.theirs})
      for (const ColumnValue& item : *side) note(conflict, item.column);
  }

  ColumnValues of(const ColumnValues& side) const {
    ColumnValues values;
    for (ColumnId id : differing) {
      const Value* value = find(side, id);
      set(values, id, value ? *value : Value{});
    }
    return values;
  }

  std::vector<ColumnId> differing;

 private:
  void note(const FieldConflict& conflict, ColumnId id) {
    if (value_of(conflict.base, id) != value_of(conflict.theirs, id) ||
        value_of(conflict.yours, id) != value_of(conflict.theirs, id))
      differing.push_back(id);
  }
  static Value value_of(const ColumnValues& side, ColumnId id) {
    const Value* value = find(side, id);
    return value ? *value : Value{};
  }
};

Result<std::string> field_json(const FieldConflict& conflict, StreamId stream, NodeNames& names) {
  const Table* table = find_table(conflict.record.table);
  const Group* group = table ? table->group(conflict.group) : nullptr;
  TRY_ASSIGN(NodeName node, names.of(conflict.event.origin));
  Columns columns(conflict);
  std::string out = "{\"group\":" + json_string(group ? group->name : "life");
  add_member(out, "table", json_string(table ? table->name : ""));
  add_member(out, "record_id", json_string(conflict.record.id.to_string()));
  for (const auto& [name, side] : {std::pair{"base", &conflict.base},
                                   {"yours", &conflict.yours},
                                   {"theirs", &conflict.theirs}}) {
    add_member(out, name, "");
    append_json(out, table, columns.of(*side));
  }
  add_member(out, "by", "");
  append_json(out, conflict.by);
  add_member(out, "node", "");
  append_json(out, node);
  add_member(out, "at", time_text(conflict.wall_ms));
  add_member(out, "event", json_string(EventId{stream, conflict.event}.to_string()));
  return out + "}";
}

std::string column_names(TableId table_id, const std::vector<ColumnId>& columns) {
  const Table* table = find_table(table_id);
  std::string out = "[";
  for (ColumnId id : columns) {
    const Column* column = table ? table->column(id) : nullptr;
    if (!column) continue;
    if (out.size() > 1) out += ',';
    out += json_string(column->name);
  }
  return out + "]";
}

// The row's label, as JSON.
std::string label_of(const ServedRow& row) {
  Result<Json> json = parse_json(row.json);
  const Json* label = json.ok() ? json->find("label") : nullptr;
  return label ? dump(*label) : "null";
}

// A person as a row has it.
Person person_in(const std::string& text) {
  Result<Json> json = parse_json(text);
  const auto part = [&](std::string_view name) {
    const Json* member = json.ok() ? json->find(name) : nullptr;
    return member ? member->text : std::string();
  };
  return {part("user"), Uuid::parse(part("user_id")).value_or(Uuid{}), part("device")};
}

// --- what each kind of error carries ------------------------------------------------------------

class Extras {
 public:
  explicit Extras(const ApiCore& core) : moment_(core), names_(moment_.reader()) {}

  Result<std::string> of(const Error& error) {
    if (!error.fields.empty())
      add("errors", errors_json(error.fields,
                                error.code == ErrorCode::bad_request ? "parameter" : "pointer"));
    if (!error.detail) return std::move(out_);
    const ErrorDetail& detail = *error.detail;
    if (error.code == ErrorCode::gone) {
      TRY(add_gone(detail));
    } else if (detail.lock) {
      TRY_ASSIGN(std::string lock, encode_lock(&*detail.lock, names_));
      add("lock", lock);
    } else if (detail.conflict) {
      TRY(add_conflict(detail));
    } else {
      TRY(add_row(error.code, detail));
    }
    return std::move(out_);
  }

 private:
  void add(std::string_view name, std::string_view json) { add_member(out_, name, json); }

  Result<std::optional<ServedRow>> row_of(const ErrorDetail& detail) {
    if (!detail.record) return std::optional<ServedRow>{};
    return get_row(moment_.context(), detail.record->table, detail.record->id);
  }

  Result<void> add_gone(const ErrorDetail& detail) {
    if (!detail.record) {
      add("deleted_at", time_text(detail.deleted_ms));
      add("by", "");
      append_json(out_, detail.by);
      return {};
    }
    TRY_ASSIGN(std::optional<ServedRow> row, row_of(detail));
    if (!row || row->visible()) return {};  // only a refused batch had deleted it
    add("deleted_at", time_text(row->deleted_ms));
    add("by", row->deleted_by.empty() ? "null" : row->deleted_by);
    add("restore", json_string(path_of(row->hidden_by.value_or(row->key)) + "/restore"));
    return {};
  }

  Result<void> add_conflict(const ErrorDetail& detail) {
    TRY_ASSIGN(std::optional<ServedConflict> conflict,
               get_conflict(moment_.context(), *detail.conflict));
    if (conflict) add(detail.already_resolved ? "conflict" : "current", conflict->json);
    return {};
  }

  Result<void> add_row(ErrorCode code, const ErrorDetail& detail) {
    bool helps =
        code == ErrorCode::precondition || code == ErrorCode::conflict || code == ErrorCode::exists;
    TRY_ASSIGN(std::optional<ServedRow> row, row_of(detail));
    if (!row || !helps) return {};
    if (!detail.fields.empty()) TRY(add_fields(detail, *row));
    add("current", row->json);
    return {};
  }

  Result<void> add_fields(const ErrorDetail& detail, const ServedRow& row) {
    const Table* table = find_table(row.key.table);
    add("table", json_string(table ? table->name : ""));
    add("record_id", json_string(row.key.id.to_string()));
    add("label", label_of(row));
    std::string fields = "[";
    for (const FieldConflict& conflict : detail.fields) {
      TRY_ASSIGN(std::string field, field_json(conflict, row.stream, names_));
      fields += (fields.size() > 1 ? "," : "") + field;
    }
    add("fields", fields + "]");
    add("mergeable", column_names(row.key.table, detail.mergeable));
    return {};
  }

  Moment moment_;
  NodeNames names_;
  std::string out_;
};

Problem disk_full_problem() {
  return make_problem("disk-full",
                      "nothing was written: make room on the disk of this node, and send the "
                      "request again with the same Idempotency-Key");
}

}  // namespace

std::string_view problem_name(const Error& error) {
  switch (error.code) {
    case ErrorCode::bad_request:
      return "bad-request";
    case ErrorCode::invalid_argument:
      return "validation";
    case ErrorCode::not_found:
      return "not-found";
    case ErrorCode::gone:
      return "gone";
    case ErrorCode::conflict:
      return error.detail && error.detail->already_resolved ? "already-resolved" : "field-conflict";
    case ErrorCode::precondition:
      return "precondition-failed";
    case ErrorCode::locked:
      return "production-locked";
    case ErrorCode::exists:
      return "already-exists";
    case ErrorCode::mismatch:
      return "idempotency-mismatch";
    case ErrorCode::too_large:
      return "too-large";
    case ErrorCode::unavailable:
      return "overloaded";
    case ErrorCode::compacted:
    case ErrorCode::not_let_in:
      return "compacted";
    case ErrorCode::gap:
    case ErrorCode::fork:
    case ErrorCode::corruption:
    case ErrorCode::unsupported:
      return "internal";
  }
  return "internal";
}

HttpResponse problem_answer(const HttpRequest& request, const Problem& problem,
                            std::string_view more) {
  HttpResponse response = problem_response(problem, request.path, request.request_id);
  if (!more.empty()) {
    response.body.pop_back();  // the closing brace
    response.body.append(more).push_back('}');
  }
  if (problem.status == 503 || problem.name == "busy")
    response.headers.emplace_back("Retry-After", retry_after_s);
  return response;
}

HttpResponse rate_limited(const HttpRequest& request, std::chrono::seconds wait,
                          std::string detail) {
  HttpResponse response = problem_answer(request, make_problem("rate-limited", std::move(detail)));
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return response;
}

HttpResponse error_answer(const ApiCore& core, const HttpRequest& request, const Error& error) {
  std::string_view name = problem_name(error);
  const bool failed_to_write =
      error.code == ErrorCode::unavailable && request.method != "GET" && request.method != "HEAD";
  if (failed_to_write && core.parts.disk_full && core.parts.disk_full())
    return problem_answer(request, disk_full_problem());
  if (name == "internal")
    throw std::runtime_error(std::string(to_string(error.code)) + ": " + error.message);
  Result<std::string> more = Extras(core).of(error);
  return problem_answer(request, make_problem(name, error.message),
                        more.ok() ? std::string_view(*more) : std::string_view());
}

std::string problem_object(const Error& error, std::string_view name) {
  Problem problem = make_problem(name.empty() ? problem_name(error) : name, error.message);
  return problem_response(problem, "", "").body;
}

std::string disk_full_object() { return problem_response(disk_full_problem(), "", "").body; }

Error gone_then_error(const ServedRow& row) {
  ErrorDetail detail;
  detail.deleted_ms = row.deleted_ms;
  detail.by = person_in(row.deleted_by);
  return {ErrorCode::gone,
          "at that time it was deleted: read it with deleted=true",
          {},
          std::make_shared<const ErrorDetail>(std::move(detail))};
}

Error gone_error(const ServedRow& row) {
  ErrorDetail detail;
  detail.record = row.key;
  detail.deleted_ms = row.deleted_ms;
  return {ErrorCode::gone,
          row.hidden_by ? "it was deleted with what it belongs to: restore that first"
                        : "it was deleted: restore it, or read it with ?deleted=true",
          {},
          std::make_shared<const ErrorDetail>(std::move(detail))};
}

}  // namespace genlock::http
