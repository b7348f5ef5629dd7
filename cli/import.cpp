#include "cli/import.h"

#include "cli/import_writer.h"
#include "cli/json_print.h"
#include "engine/fractional_index.h"
#include "projections/row_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

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

// --- what the node has
// -----------------------------------------------------------------------------

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
      : client_(client),
        options_(options),
        progress_("importing", options.quiet),
        writer_(client, options.user) {}

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
    Planned planned{.row = &row, .wish = Wish::nothing, .etag = {}, .sort_order = {}};
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

  // Plans rows of one list, of which `present` is what the node has, and writes them.
  Result<void> take_rows(std::span<const FileRow> rows, const Present& present) {
    std::vector<Planned> plans;
    for (const FileRow& row : rows) {
      auto found = present.find(row.id.to_string());
      Planned planned = plan(row, found == present.end() ? nullptr : &found->second);
      if (planned.wish != Wish::nothing) plans.push_back(std::move(planned));
    }
    give_places(plans, present);
    std::size_t done = done_;
    std::vector<Written> written =
        writer_.write(plans, [&] { progress_.show(++done, total_, "rows"); });
    for (const Written& one : written)
      if (one.failed) return *one.failed;
    for (std::size_t i = 0; i < plans.size(); ++i) note(plans[i], written[i]);
    done_ += rows.size();
    return {};
  }

  // Creates go to the end of their list, in the order of the file.
  static void give_places(std::vector<Planned>& plans, const Present& present) {
    std::string last;
    for (const auto& [id, row] : present) last = std::max(last, text_of(row, "sort_order"));
    for (Planned& planned : plans) {
      if (planned.wish != Wish::create || planned.row->json.find("sort_order")) continue;
      last = last.empty() ? *generate_key_between({}, {}) : key_after(last);
      planned.sort_order = last;
    }
  }

  void note(const Planned& planned, const Written& written) {
    if (written.refused)
      leave_out(*planned.row, *written.refused);
    else
      ++(planned.wish == Wish::create ? counts(*planned.row).taken : counts(*planned.row).changed);
  }

  Result<Present> present_of(const std::string& list) {
    TRY_ASSIGN(std::vector<Json> rows, client_.list(list + "?deleted=true"));
    return by_id(std::move(rows));
  }

  Result<void> take_equipment() {
    if (file_->equipment.empty()) return {};
    TRY_ASSIGN(Present present, present_of("/api/equipment"));
    return take_rows(file_->equipment, present);
  }

  Result<void> take_show(const ShowFile& show) {
    std::size_t left_out_before = report_.left_out.size();
    TRY_ASSIGN(Present productions, present_of("/api/productions"));
    TRY(take_rows({&show.production, 1}, productions));
    if (report_.left_out.size() > left_out_before) {
      for (const FileRow& row : show.children) leave_out(row, "its production was left out");
      return {};
    }
    return take_children(show);
  }

  // Table by table: connections name sources.
  Result<void> take_children(const ShowFile& show) {
    std::string one = "/api/productions/" + show.production.id.to_string() + '/';
    std::span<const FileRow> left = show.children;
    while (!left.empty()) {
      const Table* table = left.front().table;
      auto end = std::ranges::find_if(left, [&](const FileRow& r) { return r.table != table; });
      auto count = static_cast<std::size_t>(end - left.begin());
      TRY_ASSIGN(Present present, present_of(one + std::string(table->collection)));
      TRY(take_rows(left.first(count), present));
      left = left.subspan(count);
    }
    return {};
  }

  ApiClient& client_;
  const ImportOptions& options_;
  Progress progress_;
  ImportWriter writer_;
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
