// bundle export, import: shipments as files, of a data directory or a running node.
#include "cli/bundle_post.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "cli/download.h"
#include "cli/file_writer.h"
#include "cli/history_place.h"
#include "http/bundle_json.h"
#include "replication/bundle_streams.h"
#include "transfer/json_print.h"

#include <fmt/format.h>

#include <cstdio>

namespace genlock::cli {
namespace {

using replication::BundleSize;
using replication::BundleStreams;

constexpr std::size_t part_bytes = 512 << 10;  // of what is sent to a node at once

std::string name_of(const std::string& stream) {
  if (stream == library_stream.to_string()) return "the equipment library";
  if (stream == directory_stream.to_string()) return "the directory of nodes";
  return "show " + stream;
}

// --- export -------------------------------------------------------------------------------------

Result<BundleStreams> streams_of(Node& node, const BundleExportCommand& command) {
  if (!command.peer.empty())
    return replication::streams_for_peer(node.log(), node.store(), command.peer);
  const auto production = StreamId::parse(command.production);
  if (!production) return Error{ErrorCode::bad_request, "--production is no id"};
  return replication::streams_of_show(node.log(), node.store(), *production);
}

Result<BundleSize> export_directory(const BundleExportCommand& command, FileWriter& file,
                                    const std::string& version) {
  NodeOptions options;
  options.data = command.target.data;
  options.read_only = true;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options));
  TRY_ASSIGN(BundleStreams streams, streams_of(*node, command));
  HistoryFiles history = history_of(command.target, command.history);
  TRY_ASSIGN(const std::unique_ptr<Reader> now,
             replication::whole_for(node->log(), node->store().snapshot(), streams, &history));
  return replication::write_bundle(node->log(), *now,
                                   {.self = node->identity(),
                                    .now_ms = node->clock().now(),
                                    .software = version,
                                    .streams = std::move(streams)},
                                   [&](std::string_view bytes) { return file.write(bytes); });
}

// What came is read once more: a bundle that was cut on its way is none.
Result<BundleSize> export_node(const BundleExportCommand& command, FileWriter& file) {
  const std::string target =
      command.peer.empty() ? "/api/productions/" + percent_encoded(command.production) + "/bundle"
                           : "/api/bundle?for=" + percent_encoded(command.peer);
  TRY(download_from(command.target.url, target,
                    [&](std::string_view bytes) { return file.write(bytes); }));
  TRY_ASSIGN(const std::string draft, file.close());
  TRY_ASSIGN(const auto read, read_in_pieces(draft));
  TRY_ASSIGN(BundleSize size, replication::measure_bundle(read));
  return size;
}

Result<int> export_bundle(const BundleExportCommand& command, const std::string& version) {
  FileWriter file(command.to);
  TRY_ASSIGN(const BundleSize size, command.target.url.empty()
                                        ? export_directory(command, file, version)
                                        : export_node(command, file));
  TRY(file.finish());
  const auto count = [](std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); };
  if (command.json)
    fmt::print("{}", pretty(json_object({{"file", json_text(command.to)},
                                         {"streams", count(size.streams)},
                                         {"events", count(size.events)},
                                         {"bytes", count(size.bytes)}})));
  else
    fmt::print("{}: {} events of {} streams, {} bytes{}\n", command.to, size.events, size.streams,
               size.bytes,
               size.events == 0 ? "; as far as this node knows, all of it is there already" : "");
  return 0;
}

// --- import -------------------------------------------------------------------------------------
// Both ways give the report of POST /api/bundle.

Result<Json> import_directory(const BundleImportCommand& command) {
  NodeOptions options;
  options.data = command.target.data;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options, rebuild_bar()));
  TRY_ASSIGN(const auto read, read_in_pieces(command.file));
  TRY_ASSIGN(const replication::BundleReport report,
             replication::read_bundle(node->engine(), node->writer(), node->store(), read));
  return http::to_json(report, node->store());
}

Json& member_of(Json& object, std::string_view key) {
  for (auto& [name, value] : object.members)
    if (name == key) return value;
  return object.members.emplace_back(std::string(key), Json{}).second;
}

void add_count(Json& sum, const Json& more, std::string_view key) {
  member_of(sum, key) = json_number(integer_of(sum, key) + integer_of(more, key));
}

