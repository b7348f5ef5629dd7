#include "cli/import.h"

#include "cli/json_print.h"
#include "projections/json_text.h"
#include "projections/row_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace genlock::cli {
namespace {

constexpr std::size_t max_named_differences = 20;

// --- are two rows the same? ---------------------------------------------------------------------

bool same_value(const Value& a, const Value& b) {
  auto as_number = [](const Value& value) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
  };
  auto first = as_number(a), second = as_number(b);
  return first && second ? *first == *second : a == b;
}

bool same_content(const RowInput& wanted, const RowInput& present);

bool same_list(const std::vector<RowInput>& wanted, const std::vector<RowInput>& present) {
  if (wanted.size() != present.size()) return false;
  return std::ranges::all_of(wanted, [&](const RowInput& row) {
    auto found = std::ranges::find(present, row.id, &RowInput::id);
    return found != present.end() && same_content(row, *found);
  });
}

// Does `present` hold all that `wanted` names?
bool same_content(const RowInput& wanted, const RowInput& present) {
  for (const auto& [column, value] : wanted.values) {
    const Value* there = find(present.values, column);
    if (!there || !same_value(value, *there)) return false;
  }
  return std::ranges::all_of(wanted.children, [&](const auto& list) {
    auto found = present.children.find(list.first);
    return found != present.children.end() && same_list(list.second, found->second);
  });
}

// --- one row's fate -----------------------------------------------------------------------------

enum class Wish { nothing, create, update, restore_and_update };

std::string reason_of(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::string reason;
  for (const FieldError& field : error.fields)
    reason += (reason.empty() ? "" : "; ") + field.pointer + ' ' + field.detail;
  return reason;
}

std::string key_of(const ApiCall& call, const std::string& present) {
  // The same write to the same present state is one command, however often it is sent. What is
  // there now is part of the key: a row that was deleted since is another matter.
  static const Uuid space = *Uuid::parse("0b8e4d52-7f0c-4a38-8a53-cf1c2a1d94e7");
  std::string name = call.method + '\n' + call.target + '\n' + call.body + '\n' + present;
  return Uuid::make_v5(space, name).to_string();
}

struct Planned {
  const FileRow* row = nullptr;
  Wish wish = Wish::nothing;
  std::string etag;  // of what is there
};

using Present = std::map<std::string, Json>;  // by id

Present by_id(std::vector<Json> rows) {
  Present present;
  for (Json& row : rows) {
    std::string id = text_of(row, "id");
    present.emplace(std::move(id), std::move(row));
  }
  return present;
}

class Importer {
 public:
  Importer(ApiClient& client, const ImportOptions& options)
      : client_(client), options_(options), progress_("importing", options.quiet) {}

  Result<ImportReport> run(const std::vector<ImportFile>& files) {
    for (const ImportFile& file : files) {
      total_ += file.equipment.size() + file.shows.size();
      for (const ShowFile& show : file.shows) total_ += show.children.size();
    }
    for (const ImportFile& file : files) {
      file_ = &file;
      TRY(take_equipment());
      for (const ShowFile& show : file.shows) TRY(take_show(show));
    }
    return std::move(report_);
  }

 private:
  ImportReport::Counts& counts(const FileRow& row) {
    return report_.tables[std::string(row.table->name)];
  }

  void leave_out(const FileRow& row, const std::string& reason) {
    ++counts(row).left_out;
    report_.left_out.push_back({file_->name, row.pointer, row.label, reason});
  }

  // What is to be done with a row, given what the node has of it (nullptr: nothing).
  Planned plan(const FileRow& row, const Json* present) {
    progress_.show(++done_, total_, "rows");
    Planned planned{.row = &row, .wish = Wish::nothing, .etag = {}};
    Result<RowInput> wanted = parse_row(*row.table, row.json);
    if (!wanted.ok()) {
      leave_out(row, reason_of(wanted.error()));
      return planned;
    }
    if (!present) {
      planned.wish = Wish::create;
      return planned;
    }
    planned.etag = at(*present, "_meta.etag").text;
    Result<RowInput> there = parse_row(*row.table, *present);
    if (member(*present, "is_deleted").boolean)
      plan_deleted(planned);
    else if (there.ok() && same_content(*wanted, *there))
      ++counts(row).unchanged;
    else
      plan_different(planned);
    return planned;
  }

  void plan_deleted(Planned& planned) {
    if (options_.update)
      planned.wish = Wish::restore_and_update;
    else
      leave_out(*planned.row, "it was deleted on the node; --update brings it back");
  }

  void plan_different(Planned& planned) {
    if (options_.update) {
      planned.wish = Wish::update;
      return;
    }
    const FileRow& row = *planned.row;
    ++counts(row).different;
    if (report_.different.size() < max_named_differences)
      report_.different.push_back(std::string(row.table->name) + ' ' + row.label);
  }

  void count_done(const Planned& planned) {
    planned.wish == Wish::create ? ++counts(*planned.row).taken : ++counts(*planned.row).changed;
  }

  Result<ApiAnswer> write(ApiCall call, const std::string& present) {
    call.headers = {{"Idempotency-Key", key_of(call, present)},
                    {"Genlock-User", escape(options_.user)},
                    {"Genlock-Device", "import"}};
    TRY_ASSIGN(ApiAnswer answer, client_.send(call));
    if (answer.status >= 500) return error_of(answer);
    return answer;
  }

