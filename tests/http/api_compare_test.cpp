// This node and its peer side by side (docs/api.md, section 9): the peer is another node, looked at
// by hand.
#include "api_node.h"

namespace genlock::http {
namespace {

// `here` at a venue and `there` in the cloud have the same show of one source.
struct Pair {
  Pair() {
    here.make_source(production, 11);
    here.ship_to(there, production);
    here.sync().subscribed = stream();
    here.sync().look = [this](const std::vector<StreamId>& streams,
                              std::optional<StreamId> events_of) {
      return look(streams, events_of);
    };
  }

  StreamId stream() const { return StreamId{*Uuid::parse(production)}; }
  VersionVector vector(ApiNode& node, StreamId id) const {
    VersionVector vector;
    node.commit([&](Overlay& overlay) -> Result<void> {
      TRY_ASSIGN(const StreamHead head, node.engine().log().head(overlay, id));
      vector = head.vector();
      return {};
    });
    return vector;
  }
  // What replication finds there.
  Result<PeerLook> look(const std::vector<StreamId>& streams, std::optional<StreamId> events_of) {
    if (away) return Error{ErrorCode::unavailable, "no route to host"};
    PeerLook made;
    made.peer = {there.engine().identity().node, "Cloud", "cloud"};
    made.more = more;
    for (StreamId id : streams) {
      const VersionVector ours = vector(here, id), theirs = vector(there, id);
      PeerStream one{.stream = id, .shared = follows, .is_there = !theirs.empty()};
      one.seen = ours;
      one.seen.meet(theirs);
      for (const EventRange& range : ours.missing_from(theirs))
        one.to_receive_events += range.count();
      there.commit([&](Overlay& overlay) -> Result<void> {
        if (one.is_there) {
          TRY_ASSIGN(one.digest, there.engine().projection().digest(overlay, id));
        }
        if (events_of != id) return {};
        for (const EventRange& range : ours.missing_from(theirs)) {
          Chunk chunk{id, {}, {}};
          TRY(there.engine().log().read_range(overlay, id, range,
                                              [&](const EventId&, const StoredEvent& stored) {
                                                chunk.events.push_back(stored.bytes);
                                                return true;
                                              }));
          made.chunks.push_back(std::move(chunk));
        }
        return {};
      });
      if (other_rows) one.digest = Digest{1, 2};
      made.streams.push_back(std::move(one));
    }
    return made;
  }

