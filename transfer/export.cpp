#include "transfer/export.h"

#include "transfer/json_print.h"
#include "transfer/show_file.h"

namespace genlock::transfer {
namespace {

Json file_rows(TableId table, const std::vector<Json>& served) {
  Json rows = json_array();
  for (const Json& row : served) rows.items.push_back(file_row(*find_table(table), row));
  return rows;
}

}  // namespace

Result<Json> export_show(ApiClient& client, const std::string& production_id) {
  TRY_ASSIGN(Json whole, client.get("/api/productions/" + production_id + "?include=all"));
  Json show = json_object({{"production", file_row(*find_table(table::productions), whole)}});
  for (TableId table : {table::sources, table::sends, table::connections}) {
    std::string name(find_table(table)->name);
    show.members.emplace_back(name, file_rows(table, member(whole, name).items));
  }
  TRY_ASSIGN(std::vector<Json> attachments,
             client.list("/api/productions/" + production_id + "/attachments"));
  if (!attachments.empty())
    show.members.emplace_back("attachments", file_rows(table::attachments, attachments));
  return show;
}

Result<Json> export_equipment(ApiClient& client) {
  TRY_ASSIGN(std::vector<Json> rows, client.list("/api/equipment"));
  return file_rows(table::equipment_specs, rows);
}

Result<Json> export_everything(ApiClient& client) {
  TRY_ASSIGN(Json equipment, export_equipment(client));
  TRY_ASSIGN(std::vector<Json> productions, client.list("/api/productions"));
  Json shows = json_array();
  for (const Json& production : productions) {
    TRY_ASSIGN(Json show, export_show(client, text_of(production, "id")));
    shows.items.push_back(std::move(show));
  }
  return json_object({{"equipment", std::move(equipment)}, {"shows", std::move(shows)}});
}

}  // namespace genlock::transfer
