#include "http/bundle_json.h"

#include "projections/node_names.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

namespace genlock::http {
namespace {

using namespace transfer;

Json count(std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); }
Json text_or_null(const std::optional<std::string>& text) {
  return text ? json_text(*text) : Json{};
}

Json missing_json(const replication::BundledStream& stream, NodeNames& names) {
  Json missing = json_array();
  for (const EventRange& range : stream.missing) {
    const auto node = names.of(range.origin);
    missing.items.push_back(
        json_object({{"origin", json_text(range.origin.to_string())},
                     {"node", text_or_null(node.ok() ? node->name : std::nullopt)},
                     {"first", count(number(range.first))},
                     {"last", count(number(range.last))}}));
  }
  return missing;
}

}  // namespace

Json to_json(const replication::BundleReport& report, const Reader& reader) {
  NodeNames names(reader);
  Json streams = json_array();
  for (const replication::BundledStream& stream : report.streams)
    streams.items.push_back(
        json_object({{"id", json_text(stream.stream.to_string())},
                     {"stored", count(stream.stored)},
                     {"duplicates", count(stream.duplicates)},
                     {"missing", missing_json(stream, names)},
                     {"refused", stream.refused ? json_text(stream.refused->message) : Json{}}}));
  return json_object({{"complete", json_flag(report.complete())},
                      {"from", json_text(report.maker.name)},
                      {"role", json_text(to_string(report.maker.role))},
                      {"made_at", json_text(format_time(report.made_ms))},
                      {"stored", count(report.stored())},
                      {"duplicates", count(report.duplicates())},
                      {"damage", text_or_null(report.damage)},
                      {"streams", std::move(streams)}});
}

}  // namespace genlock::http