  ApiNode here{{.role = Role::lan, .with_sync = true}};
  ApiNode there{{.role = Role::cloud, .number = 2}};
  std::string production = here.make_production();
  std::string path = "/api/sync/production/" + production;
  bool away = false, follows = true, other_rows = false, more = false;
};

TEST_CASE("a show is compared with the peer, and the library with it", "[http][api]") {
  Pair pair;
  Answer same = pair.here.get(pair.path + "/compare");
  INFO(same.body);
  REQUIRE(same.status == 200);
  REQUIRE(same["/production_id"] == pair.production);
  REQUIRE(same["/peer/name"] == "Cloud");
  REQUIRE(same["/peer/role"] == "cloud");
  REQUIRE(same["/subscribed"] == "true");
  REQUIRE(same["/same"] == "true");
  REQUIRE(same.count("/streams") == 2);
  REQUIRE(same["/streams/0/id"] == pair.production);
  REQUIRE(same["/streams/0/kind"] == "production");
  REQUIRE(same["/streams/0/events"] == "2");
  REQUIRE(same["/streams/0/digest"].size() == 32);
  REQUIRE(same["/streams/0/digest"] == same["/streams/0/peer_digest"]);
  REQUIRE(same["/streams/1/kind"] == "library");
  REQUIRE(same["/streams/1/peer_digest"] == "null");
  REQUIRE(same["/streams/1/same"] == "true");

  pair.here.make_source(pair.production, 12);
  pair.there.make_source(pair.production, 13);
  pair.there.make_source(pair.production, 14);
  Answer moved = pair.here.get(pair.path + "/compare");
  REQUIRE(moved["/same"] == "false");
  REQUIRE(moved["/streams/0/same"] == "false");
  REQUIRE(moved["/streams/0/to_send"] == R"({"events":1})");
  REQUIRE(moved["/streams/0/to_receive"] == R"({"events":2})");
  REQUIRE(moved["/streams/1/same"] == "true");
}

TEST_CASE("same events and other rows are not the same", "[http][api]") {
  Pair pair;
  pair.other_rows = true;
  Answer other = pair.here.get(pair.path + "/compare");
  REQUIRE(other["/same"] == "false");
  REQUIRE(other["/streams/0/to_send"] == R"({"events":0})");
}

TEST_CASE("a peer says nothing about a show that is not followed", "[http][api]") {
  Pair pair;
  pair.follows = false;
  pair.here.sync().subscribed.reset();
  Answer unknown = pair.here.get(pair.path + "/compare");
  REQUIRE(unknown["/subscribed"] == "false");
  REQUIRE(unknown["/same"] == "null");
  REQUIRE(unknown["/streams/0/same"] == "null");
}

TEST_CASE("a dry run of an upload counts what would be sent by person and table", "[http][api]") {
  Pair pair;
  const HeaderList ana{{"Genlock-User", "Ana"}, {"Genlock-Device", "FOH"}};
  for (int n : {21, 22})
    pair.here.post("/api/productions/" + pair.production + "/sources",
                   R"({"id":")" + id_of(n) + R"(","type":"camera","name":"CAM"})", ana);
  pair.here.put(at("sources", id_of(21)), R"({"note":"roof"})", ana);
  pair.here.put(at("sources", id_of(11)), R"({"note":"desk"})");
  pair.here.del(at("sources", id_of(22)));
  Answer dry = pair.here.get(pair.path + "/upload");
  INFO(dry.body);
  REQUIRE(dry.status == 200);
  REQUIRE(dry["/error"] == "null");
  REQUIRE(dry["/to_send/events"] == "5");
  REQUIRE(dry["/to_send/counted"] == "5");
  REQUIRE(dry.count("/to_send/people") == 2);
  REQUIRE(dry["/to_send/people/0/by/user"] == "Ana");
  REQUIRE(dry["/to_send/people/0/by/device"] == "FOH");
  REQUIRE(dry["/to_send/people/0/events"] == "3");
  REQUIRE(dry["/to_send/people/0/rows"] == "2");
  REQUIRE(dry["/to_send/tables"] == R"([{"table":"sources","created":1,"changed":1,"deleted":1}])");
  REQUIRE(dry["/to_receive/events"] == "0");
  REQUIRE(dry["/foresight"] ==
          R"({"complete":true,"rows_on_both":0,"conflict_count":0,"conflicts":[]})");
}

TEST_CASE("the conflicts that a dry run foresees are those that come", "[http][api]") {
  Pair pair;
  pair.here.put(at("sources", id_of(11)), R"({"h_res":1920,"v_res":1080})");
  pair.there.put(at("sources", id_of(11)), R"({"h_res":3840,"v_res":2160})");
  pair.there.put(at("sources", id_of(11)), R"({"note":"merges"})");
  const auto before = pair.here.dump();
  Answer dry = pair.here.get(pair.path + "/upload");
  INFO(dry.body);
  REQUIRE(dry["/to_send/events"] == "1");
  REQUIRE(dry["/to_receive/events"] == "2");
  REQUIRE(dry["/foresight/rows_on_both"] == "1");
  REQUIRE(dry["/foresight/conflict_count"] == "1");
  REQUIRE(dry["/foresight/conflicts/0/group"] == "video_format");
  REQUIRE(dry.count("/foresight/conflicts/0/sides") == 2);
  REQUIRE(pair.here.dump() == before);
  REQUIRE(pair.here.get("/api/sync/conflicts").count() == 0);

  pair.there.ship_to(pair.here, pair.production);
  Answer made = pair.here.get("/api/sync/conflicts?resolution=eq.pending");
  REQUIRE(made.count() == 1);
  REQUIRE(made["/0/id"] == dry["/foresight/conflicts/0/id"]);
  REQUIRE(made["/0/sides"] == dry["/foresight/conflicts/0/sides"]);
  // One that waits already is no news.
  REQUIRE(pair.here.get(pair.path + "/upload")["/foresight/conflict_count"] == "0");
}

TEST_CASE("a dry run says what it could not see", "[http][api]") {
  Pair pair;
  pair.here.make_source(pair.production, 12);
  pair.more = true;
  REQUIRE(pair.here.get(pair.path + "/upload")["/foresight/complete"] == "false");
  pair.away = true;
  pair.here.sync().known = pair.vector(pair.there, pair.stream());
  Answer alone = pair.here.get(pair.path + "/upload");
  INFO(alone.body);
  REQUIRE(alone.status == 200);
  REQUIRE(alone["/peer"] == "null");
  REQUIRE(alone["/error/type"] == "/problems/peer-unreachable");
  REQUIRE(alone["/error/detail"].starts_with("no route to host"));
  REQUIRE(alone["/to_send/events"] == "1");
  REQUIRE(alone["/to_receive"] == "null");
  REQUIRE(alone["/foresight"] == "null");
}

TEST_CASE("what can't be compared is refused by name", "[http][api]") {
  Pair pair;
  pair.away = true;
  Answer away = pair.here.get(pair.path + "/compare");
  REQUIRE(away.problem() == "503 peer-unreachable");
  REQUIRE_FALSE(away.header("Retry-After").empty());
  for (const char* what : {"/compare", "/upload"}) {
    INFO(what);
    REQUIRE(pair.here.get("/api/sync/production/" + id_of(99) + what).problem() == "404 not-found");
    REQUIRE(pair.here.get("/api/sync/production/nonsense" + std::string(what)).problem() ==
            "404 not-found");
    REQUIRE(pair.here.get(pair.path + what + "?now=1").problem() == "400 bad-request");
    REQUIRE(pair.there.get(pair.path + what).problem() == "409 no-peer");
  }
  pair.here.sync().peer = false;
  REQUIRE(pair.here.get(pair.path + "/compare").problem() == "409 no-peer");
  REQUIRE(pair.here.bugs().empty());
}

}  // namespace
}  // namespace genlock::http
