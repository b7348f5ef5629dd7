// A write that lost the race: each cell of the table in docs/api.md, section 5, and strict
// versions.
#include "api_node.h"

namespace genlock::http {
namespace {

// A source that one author saw and another changed since.
struct Race {
  ApiNode node;
  std::string production = node.make_production();
  std::string path =
      at("sources", node.make_source(production, 11, R"(,"h_res":1920,"note":"lens")"));
  std::string seen = node.get(path).etag();

  Answer others(std::string_view change) {
    Answer answer =
        node.put(path, change, {{"Genlock-User", "Ana"}, {"Genlock-Device", "FOH tablet"}});
    REQUIRE(answer.status == 200);
    return answer;
  }
  Answer write(std::string_view change, HeaderList headers) {
    headers.emplace_back("Genlock-User", "Ben");
    return node.put(path, change, headers);
  }
  std::size_t conflicts(std::string_view query = "") {
    return node.get("/api/sync/conflicts" + std::string(query)).count();
  }
};

const std::string moved_on = R"({"name":"CAM A"})", same_field = R"({"h_res":3840})",
                  mine = R"({"h_res":2560})";

TEST_CASE("no header, moved on elsewhere: the last write wins", "[http][api]") {
  Race race;
  race.others(moved_on);
  Answer answer = race.write(mine, {});
  REQUIRE(answer.status == 200);
  REQUIRE(answer["/h_res"] == "2560");
  REQUIRE(answer["/name"] == "CAM A");
}

TEST_CASE("no header, same field: the last write wins", "[http][api]") {
  Race race;
  race.others(same_field);
  REQUIRE(race.write(mine, {})["/h_res"] == "2560");
  REQUIRE(race.conflicts("?resolution=eq.pending") == 0);
}

TEST_CASE("If-Match, moved on elsewhere: 412 with the present row", "[http][api]") {
  Race race;
  Answer now = race.others(moved_on);
  auto before = race.node.dump();
  Answer answer = race.write(mine, {{"If-Match", race.seen}});
  REQUIRE(answer.problem() == "412 precondition-failed");
  REQUIRE(answer["/current/name"] == "CAM A");
  REQUIRE(answer["/current/_meta/etag"] == now.etag());
  REQUIRE(race.node.dump() == before);
}

TEST_CASE("If-Match, same field: 412 with the present row", "[http][api]") {
  Race race;
  race.others(same_field);
  Answer answer = race.write(mine, {{"If-Match", race.seen}});
  REQUIRE(answer.problem() == "412 precondition-failed");
  REQUIRE(answer["/current/h_res"] == "3840");
}

TEST_CASE("If-Match with the present version: 200", "[http][api]") {
  Race race;
  std::string etag = race.others(moved_on).etag();
  REQUIRE(race.write(mine, {{"If-Match", etag}}).status == 200);
  REQUIRE(race.write(mine, {{"If-Match", "*"}}).status == 200);
}

TEST_CASE("Base-Version, moved on elsewhere: merged, and says what of others was kept",
          "[http][api]") {
  Race race;
  race.others(moved_on);
  Answer answer = race.write(mine, {{"Base-Version", race.seen}});
  REQUIRE(answer.status == 200);
  REQUIRE(answer["/h_res"] == "2560");
  REQUIRE(answer["/name"] == "CAM A");
  REQUIRE(answer["/_meta/merged_fields"] == R"(["name"])");
  REQUIRE(race.conflicts() == 0);
}

TEST_CASE("Base-Version, same field: 409 with base, yours, theirs, and nothing written",
          "[http][api]") {
  Race race;
  Answer theirs = race.others(R"({"h_res":3840,"note":"zoom"})");
  auto before = race.node.dump();
  Answer answer = race.write(mine, {{"Base-Version", race.seen}});
  INFO(answer.body);
  REQUIRE(answer.problem() == "409 field-conflict");
  REQUIRE(answer["/title"] == "Someone changed the same field");
  REQUIRE(answer["/detail"].starts_with("h_res was set to 3840 by Ana (FOH tablet)"));
  REQUIRE(answer["/table"] == "sources");
  REQUIRE(answer["/record_id"] == id_of(11));
  REQUIRE(answer["/label"] == "SRC 11");
  REQUIRE(answer.count("/fields") == 1);
  REQUIRE(answer["/fields/0/group"] == "video_format");
  REQUIRE(answer["/fields/0/base"] == R"({"h_res":1920})");
  REQUIRE(answer["/fields/0/yours"] == R"({"h_res":2560})");
  REQUIRE(answer["/fields/0/theirs"] == R"({"h_res":3840})");
  REQUIRE(answer["/fields/0/by/user"] == "Ana");
  REQUIRE(answer["/fields/0/node/id"] != "(none)");
  REQUIRE(answer["/fields/0/at"] == theirs["/updated_at"]);
  REQUIRE(answer["/fields/0/event"].starts_with(race.production + "."));
  REQUIRE(answer["/mergeable"] == R"(["note"])");
  REQUIRE(answer["/current/h_res"] == "3840");
  REQUIRE(race.node.dump() == before);
}

TEST_CASE("Base-Version, same field of a last-writer-wins group: 409 too", "[http][api]") {
  Race race;
  race.others(R"({"secondary_device":"fiber"})");
  Answer answer = race.write(R"({"secondary_device":"copper"})", {{"Base-Version", race.seen}});
  REQUIRE(answer.problem() == "409 field-conflict");
  REQUIRE(answer["/fields/0/group"] == "secondary_device");
  REQUIRE(answer["/fields/0/base"] == R"({"secondary_device":null})");
}

TEST_CASE("Base-Version, other words of the same note: named as mergeable, merged with Prefer",
          "[http][api]") {
  Race race;
  race.others(R"({"note":"lens 2x"})");
  std::string words = R"({"note":"long lens"})";
  Answer refused = race.write(words, {{"Base-Version", race.seen}});
  REQUIRE(refused.problem() == "409 field-conflict");
  REQUIRE(refused["/mergeable"] == R"(["note"])");
  Answer answer = race.write(words, {{"Base-Version", race.seen}, {"Prefer", "conflict=record"}});
  REQUIRE(answer.status == 200);
  REQUIRE(answer["/note"] == "long lens 2x");
  REQUIRE(answer["/_meta/merged_fields"] == R"(["note"])");
  REQUIRE(race.conflicts() == 0);
}

TEST_CASE("Base-Version, the same value: no conflict", "[http][api]") {
  Race race;
  race.others(same_field);
  Answer answer = race.write(same_field, {{"Base-Version", race.seen}});
  REQUIRE(answer.status == 200);
  REQUIRE(race.conflicts() == 0);
}

TEST_CASE("Base-Version and Prefer, moved on elsewhere: merged as without", "[http][api]") {
  Race race;
  race.others(moved_on);
  Answer answer = race.write(mine, {{"Base-Version", race.seen}, {"Prefer", "conflict=record"}});
  REQUIRE(answer.status == 200);
  REQUIRE(answer["/_meta/merged_fields"] == R"(["name"])");
}

TEST_CASE("Base-Version and Prefer, flagged field: 202, both kept as an open conflict",
          "[http][api]") {
  Race race;
  race.others(same_field);
  Answer answer = race.write(mine, {{"Base-Version", race.seen}, {"Prefer", "conflict=record"}});
  INFO(answer.body);
  REQUIRE(answer.status == 202);
  REQUIRE(answer["/_meta/conflicts"] == "1");
  Answer conflict = race.node.get(answer.header("Location"));
  REQUIRE(conflict.status == 200);
  REQUIRE(conflict["/resolution"] == "pending");
  REQUIRE(conflict.count("/sides") == 2);
  REQUIRE(conflict["/base/h_res"] == "1920");
  REQUIRE(race.conflicts("?resolution=eq.pending") == 1);
}

TEST_CASE("Base-Version and Prefer, last-writer-wins field: 200, the loser is on record",
          "[http][api]") {
  Race race;
  race.others(R"({"secondary_device":"fiber"})");
  Answer answer = race.write(R"({"secondary_device":"copper"})",
                             {{"Base-Version", race.seen}, {"Prefer", "conflict=record"}});
  REQUIRE(answer.status == 200);
  REQUIRE(answer["/secondary_device"] == "copper");
  REQUIRE(answer["/_meta/conflicts"] == "0");
  REQUIRE(race.conflicts("?resolution=eq.pending") == 0);
  REQUIRE(race.conflicts("?table_name=eq.sources") == 1);
}

TEST_CASE("a delete with a base version does not take away what others wrote since",
          "[http][api]") {
  Race race;
  race.others(same_field);
  REQUIRE(race.node.del(race.path, {{"Base-Version", race.seen}}).problem() ==
          "409 field-conflict");
  REQUIRE(race.node.del(race.path, {{"If-Match", race.seen}}).problem() ==
          "412 precondition-failed");
  REQUIRE(race.node.del(race.path, {{"Base-Version", race.node.get(race.path).etag()}}).status ==
          200);
}

TEST_CASE("a child that the sender had not seen stays in a nested list", "[http][api]") {
  Race race;
  race.others(R"({"outputs":[{"connector":"SDI","output_index":1}]})");
  Answer answer = race.write(R"({"outputs":[{"connector":"HDMI","output_index":2}]})",
                             {{"Base-Version", race.seen}});
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  REQUIRE(answer.count("/outputs") == 2);
}

TEST_CASE("versions that can't be read are 400 and name their header", "[http][api]") {
  Race race;
  auto before = race.node.dump();
  const std::pair<HeaderList, const char*> cases[] = {
      {{{"If-Match", "\"nonsense\""}}, "If-Match"},
      {{{"If-Match", "W/" + race.seen}}, "If-Match"},
      {{{"If-Match", "nonsense"}}, "If-Match"},
      {{{"Base-Version", "*"}}, "Base-Version"},
      {{{"Base-Version", "\"AA\""}}, "Base-Version"},
      {{{"If-Match", race.seen}, {"Base-Version", race.seen}}, "Base-Version"},
      {{{"If-Match", race.seen}, {"If-Match", race.seen}}, "If-Match"},
  };
  for (const auto& [headers, name] : cases) {
    Answer answer = race.write(mine, headers);
    INFO(answer.body);
    REQUIRE(answer.problem() == "400 bad-request");
    REQUIRE(answer["/errors/0/parameter"] == name);
  }
  REQUIRE(race.node.dump() == before);
}

TEST_CASE("the ETag of a row changes with it and with its children, and no list has one",
          "[http][api]") {
  Race race;
  std::string changed = race.others(moved_on).etag();
  REQUIRE(changed != race.seen);
  REQUIRE(race.others(R"({"outputs":[{"connector":"SDI"}]})").etag() != changed);
  REQUIRE(race.node.get("/api/productions/" + race.production + "/sources").etag().empty());
  REQUIRE(race.node.get(race.path, {{"If-None-Match", race.node.get(race.path).etag()}}).status ==
          200);
}

}  // namespace
}  // namespace genlock::http