  static std::string escape(const std::string& text) {
    std::string out;
    for (char c : text) {
      bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_';
      out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
  }

  // Where a row of this table is created.
  static std::string list_of(const FileRow& row) {
    std::string list = "/api/" + std::string(row.table->collection);
    TableId id = row.table->id;
    if (id != table::sources && id != table::sends) return list;
    return "/api/productions/" + text_of(row.json, "production_id") + list.substr(4);
  }

  // False: refused and reported.
  Result<bool> write_row(const Planned& planned) {
    const FileRow& row = *planned.row;
    std::string one = "/api/" + std::string(row.table->collection) + '/' + row.id.to_string();
    std::vector<ApiCall> calls;
    if (planned.wish == Wish::create) calls = {{"POST", list_of(row), dump(row.json)}};
    if (planned.wish == Wish::restore_and_update) calls = {{"POST", one + "/restore", "{}"}};
    if (planned.wish == Wish::update || planned.wish == Wish::restore_and_update)
      calls.push_back({"PUT", one, dump(row.json)});
    for (const ApiCall& call : calls) {
      TRY_ASSIGN(ApiAnswer answer, write(call, planned.etag));
      if (answer.ok()) continue;
      leave_out(row, reason_of(error_of(answer)));
      return false;
    }
    if (!calls.empty()) count_done(planned);
    return true;
  }

  Result<void> take_equipment() {
    if (file_->equipment.empty()) return {};
    TRY_ASSIGN(std::vector<Json> rows, client_.list("/api/equipment?deleted=true"));
    Present present = by_id(std::move(rows));
    for (const FileRow& row : file_->equipment) {
      auto found = present.find(row.id.to_string());
      TRY(write_row(plan(row, found == present.end() ? nullptr : &found->second)));
    }
    return {};
  }

  Result<void> take_show(const ShowFile& show) {
    std::string one = "/api/productions/" + show.production.id.to_string();
    TRY_ASSIGN(ApiAnswer answer, client_.send({.target = one + "?deleted=true"}));
    if (!answer.ok() && answer.status != 404) return error_of(answer);
    Json production;
    if (answer.ok()) {
      TRY_ASSIGN(production, parse_json(answer.body));
    }
    std::size_t left_out_before = report_.left_out.size();
    TRY_ASSIGN(bool taken, write_row(plan(show.production, answer.ok() ? &production : nullptr)));
    if (!taken || report_.left_out.size() > left_out_before) {
      for (const FileRow& row : show.children) leave_out(row, "its production was left out");
      return {};
    }
    return take_children(show, one);
  }

  Result<void> take_children(const ShowFile& show, const std::string& one) {
    Present present;
    for (const char* list : {"sources", "sends", "connections"}) {
      TRY_ASSIGN(std::vector<Json> rows, client_.list(one + '/' + list + "?deleted=true"));
      present.merge(by_id(std::move(rows)));
    }
    for (const FileRow& row : show.children) {
      auto found = present.find(row.id.to_string());
      TRY(write_row(plan(row, found == present.end() ? nullptr : &found->second)));
    }
    return {};
  }

  ApiClient& client_;
  const ImportOptions& options_;
  Progress progress_;
  const ImportFile* file_ = nullptr;
  std::uint64_t done_ = 0, total_ = 0;
  ImportReport report_;
};

}  // namespace

ImportReport::Counts ImportReport::total() const {
  Counts sum;
  for (const auto& [name, counts] : tables) {
    sum.taken += counts.taken;
    sum.changed += counts.changed;
    sum.unchanged += counts.unchanged;
    sum.different += counts.different;
    sum.left_out += counts.left_out;
  }
  return sum;
}

Result<ImportReport> import_files(ApiClient& client, const std::vector<ImportFile>& files,
                                  const ImportOptions& options) {
  return Importer(client, options).run(files);
}

std::string describe(const ImportReport& report) {
  std::string out = fmt::format("{:<20}{:>8}{:>9}{:>11}{:>9}{:>10}\n", "", "taken", "changed",
                                "unchanged", "differs", "left out");
  for (const auto& [name, n] : report.tables)
    out += fmt::format("{:<20}{:>8}{:>9}{:>11}{:>9}{:>10}\n", name, n.taken, n.changed, n.unchanged,
                       n.different, n.left_out);
  for (const auto& row : report.left_out)
    out += fmt::format("left out: {}{} {}: {}\n", row.file, row.pointer, row.label, row.reason);
  if (!report.different.empty()) {
    out += "differs on the node, left as it is there (--update overwrites):\n";
    for (const std::string& row : report.different) out += "  " + row + '\n';
  }
  return out;
}

Json to_json(const ImportReport& report) {
  Json tables = json_object(), left_out = json_array();
  auto count = [](std::size_t n) { return json_number(static_cast<std::int64_t>(n)); };
  for (const auto& [name, n] : report.tables)
    tables.members.emplace_back(name, json_object({{"taken", count(n.taken)},
                                                   {"changed", count(n.changed)},
                                                   {"unchanged", count(n.unchanged)},
                                                   {"different", count(n.different)},
                                                   {"left_out", count(n.left_out)}}));
  for (const auto& row : report.left_out)
    left_out.items.push_back(json_object({{"file", json_text(row.file)},
                                          {"pointer", json_text(row.pointer)},
                                          {"label", json_text(row.label)},
                                          {"reason", json_text(row.reason)}}));
  return json_object({{"tables", std::move(tables)}, {"left_out", std::move(left_out)}});
}

}  // namespace genlock::cli
