#include "transfer/import.h"

#include "engine/fractional_index.h"
#include "projections/row_json.h"
#include "transfer/import_writer.h"
#include "transfer/json_print.h"
#include "transfer/same_rows.h"

#include <algorithm>
#include <span>

namespace genlock::transfer {
namespace {

constexpr std::size_t max_named_differences = 20;

PresentRows by_id(std::vector<Json> rows) {
  PresentRows present;
  for (Json& row : rows) {
    std::string id = text_of(row, "id");
    present.emplace(std::move(id), std::move(row));
  }
  return present;
}

// The ids in a row and in what is nested in it.
void add_ids(const Json& row, std::vector<std::string>& ids) {
  if (std::string id = text_of(row, "id"); !id.empty()) ids.push_back(std::move(id));
  for (const auto& [name, list] : row.members)
    for (const Json& item : list.items)
      if (item.is(Json::Kind::object)) add_ids(item, ids);
}

// Then the first of them in the file is to have it, however the writes would race.
bool shares_an_id(const std::vector<Planned>& plans) {
  std::vector<std::string> ids;
  for (const Planned& planned : plans) add_ids(planned.row->json, ids);
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end();
}

class Importer {
 public:
  Importer(ApiClient& client, const ImportOptions& options)
      : client_(client), options_(options), writer_(client, options) {
    report_.dry_run = options.dry_run;
  }

  Result<ImportReport> run(const std::vector<ImportFile>& files) {
    for (const ImportFile& file : files) {
      total_ += file.equipment.size() + file.shows.size();
      for (const ShowFile& show : file.shows) total_ += show.children.size();
    }
    for (const ImportFile& file : files) {
      file_ = &file;
      note_file();
      TRY(take_equipment());
      for (const ShowFile& show : file.shows) TRY(take_show(show));
    }
    return std::move(report_);
  }

 private:
  ImportReport::Counts& counts(const FileRow& row) {
    return report_.tables[std::string(row.table->name)];
  }

  void note_file() {
    for (const auto& [table, row] : file_->left_out) {
      ++report_.tables[std::string(table->name)].left_out;
      report_.left_out.push_back(row);
    }
    report_.kept.insert(report_.kept.end(), file_->kept.begin(), file_->kept.end());
    report_.notes.insert(report_.notes.end(), file_->notes.begin(), file_->notes.end());
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
  Result<void> take_rows(std::vector<FileRow> rows, const PresentRows& present) {
    match_by_name(rows, present);
    std::vector<Planned> plans;
    for (const FileRow& row : rows) {
      auto found = present.find(row.id.to_string());
      Planned planned = plan(row, found == present.end() ? nullptr : &found->second);
      if (planned.wish != Wish::nothing) plans.push_back(std::move(planned));
    }
    give_places(plans, present);
    TRY(write(plans));
    done_ += rows.size();
    tell(done_);
    return {};
  }

  Result<void> write(const std::vector<Planned>& plans) {
    std::size_t done = done_;
    std::vector<Written> written = writer_.write(plans, shares_an_id(plans), [&] { tell(++done); });
    for (const Written& one : written)
      if (one.failed) return *one.failed;
    for (std::size_t i = 0; i < plans.size(); ++i) note(plans[i], written[i]);
    return {};
  }

  void tell(std::uint64_t done) const {
    if (options_.on_progress) options_.on_progress(done, total_);
  }

  // Creates go to the end of their list, in the order of the file.
  static void give_places(std::vector<Planned>& plans, const PresentRows& present) {
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

  Result<PresentRows> present_of(const std::string& list) {
    TRY_ASSIGN(std::vector<Json> rows, client_.list(list + "?deleted=true"));
    return by_id(std::move(rows));
  }

  Result<void> take_equipment() {
    if (file_->equipment.empty()) return {};
    TRY_ASSIGN(PresentRows present, present_of("/api/equipment"));
    return take_rows(file_->equipment, present);
  }

  Result<void> take_show(const ShowFile& show) {
    std::size_t left_out_before = report_.left_out.size();
    TRY_ASSIGN(PresentRows productions, present_of("/api/productions"));
    auto there = productions.find(show.production.id.to_string());
    bool is_there = there != productions.end();
    if (show.is_table_alone) {
      if (!is_there)
        return Error{ErrorCode::not_found,
                     "there is no production " + show.production.id.to_string() + " on the node"};
    } else {
      TRY(take_rows({show.production}, productions));
    }
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
      TRY_ASSIGN(PresentRows present, present_of(one + std::string(table->collection)));
      TRY(take_rows({left.begin(), end}, present));
      left = left.subspan(count);
    }
    return {};
  }

  ApiClient& client_;
  const ImportOptions& options_;
  ImportWriter writer_;
  const ImportFile* file_ = nullptr;
  std::uint64_t done_ = 0, total_ = 0;
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_files(ApiClient& client, const std::vector<ImportFile>& files,
                                  const ImportOptions& options) {
  return Importer(client, options).run(files);
}

}  // namespace genlock::transfer
