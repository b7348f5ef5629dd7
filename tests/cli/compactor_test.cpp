// The log of a node that runs gets smaller by itself, and nobody who reads rows can tell.
#include "cli/compactor.h"

#include "cli/acknowledger.h"
#include "engine/directory.h"
#include "local_node.h"
#include "projections/rebuild.h"

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
  Compactor compactor(local.node(), log,
                      {.every = std::chrono::milliseconds(20), .least_events = 10});
  const auto until = std::chrono::steady_clock::now() + patience;
  while (compactor.dropped_events() < 50 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  REQUIRE(compactor.dropped_events() >= 50);
  REQUIRE(rows_of(local.node(), show) == rows);
  REQUIRE_FALSE(local.node().log().floor(local.node().store(), show).value().empty());
  edit(1'000);
  const auto snapshot = local.node().store().snapshot();
  REQUIRE_FALSE(verify(*snapshot, local.node().engine()).value().difference);
}

}  // namespace genlock::cli
