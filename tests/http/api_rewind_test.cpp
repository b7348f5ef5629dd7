// A show as it was, written as one event; and names for moments (docs/api.md, section 10).
#include "api_node.h"

namespace genlock::http {
namespace {

const HeaderList ana = {{"Genlock-User", "Ana"}}, ben = {{"Genlock-User", "Ben"}};

// A show with a source that has an output, a source that is plugged into a send, and the event of
// that; then an evening of changes by two people.
struct Evening {
  ApiNode node;
  std::string production = node.make_production();
  std::string path = at("productions", production);
  std::string source =
      at("sources",
         node.make_source(production, 7, R"(,"note":"roof","outputs":[{"connector":"SDI"}])"));
  std::string other = at("sources", node.make_source(production, 8));
  std::string then, event;

  Evening() {
    REQUIRE(node.post(path + "/sends", R"({"id":")" + id_of(9) + R"(","type":"LED","name":"WALL"})")
                .status == 201);
    REQUIRE(node.post("/api/connections", R"({"id":")" + id_of(10) + R"(","production_id":")" +
                                              production + R"(","source_id":")" + id_of(8) + "\"}")
                .status == 201);
    then = shown();
    event = last_event();
    REQUIRE(node.put(source, R"({"name":"OTHER","outputs":[{"connector":"DP"}]})", ben).status ==
            200);
    REQUIRE(node.del(at("connections", id_of(10)), ben).status == 200);
    REQUIRE(node.del(other, ben).status == 200);
    node.make_source(production, 11);
    REQUIRE(node.put(path, R"({"venue":"Hall 2"})", ana).status == 200);
  }

  // All rows, without what says when and in which version.
  std::string shown() {
    std::string all;
    for (const char* column : {"venue", "show_name"})
      all += node.get(path)[std::string("/") + column];
    for (const char* table : {"sources", "sends", "connections"}) {
      Answer rows = node.get(path + "/" + table + "?order=id");
      for (std::size_t i = 0; i < rows.count(); ++i)
        for (const char* column : {"id", "name", "note", "source_id", "sort_order", "outputs/0/id",
                                   "outputs/0/connector"})
          all += " " + rows["/" + std::to_string(i) + "/" + column];
    }
    return all;
  }
  std::string last_event() { return node.get(path + "/history?limit=1")["/0/event"]; }
  Answer rewind(const std::string& more = "", bool dry_run = false, HeaderList headers = ana) {
    return node.post(path + "/rewind" + (dry_run ? "?dry_run=true" : ""),
                     R"({"to":")" + event + "\"" + more + "}", headers);
  }
};

TEST_CASE("a show becomes what it was, with one event that can be undone", "[http][api][rewind]") {
  Evening evening;
  const std::string later = evening.shown();
  REQUIRE(later != evening.then);
  std::size_t items = evening.node.get(evening.path + "/history").count();
  Answer done = evening.rewind(R"(,"label":"Back to doors")");
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(evening.shown() == evening.then);
  REQUIRE(done["/event"] == evening.last_event());
  Answer history = evening.node.get(evening.path + "/history");
  REQUIRE(history.count() > items);
  REQUIRE(history["/0/batch"] == "Back to doors");
  REQUIRE(history["/0/by/user"] == "Ana");
  // There is nothing left to do, and no event of that.
  REQUIRE(evening.rewind()["/event"] == "null");
  REQUIRE(evening.node.post(evening.path + "/undo", R"({"event":")" + done["/event"] + "\"}", ana)
              .status == 200);
  REQUIRE(evening.shown() == later);
  REQUIRE(evening.node.bugs().empty());
}

