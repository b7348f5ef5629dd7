// Which productions can be had: those of the peer, on a node without one its own (docs/api.md,
// section 9).
#include "http/api_problem.h"
#include "http/catalog.h"
#include "projections/catalog.h"
#include "projections/json_text.h"

namespace genlock::http {
namespace {

void append_member(std::string& out, std::string_view name, const std::string& text) {
  out.append(",\"").append(name).append("\":");
  text.empty() ? void(out += "null") : append_json_string(out, text);
}

void append_member(std::string& out, std::string_view name, std::optional<UnixMs> ms) {
  out.append(",\"").append(name).append("\":");
  append_json(out, ColumnType::time, ms ? Value{std::int64_t{*ms}} : Value{});
}

void append_entry(std::string& out, const CatalogEntry& entry, bool is_subscribed) {
  out += "{\"id\":";
  append_json(out, entry.production);
  append_member(out, "label", entry.label);
  append_member(out, "client", entry.client);
  append_member(out, "show_name", entry.show_name);
  append_member(out, "status", entry.status);
  append_member(out, "load_in", entry.load_in_ms);
  append_member(out, "load_out", entry.load_out_ms);
  out += ",\"events\":" + std::to_string(entry.events);
  out += ",\"bytes\":" + std::to_string(entry.bytes);
  out += is_subscribed ? ",\"subscribed\":true}" : ",\"subscribed\":false}";
}

HttpResponse catalog_answer(const ApiCore& core, const std::vector<CatalogEntry>& entries) {
  std::string json = "[";
  for (const CatalogEntry& entry : entries) {
    if (json.size() > 1) json += ',';
    StreamId stream{entry.production};
    append_entry(json, entry, core.parts.sync && core.parts.sync->is_subscribed(stream));
  }
  return json_answer(json + "]");
}

// Whatever goes wrong with the peer, it is out of reach for this.
Result<HttpResponse> catalog_of_peer(ApiCore& core, const HttpRequest& request) {
  Result<std::vector<CatalogEntry>> entries = core.parts.sync->peer_catalog();
  if (entries.ok()) return catalog_answer(core, *entries);
  return problem_answer(
      request, make_problem("peer-unreachable", entries.error().message +
                                                    "; what is here already works without it, try "
                                                    "again when it is back"));
}

Result<HttpResponse> catalog(ApiCore& core, const HttpRequest& request) {
  if (core.parts.sync && core.parts.sync->has_peer()) return catalog_of_peer(core, request);
  Moment moment(core);
  TRY_ASSIGN(auto entries, whole_catalog(moment.reader(), moment.context().log));
  return catalog_answer(core, to_catalog(entries));
}

}  // namespace

std::vector<CatalogEntry> to_catalog(const std::vector<genlock::CatalogEntry>& entries) {
  std::vector<CatalogEntry> made;
  made.reserve(entries.size());
  for (const genlock::CatalogEntry& entry : entries)
    made.push_back({.production = entry.production.uuid,
                    .label = entry.label,
                    .client = entry.client,
                    .show_name = entry.show_name,
                    .status = entry.status,
                    .load_in_ms = entry.load_in_ms,
                    .load_out_ms = entry.load_out_ms,
                    .events = entry.events,
                    .bytes = entry.bytes});
  return made;
}

void add_catalog_routes(Router& router, ApiCore& core) {
  add_route(router, core,
            {.method = "GET",
             .pattern = "/api/sync/catalog",
             .name = "sync_catalog",
             .tag = "Sync",
             .summary = "The shows that can be had: those of the peer, without one its own",
             .gives = {{200, "[CatalogEntry]"}},
             .problems = {"peer-unreachable"},
             .handler = catalog});
}

}  // namespace genlock::http
