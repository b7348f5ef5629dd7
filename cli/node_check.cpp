#include "cli/node_check.h"

#include "cli/api_client.h"
#include "eventlog/verify_chain.h"
#include "transfer/json_print.h"

namespace genlock::cli {
namespace {

Result<void> check_chains(const Node& node, const Reader& reader, CheckReport& report,
                          const std::function<void()>& on_event) {
  TRY_ASSIGN(std::vector<StreamId> streams, node.log().streams(reader));
  for (StreamId stream : streams) {
    ++report.streams;
    TRY_ASSIGN(StreamHead head, node.log().head(reader, stream));
    for (const auto& [origin, origin_head] : head.origins) {
      ++report.chains;
      TRY(verify_chain(reader, stream, origin, [&](Sequence) {
        ++report.events;
        on_event();
      }));
    }
  }
  return {};
}

Result<void> check_all(Node& node, const Reader& reader, CheckReport& report,
                       const OnEvents& on_events) {
  TRY(node.store().verify_files());
  TRY_ASSIGN(std::uint64_t events, event_count(node, reader));
  TRY(check_chains(node, reader, report, [&] { on_events(report.events, 2 * events); }));
  Folder folder(node);
  auto fold = verify(reader, folder.engine(), [&](const RebuildProgress& now) {
    on_events(events + now.events, 2 * events);
  });
  if (!fold.ok()) return fold.error();
  report.keys = fold->keys;
  report.difference = fold->difference;
  return {};
}

Json count(std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); }

std::optional<std::string> optional_text(const Json& json, std::string_view key) {
  std::string text = text_of(json, key);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

Result<std::uint64_t> event_count(const Node& node, const Reader& reader) {
  std::uint64_t events = 0;
  TRY_ASSIGN(std::vector<StreamId> streams, node.log().streams(reader));
  for (StreamId stream : streams) {
    TRY_ASSIGN(StreamHead head, node.log().head(reader, stream));
    events += head.vector().event_count();
  }
  return events;
}

Result<CheckReport> check_node(Node& node, const Reader& reader, const OnEvents& on_events) {
  CheckReport report;
  Result<void> checked = check_all(node, reader, report, on_events);
  if (checked.ok()) return report;
  if (checked.error().code != ErrorCode::corruption) return checked.error();
  report.damage = checked.error().message;
  return report;
}

Json to_json(const CheckReport& report) {
  Json json = json_object({{"ok", json_flag(report.ok())},
                           {"streams", count(report.streams)},
                           {"chains", count(report.chains)},
                           {"events", count(report.events)},
                           {"keys", count(report.keys)}});
  if (report.damage) json.members.emplace_back("damage", json_text(*report.damage));
  if (report.difference) json.members.emplace_back("difference", json_text(*report.difference));
  return json;
}

CheckReport check_report_of(const Json& json) {
  auto number_of = [&](std::string_view key) {
    return static_cast<std::uint64_t>(integer_of(json, key));
  };
  return {.streams = number_of("streams"),
          .chains = number_of("chains"),
          .events = number_of("events"),
          .keys = number_of("keys"),
          .damage = optional_text(json, "damage"),
          .difference = optional_text(json, "difference")};
}

}  // namespace genlock::cli
