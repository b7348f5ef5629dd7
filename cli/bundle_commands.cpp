// bundle export, import: shipments as files, on data directories.
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/door.h"
#include "projections/node_names.h"
#include "projections/time_text.h"
#include "replication/bundle.h"
#include "replication/peers.h"
#include "transfer/json_print.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace genlock::cli {
namespace {

using replication::BundledStream;
using replication::BundleReport;
using replication::BundleSize;
using replication::PeerIdentity;
using Streams = std::vector<std::pair<StreamId, VersionVector>>;

Json count(std::uint64_t n) { return json_number(static_cast<std::int64_t>(n)); }

std::string name_of(StreamId stream) {
  if (stream == library_stream) return "the equipment library";
  if (stream == directory_stream) return "the directory of nodes";
  return "show " + stream.to_string();
}

// --- export -------------------------------------------------------------------------------------

Result<Streams> streams_of_production(Node& node, const std::string& text) {
  const auto production = StreamId::parse(text);
  if (!production) return Error{ErrorCode::bad_request, "--production is no id"};
  TRY_ASSIGN(const StreamHead head, node.log().head(node.store(), *production));
  if (head.origins.empty())
    return Error{ErrorCode::not_found, "there is no show " + text + " in " + node.data().string()};
  return Streams{{directory_stream, {}}, {library_stream, {}}, {*production, {}}};
}

Result<PeerIdentity> find_peer(const replication::Peers& peers, const std::string& wanted) {
  std::vector<PeerIdentity> found;
  for (const PeerIdentity& peer : peers.all())
    if (peer.node.to_string() == wanted || peer.name == wanted) found.push_back(peer);
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Error{ErrorCode::not_found,
                 "this node never synced with '" + wanted + "': export a whole show"};
  return Error{ErrorCode::invalid_argument,
               "several nodes are called '" + wanted + "': give the id"};
}

// A cloud node takes every show; of a LAN node those that both had before.
Result<Streams> streams_for_peer(Node& node, const std::string& wanted) {
  replication::Peers peers;
  TRY(peers.load(node.store()));
  TRY_ASSIGN(const PeerIdentity peer, find_peer(peers, wanted));
  TRY_ASSIGN(const std::vector<StreamId> all, node.log().streams(node.store()));
  Streams streams;
  for (const StreamId stream : all) {
    TRY_ASSIGN(VersionVector theirs, peers.shared(node.store(), peer.node, stream));
    TRY_ASSIGN(const StreamHead head, node.log().head(node.store(), stream));
    const bool is_common = stream == library_stream || stream == directory_stream;
    const bool goes = is_common || peer.role == Role::cloud || !theirs.empty();
    if (goes && !theirs.missing_from(head.vector()).empty())
      streams.emplace_back(stream, std::move(theirs));
  }
  return streams;
}

// The bytes are on the stick when this returns.
Result<void> finish_file(const std::string& draft, const std::string& path) {
  const int file = ::open(draft.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!synced || std::rename(draft.c_str(), path.c_str()) != 0)
    return Error{ErrorCode::unavailable, "can't write " + path};
  return {};
}

Result<BundleSize> write_file(Node& node, const BundleExportCommand& command, Streams streams,
                              const std::string& version) {
  const std::string draft = command.to + ".new";
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  auto size = replication::write_bundle(
      node.log(), node.store(),
      {.self = node.identity(),
       .now_ms = node.clock().now(),
       .software = version,
       .streams = std::move(streams)},
      [&](std::string_view bytes) -> Result<void> {
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (out) return {};
        return Error{ErrorCode::unavailable, "can't write " + command.to};
      });
  out.close();
  const Result<void> finished =
      size.ok() ? finish_file(draft, command.to) : Result<void>(size.error());
  if (!finished.ok()) {
    std::error_code ignored;
    std::filesystem::remove(draft, ignored);
    return finished.error();
  }
  return size;
}

Result<int> export_bundle(const BundleExportCommand& command, const std::string& version) {
  NodeOptions options;
  options.data = command.data;
  options.read_only = true;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options));
  TRY_ASSIGN(Streams streams, command.peer.empty()
                                  ? streams_of_production(*node, command.production)
                                  : streams_for_peer(*node, command.peer));
  TRY_ASSIGN(const BundleSize size, write_file(*node, command, std::move(streams), version));
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

