#include "transfer/import_report.h"

#include "transfer/api_client.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

namespace genlock::transfer {
namespace {

Json count(std::size_t n) { return json_number(static_cast<std::int64_t>(n)); }

Json texts(const std::vector<std::string>& list) {
  Json json = json_array();
  for (const std::string& text : list) json.items.push_back(json_text(text));
  return json;
}

// "a.json/sources/3", "a.csv line 7"
std::string place_of(const LeftOut& row) {
  bool is_pointer = row.pointer.empty() || row.pointer.front() == '/';
  return row.file + (is_pointer ? "" : " ") + row.pointer;
}

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

std::string describe(const ImportReport& report) {
  std::string out = report.dry_run ? "a dry run: nothing was written; this is what would be\n" : "";
  out += fmt::format("{:<20}{:>8}{:>9}{:>11}{:>9}{:>10}\n", "", "taken", "changed", "unchanged",
                     "differs", "left out");
  for (const auto& [name, n] : report.tables)
    out += fmt::format("{:<20}{:>8}{:>9}{:>11}{:>9}{:>10}\n", name, n.taken, n.changed, n.unchanged,
                       n.different, n.left_out);
  for (const LeftOut& row : report.left_out)
    out += fmt::format("left out: {} {}: {}\n", place_of(row), row.label, row.reason);
  if (!report.different.empty()) {
    out += "differs on the node, left as it is there (--update overwrites):\n";
    for (const std::string& row : report.different) out += "  " + row + '\n';
  }
  if (!report.kept.empty()) {
    out += "has no table, kept as attachments of the production:\n";
    for (const Kept& kept : report.kept)
      out += fmt::format("  {:<28}{:>6} {}\n", kept.name, kept.items,
                         kept.items == 1 ? "item" : "items");
  }
  for (const std::string& note : report.notes) out += "note: " + note + '\n';
  return out;
}

Json to_json(const ImportReport& report) {
  Json tables = json_object(), left_out = json_array(), kept = json_array();
  for (const auto& [name, n] : report.tables)
    tables.members.emplace_back(name, json_object({{"taken", count(n.taken)},
                                                   {"changed", count(n.changed)},
                                                   {"unchanged", count(n.unchanged)},
                                                   {"different", count(n.different)},
                                                   {"left_out", count(n.left_out)}}));
  for (const LeftOut& row : report.left_out)
    left_out.items.push_back(json_object({{"file", json_text(row.file)},
                                          {"pointer", json_text(row.pointer)},
                                          {"label", json_text(row.label)},
                                          {"reason", json_text(row.reason)}}));
  for (const Kept& one : report.kept)
    kept.items.push_back(json_object(
        {{"name", json_text(one.name)}, {"items", count(one.items)}, {"bytes", count(one.bytes)}}));
  return json_object({{"dry_run", json_flag(report.dry_run)},
                      {"tables", std::move(tables)},
                      {"left_out", std::move(left_out)},
                      {"different", texts(report.different)},
                      {"kept", std::move(kept)},
                      {"notes", texts(report.notes)}});
}

ImportReport import_report_of(const Json& json) {
  const auto count_in = [](const Json& row, std::string_view name) {
    return static_cast<std::size_t>(std::max<std::int64_t>(integer_of(row, name), 0));
  };
  const auto texts_in = [&](std::string_view name) {
    std::vector<std::string> texts;
    for (const Json& item : member(json, name).items) texts.push_back(item.text);
    return texts;
  };
  ImportReport report;
  report.dry_run = member(json, "dry_run").boolean;
  for (const auto& [table, n] : member(json, "tables").members)
    report.tables[table] = {.taken = count_in(n, "taken"),
                            .changed = count_in(n, "changed"),
                            .unchanged = count_in(n, "unchanged"),
                            .different = count_in(n, "different"),
                            .left_out = count_in(n, "left_out")};
  for (const Json& row : member(json, "left_out").items)
    report.left_out.push_back({text_of(row, "file"), text_of(row, "pointer"), text_of(row, "label"),
                               text_of(row, "reason")});
  for (const Json& one : member(json, "kept").items)
    report.kept.push_back({text_of(one, "name"), count_in(one, "items"), count_in(one, "bytes")});
  report.different = texts_in("different");
  report.notes = texts_in("notes");
  return report;
}

void add(ImportReport& report, const ImportReport& more) {
  report.dry_run |= more.dry_run;
  for (const auto& [table, n] : more.tables) {
    ImportReport::Counts& counts = report.tables[table];
    counts.taken += n.taken;
    counts.changed += n.changed;
    counts.unchanged += n.unchanged;
    counts.different += n.different;
    counts.left_out += n.left_out;
  }
  const auto append = [](auto& list, const auto& items) {
    list.insert(list.end(), items.begin(), items.end());
  };
  append(report.left_out, more.left_out);
  append(report.different, more.different);
  append(report.kept, more.kept);
  append(report.notes, more.notes);
}

}  // namespace genlock::transfer