void add_stream(Json& streams, const Json& more) {
  for (Json& stream : streams.items) {
    if (text_of(stream, "id") != text_of(more, "id")) continue;
    for (const char* key : {"stored", "duplicates"}) add_count(stream, more, key);
    member_of(stream, "missing") = member(more, "missing");
    if (text_of(stream, "refused").empty()) member_of(stream, "refused") = member(more, "refused");
    return;
  }
  streams.items.push_back(more);
}

// What another part of the same bundle brought.
void add_report(Json& sum, const Json& more) {
  for (const char* key : {"stored", "duplicates"}) add_count(sum, more, key);
  for (const Json& stream : member(more, "streams").items)
    add_stream(member_of(sum, "streams"), stream);
  if (text_of(sum, "damage").empty()) member_of(sum, "damage") = member(more, "damage");
  member_of(sum, "complete").boolean =
      member(sum, "complete").boolean && member(more, "complete").boolean;
}

Result<Json> import_node(const BundleImportCommand& command) {
  TRY_ASSIGN(const std::unique_ptr<ApiClient> client, connect_to(command.target.url));
  TRY_ASSIGN(const auto read, read_in_pieces(command.file));
  Json sum;
  const Result<void> sent =
      replication::split_bundle(read, part_bytes, [&](std::string part) -> Result<void> {
        TRY_ASSIGN(Json report, take_bundle(*client, std::move(part)));
        if (sum.is(Json::Kind::null))
          sum = std::move(report);
        else
          add_report(sum, report);
        return {};
      });
  if (sent.ok()) return sum;
  if (sent.error().code != ErrorCode::corruption || sum.is(Json::Kind::null)) return sent.error();
  member_of(sum, "damage") = json_text(sent.error().message);
  member_of(sum, "complete") = json_flag(false);
  return sum;
}

void print_stream(const Json& stream, const std::string& maker) {
  const std::string id = text_of(stream, "id");
  if (!member(stream, "missing").items.empty()) {
    fmt::print("  {}: nothing taken, because it builds on what is not here\n", name_of(id));
    for (const Json& range : member(stream, "missing").items) {
      const std::string node = text_of(range, "node");
      fmt::print("    missing: events {}..{} of {}; {} has them\n", integer_of(range, "first"),
                 integer_of(range, "last"), node.empty() ? text_of(range, "origin") : node, maker);
    }
    fmt::print(
        "    take an earlier bundle first, or a whole one: genlock bundle export "
        "--production {}\n",
        id);
    return;
  }
  fmt::print("  {}: {} new, {} were here\n", name_of(id), integer_of(stream, "stored"),
             integer_of(stream, "duplicates"));
  const std::string refused = text_of(stream, "refused");
  if (!refused.empty()) fmt::print("    REFUSED from there on: {}\n", refused);
}

Result<int> import_bundle(const BundleImportCommand& command) {
  TRY_ASSIGN(const Json report,
             command.target.url.empty() ? import_directory(command) : import_node(command));
  const int status = member(report, "complete").boolean ? 0 : 1;
  if (command.json) {
    fmt::print("{}", pretty(report));
    return status;
  }
  const std::string maker = text_of(report, "from"), damage = text_of(report, "damage");
  fmt::print("bundle of {} ({}), {}\n", maker, text_of(report, "role"), text_of(report, "made_at"));
  for (const Json& stream : member(report, "streams").items) print_stream(stream, maker);
  if (!damage.empty())
    fmt::print("DAMAGED: {}\nwhat came before is stored; take the file again, or write it anew\n",
               damage);
  return status;
}

int status_of(const Result<int>& result) {
  return result.ok() ? *result : report_failure(result.error());
}

}  // namespace

Result<Json> take_bundle(ApiClient& client, std::string bundle) {
  return client.fetch({.method = "POST",
                       .target = "/api/bundle",
                       .body = std::move(bundle),
                       .headers = {{"Content-Type", "application/octet-stream"}}});
}

int run_bundle(const BundleExportCommand& command, const std::string& version) {
  return status_of(export_bundle(command, version));
}

int run_bundle(const BundleImportCommand& command) { return status_of(import_bundle(command)); }

}  // namespace genlock::cli