Result<BundleReport> import_file(Node& node, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{ErrorCode::not_found, "can't read " + path};
  return replication::read_bundle(
      node.engine(), node.writer(), node.store(), [&](std::size_t size) -> Result<std::string> {
        std::string piece(size, '\0');
        in.read(piece.data(), static_cast<std::streamsize>(size));
        if (in.bad()) return Error{ErrorCode::unavailable, "reading " + path + " failed"};
        piece.resize(static_cast<std::size_t>(in.gcount()));
        return piece;
      });
}

// "events 3..9 of Truck 2"
std::string describe(const EventRange& range, NodeNames& names) {
  const auto node = names.of(range.origin);
  const std::string who = node.ok() && node->name ? *node->name : range.origin.to_string();
  return fmt::format("events {}..{} of {}", number(range.first), number(range.last), who);
}

void print_stream(const BundledStream& stream, const BundleReport& report, NodeNames& names) {
  if (!stream.missing.empty()) {
    fmt::print("  {}: nothing taken, because it builds on what is not here\n",
               name_of(stream.stream));
    for (const EventRange& range : stream.missing)
      fmt::print("    missing: {}; {} has them\n", describe(range, names), report.maker.name);
    fmt::print(
        "    take an earlier bundle first, or a whole one: genlock bundle export "
        "--production {}\n",
        stream.stream.to_string());
    return;
  }
  fmt::print("  {}: {} new, {} were here\n", name_of(stream.stream), stream.stored,
             stream.duplicates);
  if (stream.refused) fmt::print("    REFUSED from there on: {}\n", stream.refused->message);
}

Json missing_json(const BundledStream& stream, NodeNames& names) {
  Json missing = json_array();
  for (const EventRange& range : stream.missing) {
    const auto node = names.of(range.origin);
    missing.items.push_back(
        json_object({{"origin", json_text(range.origin.to_string())},
                     {"node", json_text(node.ok() ? node->name.value_or("") : "")},
                     {"first", count(number(range.first))},
                     {"last", count(number(range.last))}}));
  }
  return missing;
}

Json to_json(const BundleReport& report, NodeNames& names) {
  Json streams = json_array();
  for (const BundledStream& stream : report.streams)
    streams.items.push_back(
        json_object({{"id", json_text(stream.stream.to_string())},
                     {"stored", count(stream.stored)},
                     {"duplicates", count(stream.duplicates)},
                     {"missing", missing_json(stream, names)},
                     {"refused", json_text(stream.refused ? stream.refused->message : "")}}));
  return json_object({{"complete", json_flag(report.complete())},
                      {"from", json_text(report.maker.name)},
                      {"made_at", json_text(format_time(report.made_ms))},
                      {"stored", count(report.stored())},
                      {"duplicates", count(report.duplicates())},
                      {"damage", json_text(report.damage.value_or(""))},
                      {"streams", std::move(streams)}});
}

Result<int> import_bundle(const BundleImportCommand& command) {
  NodeOptions options;
  options.data = command.data;
  TRY_ASSIGN(const std::unique_ptr<Node> node, Node::open(options, rebuild_bar()));
  TRY_ASSIGN(const BundleReport report, import_file(*node, command.file));
  NodeNames names(node->store());
  if (command.json) {
    fmt::print("{}", pretty(to_json(report, names)));
    return report.complete() ? 0 : 1;
  }
  fmt::print("bundle of {} ({}), {}\n", report.maker.name, to_string(report.maker.role),
             format_time(report.made_ms));
  for (const BundledStream& stream : report.streams) print_stream(stream, report, names);
  if (report.damage)
    fmt::print("DAMAGED: {}\nwhat came before is stored; take the file again, or write it anew\n",
               *report.damage);
  return report.complete() ? 0 : 1;
}

int status_of(const Result<int>& result) {
  return result.ok() ? *result : report_failure(result.error());
}

}  // namespace

int run_bundle(const BundleExportCommand& command, const std::string& version) {
  return status_of(export_bundle(command, version));
}

int run_bundle(const BundleImportCommand& command) { return status_of(import_bundle(command)); }

}  // namespace genlock::cli
