#include "cli/replay.h"

#include "cli/api_client.h"
#include "local_node.h"
#include "projections/time_text.h"
#include "transfer/json_print.h"

using namespace genlock;
using namespace genlock::cli;

namespace {

const char* const show_id = "11111111-1111-4111-8111-111111111111";
const char* const source = "/api/sources/22222222-2222-4222-8222-222222222222";

// A show with one source that is renamed and deleted.
void play(LocalNode& node) {
  node.take({R"({"production":{"id":"11111111-1111-4111-8111-111111111111","client":"Acme",
      "show_name":"Gala"},"sources":[{"id":"22222222-2222-4222-8222-222222222222","type":"CAM",
      "name":"CAM 1"}]})"});
  REQUIRE(node.client().fetch({"PUT", source, R"({"name":"CAM ONE"})", {}}).ok());
  REQUIRE(node.client().fetch({"DELETE", source, "", {}}).ok());
}

struct Played {
  std::vector<std::string> lines;
  std::vector<EventId> events;
  ReplayEnd end;
};

Played replay_all(Node& node, const VersionVector* within = nullptr) {
  Played played;
  auto end = replay(node.log(), node.store(), *StreamId::parse(show_id), within,
                    [&](const ReplayedEvent& event) {
                      played.events.push_back(event.event.id());
                      for (const RowChange& row : event.rows) played.lines.push_back(describe(row));
                      return true;
                    });
  REQUIRE(end.ok());
  played.end = *end;
  return played;
}

}  // namespace

TEST_CASE("replay shows each change as it happened, and ends with the node's digest", "[cli]") {
  LocalNode node;
  play(node);
  Played played = replay_all(node.node());
  REQUIRE(played.lines.size() == 4);
  REQUIRE(played.lines[0] ==
          R"(productions Gala: created, client "Acme", show_name "Gala", sort_order "a0")");
  REQUIRE(played.lines[2] == R"(sources CAM ONE: name "CAM 1" -> "CAM ONE")");
  REQUIRE(played.lines[3] == "sources CAM ONE: deleted");
  auto digest = node.node().projection().digest(node.node().store(), *StreamId::parse(show_id));
  REQUIRE(played.end.digest.to_string() == digest->to_string());
}

TEST_CASE("replay stops after an event, with what its writer had seen", "[cli]") {
  LocalNode node;
  play(node);
  Played all = replay_all(node.node());
  auto within = events_until(node.node().log(), node.node().store(), *StreamId::parse(show_id),
                             all.events[1].to_string());
  REQUIRE(within.ok());
  REQUIRE(replay_all(node.node(), &*within).lines.size() == 2);
}

TEST_CASE("replay stops at a time", "[cli]") {
  LocalNode node;
  play(node);
  auto until = [&](const std::string& text) {
    return events_until(node.node().log(), node.node().store(), *StreamId::parse(show_id), text);
  };
  REQUIRE(until("2001-01-01T00:00:00Z")->empty());
  REQUIRE(until(format_time(node.node().clock().now()))->event_count() == 4);
  REQUIRE(until("yesterday").error().code == ErrorCode::bad_request);
}
