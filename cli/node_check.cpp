#include "cli/node_check.h"

#include "cli/api_client.h"
#include "engine/event_codec.h"
#include "eventlog/verify_chain.h"
#include "projections/time_text.h"
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

// What is told of a compacted stream, but for its history files.
Result<CompactedStream> compacted_stream(const Log& log, const Reader& reader, StreamId stream,
                                         const VersionVector& floor) {
  CompactedStream found{stream, 0, floor.event_count(), false, {}};
  for (const VersionVector::Entry& entry : floor.entries()) {
    TRY(log.read_kept(reader, stream, {entry.origin, Sequence{1}, entry.last},
                      [&](const EventId&, const StoredEvent&) { return --found.dropped, true; }));
    TRY_ASSIGN(const StoredEvent last, log.read(reader, {stream, {entry.origin, entry.last}}));
    TRY_ASSIGN(const Event event, decode_stored(last));
    found.until_ms = std::max(found.until_ms, event.wall_ms);
  }
  return found;
}

Result<void> check_history(CompactedStream& found, const Reader& reader, WholeLog& history,
                           CheckReport& report) {
  const auto whole = history.whole(reader, found.stream);
  found.is_kept = whole.ok();
  if (whole.ok()) return {};
  found.lacks = whole.error().message;
  switch (whole.error().code) {
    case ErrorCode::compacted:
    case ErrorCode::too_large:
      return {};
    case ErrorCode::corruption:
    case ErrorCode::unsupported:
      if (!report.history_damage) report.history_damage = whole.error().message;
      return {};
    default:
      return whole.error();
  }
}

Result<void> check_compacted(const Node& node, const Reader& reader, WholeLog* history,
                             CheckReport& report) {
  TRY_ASSIGN(std::vector<StreamId> streams, node.log().streams(reader));
  for (StreamId stream : streams) {
    TRY_ASSIGN(const VersionVector floor, node.log().floor(reader, stream));
    if (floor.empty()) continue;
    TRY_ASSIGN(CompactedStream found, compacted_stream(node.log(), reader, stream, floor));
    if (history) TRY(check_history(found, reader, *history, report));
    report.compacted.push_back(std::move(found));
  }
  return {};
}

Result<void> check_all(Node& node, const Reader& reader, CheckReport& report,
                       const OnEvents& on_events, WholeLog* history) {
  TRY(node.store().verify_files());
  TRY_ASSIGN(std::uint64_t events, event_count(node, reader));
  TRY(check_chains(node, reader, report, [&] { on_events(report.events, 2 * events); }));
  TRY(check_compacted(node, reader, history, report));
  Folder folder(node);
  auto fold = verify(reader, folder.engine(), [&](const RebuildProgress& now) {
    on_events(events + now.events, 2 * events);
  });
  if (!fold.ok()) return fold.error();
  report.keys = fold->keys;
  report.difference = fold->difference;
  return {};
}

Json to_json(const CompactedStream& stream) {
  return json_object({{"stream", json_text(stream.stream.to_string())},
                      {"until", json_text(format_time(stream.until_ms))},
                      {"dropped", json_number(static_cast<std::int64_t>(stream.dropped))},
                      {"kept", json_flag(stream.is_kept)},
                      {"lacks", stream.lacks.empty() ? Json{} : json_text(stream.lacks)}});
}

CompactedStream compacted_of(const Json& json) {
  return {StreamId::parse(text_of(json, "stream")).value_or(StreamId{}),
          parse_time(text_of(json, "until")).value_or(0),
          static_cast<std::uint64_t>(integer_of(json, "dropped")), member(json, "kept").boolean,
          text_of(json, "lacks")};
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

Result<CheckReport> check_node(Node& node, const Reader& reader, const OnEvents& on_events,
                               WholeLog* history) {
  CheckReport report;
  Result<void> checked = check_all(node, reader, report, on_events, history);
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
  Json compacted = json_array();
  for (const CompactedStream& stream : report.compacted) compacted.items.push_back(to_json(stream));
  json.members.emplace_back("compacted", std::move(compacted));
  if (report.history_damage)
    json.members.emplace_back("history_damage", json_text(*report.history_damage));
  if (report.damage) json.members.emplace_back("damage", json_text(*report.damage));
  if (report.difference) json.members.emplace_back("difference", json_text(*report.difference));
  return json;
}

CheckReport check_report_of(const Json& json) {
  auto number_of = [&](std::string_view key) {
    return static_cast<std::uint64_t>(integer_of(json, key));
  };
  std::vector<CompactedStream> compacted;
  for (const Json& stream : member(json, "compacted").items)
    compacted.push_back(compacted_of(stream));
  return {.streams = number_of("streams"),
          .chains = number_of("chains"),
          .events = number_of("events"),
          .keys = number_of("keys"),
          .compacted = std::move(compacted),
          .history_damage = optional_text(json, "history_damage"),
          .damage = optional_text(json, "damage"),
          .difference = optional_text(json, "difference")};
}

}  // namespace genlock::cli