TEST_CASE("a dry run tells what would become of each row, and writes nothing",
          "[http][api][rewind]") {
  Evening evening;
  auto before = evening.node.dump();
  Answer told = evening.rewind("", true);
  INFO(told.body);
  REQUIRE(told.status == 200);
  REQUIRE(told["/event"] == "null");
  REQUIRE(told["/digest"] == evening.node.get("/api/sync/status")["/streams/0/digest"]);
  std::map<std::string, std::string> ops;
  for (std::size_t i = 0; i < told.count("/rows"); ++i) {
    const std::string row = "/rows/" + std::to_string(i);
    ops[told[row + "/table"] + " " + told[row + "/record_id"]] = told[row + "/op"];
    if (told[row + "/table"] != "productions") continue;
    REQUIRE(told.count(row + "/changes") == 1);
    REQUIRE(told[row + "/changes/0/column"] == "venue");
    REQUIRE(told[row + "/changes/0/from"] == "Hall 2");
  }
  REQUIRE(ops == std::map<std::string, std::string>{{"productions " + evening.production, "update"},
                                                    {"sources " + id_of(7), "update"},
                                                    {"sources " + id_of(8), "restore"},
                                                    {"sources " + id_of(11), "delete"},
                                                    {"connections " + id_of(10), "restore"}});
  REQUIRE(evening.node.dump() == before);
}

TEST_CASE("one sheet alone goes back, the rest stays", "[http][api][rewind]") {
  Evening evening;
  REQUIRE(evening.rewind(R"(,"tables":["productions"])").status == 200);
  REQUIRE(evening.node.get(evening.source)["/name"] == "OTHER");
  REQUIRE(evening.node.get(evening.path)["/venue"] != "Hall 2");
  Answer history = evening.node.get(evening.path + "/history?limit=1");
  REQUIRE(history["/0/batch"].starts_with("As it was at 20"));
}

TEST_CASE("connections go back without the sources that stay gone", "[http][api][rewind]") {
  Evening evening;
  Answer done = evening.rewind(R"(,"tables":["connections"])");
  INFO(done.body);
  REQUIRE(done.status == 200);
  Answer back = evening.node.get(at("connections", id_of(10)));
  REQUIRE(back.status == 200);
  REQUIRE(back["/source_id"] == "null");
  REQUIRE(evening.rewind().status == 200);
  REQUIRE(evening.shown() == evening.then);
}

TEST_CASE("who looked at something else is told so", "[http][api][rewind]") {
  Evening evening;
  std::string digest = evening.rewind("", true)["/digest"];
  REQUIRE(evening.node.put(evening.source, R"({"note":"tower"})", ben).status == 200);
  auto before = evening.node.dump();
  REQUIRE(evening.rewind(R"(,"digest":")" + digest + "\"").problem() == "412 precondition-failed");
  REQUIRE(evening.node.dump() == before);
  digest = evening.rewind("", true)["/digest"];
  REQUIRE(evening.rewind(R"(,"digest":")" + digest + "\"").status == 200);
  REQUIRE(evening.shown() == evening.then);
}

TEST_CASE("a time does as well as an event", "[http][api][rewind]") {
  Evening evening;
  std::string at = evening.node.get(evening.path + "/history?event=eq." + evening.event)["/0/at"];
  evening.node.move_clock(60'000);
  REQUIRE(evening.node.put(evening.source, R"({"note":"tower"})", ben).status == 200);
  Answer done = evening.node.post(evening.path + "/rewind", R"({"to":")" + at + "\"}", ana);
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(evening.node.get(evening.source)["/note"] == "roof");
}

TEST_CASE("a rewind that makes no sense is refused with the place", "[http][api][rewind]") {
  Evening evening;
  auto before = evening.node.dump();
  const auto refused = [&](const std::string& body) {
    Answer answer = evening.node.post(evening.path + "/rewind", body, ana);
    INFO(body << ' ' << answer.body);
    REQUIRE(answer.problem() == "422 validation");
    return answer["/errors/0/pointer"] + " " + answer["/errors/0/code"];
  };
  const std::string to = R"({"to":")" + evening.event + "\"";
  REQUIRE(refused("{}") == "/to required");
  REQUIRE(refused(R"({"to":"yesterday"})") == "/to format");
  REQUIRE(refused(R"({"to":"2999-01-01T00:00:00Z"})") == "/to range");
  REQUIRE(refused(R"({"to":"1999-01-01T00:00:00Z"})") == "/to range");
  REQUIRE(refused(R"({"to":")" + id_of(5) + evening.event.substr(36) + "\"}") == "/to reference");
  REQUIRE(refused(to + R"(,"tables":["equipment_specs"]})") == "/tables/0 enum");
  REQUIRE(refused(to + R"(,"tables":[]})") == "/tables length");
  REQUIRE(refused(to + R"(,"tables":["sends","sends"]})") == "/tables/1 unique");
  REQUIRE(refused(to + R"(,"tables":"sends"})") == "/tables type");
  REQUIRE(refused(to + R"(,"more":1})") == "/more unknown");
  REQUIRE(evening.node.post(at("productions", id_of(77)) + "/rewind", to + "}").problem() ==
          "404 not-found");
  REQUIRE(evening.node.dump() == before);
}

