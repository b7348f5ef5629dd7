// The log of a node that runs gets smaller by itself, and nobody who reads rows can tell.
#include "cli/compactor.h"

#include "cli/acknowledger.h"
#include "cli/node_check.h"
#include "engine/directory.h"
#include "local_node.h"
#include "projections/rebuild.h"

#include <algorithm>
#include <thread>

namespace genlock::cli {
namespace {

constexpr std::chrono::seconds patience{20};

std::string rows_of(Node& node, StreamId stream) {
  std::string all;
  node.store()
      .scan_prefix(Space::rows, stream.view(),
                   [&](std::string_view key, std::string_view value) {
                     all.append(key).append(value);
                     return true;
                   })
      .value();
  return all;
}

// The stream with the most events: the show.
StreamId largest(Node& node) {
  StreamId found;
  std::uint64_t most = 0;
  for (StreamId stream : node.log().streams(node.store()).value()) {
    const auto count = node.log().head(node.store(), stream).value().vector().event_count();
    if (stream != directory_stream && count > most) {
      most = count;
      found = stream;
    }
  }
  return found;
}

}  // namespace

TEST_CASE("a node that runs makes its log smaller behind what it has acknowledged",
          "[compaction]") {
  LocalNode local("Cloud", Role::cloud);
  local.take({"show-small.json"});
  const StreamId show = largest(local.node());
  const auto edit = [&](int n) {
    local.client()
        .fetch({.method = "PUT",
                .target = "/api/productions/" + show.to_string(),
                .body = R"({"client": "Client )" + std::to_string(n) + R"("})"})
        .value();
  };
  for (int n = 0; n < 60; ++n) edit(n);
  const std::string rows = rows_of(local.node(), show);

  SystemClock clock;
  Logger log(LogLevel::off, clock);
  Acknowledger acknowledger(local.node(), log, std::chrono::milliseconds(40));
  HistoryFiles history(local.folder() + "/history");
  Compactor compactor(
      local.node(), log,
      {.every = std::chrono::milliseconds(20), .least_events = 10, .history = &history});
  const auto until = std::chrono::steady_clock::now() + patience;
  while (compactor.dropped_events() < 50 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  REQUIRE(compactor.dropped_events() >= 50);
  REQUIRE(rows_of(local.node(), show) == rows);
  REQUIRE_FALSE(local.node().log().floor(local.node().store(), show).value().empty());
  edit(1'000);
  const auto snapshot = local.node().store().snapshot();
  REQUIRE_FALSE(verify(*snapshot, local.node().engine()).value().difference);

  // What went is in its files.
  const CheckReport report = check_node(
                                 local.node(), *snapshot, [](auto, auto) {}, &history)
                                 .value();
  REQUIRE(report.ok());
  const auto of_show = std::ranges::find(report.compacted, show, &CompactedStream::stream);
  REQUIRE(of_show != report.compacted.end());
  REQUIRE(of_show->is_kept);
  REQUIRE(of_show->dropped >= 50);
  REQUIRE(of_show->until_ms <= local.node().clock().now());
  REQUIRE(check_report_of(to_json(report)).compacted.size() == report.compacted.size());
  HistoryFiles nowhere(local.folder() + "/nowhere");
  const CheckReport without = check_node(
                                  local.node(), *snapshot, [](auto, auto) {}, &nowhere)
                                  .value();
  REQUIRE(without.ok());
  REQUIRE_FALSE(std::ranges::find(without.compacted, show, &CompactedStream::stream)->is_kept);
}

}  // namespace genlock::cli