TEST_CASE("a show that differs in more than one event holds says what to name instead",
          "[http][api][rewind]") {
  Evening evening;
  for (int part = 0; part < 2; ++part) {
    std::string ops;
    for (int n = 0; n < 1'001; ++n)
      ops += std::string(n ? "," : "") +
             R"({"op":"create","table":"sends","row":{"type":"LED","name":"x"}})";
    REQUIRE(evening.node.post(evening.path + "/batch", R"({"ops":[)" + ops + "]}").status == 200);
  }
  REQUIRE(evening.rewind("", true).problem() == "413 too-large");
  REQUIRE(evening.rewind().problem() == "413 too-large");
  REQUIRE(evening.rewind(R"(,"tables":["sources"])").status == 200);
}

TEST_CASE("elsewhere than at the holder of its lock a show is not rewound, but looked at",
          "[http][api][rewind]") {
  Evening evening;
  ApiNode cloud({.role = Role::cloud, .number = 2});
  evening.node.post(evening.path + "/lock", R"({"reason":"show day"})");
  evening.node.ship_to(cloud, evening.production);
  const std::string body = R"({"to":")" + evening.event + "\"}";
  REQUIRE(cloud.post(evening.path + "/rewind", body).problem() == "423 production-locked");
  REQUIRE(cloud.post(evening.path + "/rewind?dry_run=true", body).status == 200);
  REQUIRE(cloud.post(evening.path + "/moments", R"({"name":"Doors"})").problem() ==
          "423 production-locked");
}

TEST_CASE("a moment is an event with a name: the show can be read and rewound as of it",
          "[http][api][rewind]") {
  Evening evening;
  Answer named = evening.node.post(evening.path + "/moments", R"({"name":"Doors"})", ana);
  INFO(named.body);
  REQUIRE(named.status == 200);
  REQUIRE(named["/name"] == "Doors");
  Answer list = evening.node.get(evening.path + "/history?op=eq.moment");
  REQUIRE(list.count() == 1);
  REQUIRE(list["/0/event"] == named["/event"]);
  REQUIRE(list["/0/at"] == named["/at"]);
  REQUIRE(list["/0/comment"] == "Doors");
  REQUIRE(list["/0/by/user"] == "Ana");
  const std::string doors = evening.shown();
  REQUIRE(evening.node.put(evening.source, R"({"name":"LATER"})", ben).status == 200);
  Answer past = evening.node.get(evening.source + "?as_of=" + named["/event"]);
  REQUIRE(past["/name"] == "OTHER");
  REQUIRE(evening.node.post(evening.path + "/rewind", R"({"to":")" + named["/event"] + "\"}", ana)
              .status == 200);
  REQUIRE(evening.shown() == doors);
}

TEST_CASE("a moment changes no row, and is named once however often it is sent",
          "[http][api][rewind]") {
  Evening evening;
  HeaderList again = ana;
  again.emplace_back("Idempotency-Key", "018f6b1e-0000-7000-8000-0000000000d3");
  const std::string etag = evening.node.get(evening.path).etag();
  Answer first = evening.node.post(evening.path + "/moments", R"({"name":"Doors"})", again);
  Answer second = evening.node.post(evening.path + "/moments", R"({"name":"Doors"})", again);
  REQUIRE(second.header("Idempotency-Replayed") == "true");
  REQUIRE(second.body == first.body);
  REQUIRE(evening.node.get(evening.path).etag() == etag);
  REQUIRE(evening.node.post(evening.path + "/undo", R"({"event":")" + first["/event"] + "\"}",
                            ana)["/event"] == "null");
  for (const char* body : {"{}", R"({"name":""})", R"({"name":null})", R"({"name":7})"})
    REQUIRE(evening.node.post(evening.path + "/moments", body)["/errors/0/pointer"] == "/name");
}

}  // namespace
}  // namespace genlock::http
