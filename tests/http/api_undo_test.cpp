// Taking back what one did, and a row as it was (docs/api.md, section 10).
#include "api_node.h"

namespace genlock::http {
namespace {

const HeaderList ana = {{"Genlock-User", "Ana"}}, ben = {{"Genlock-User", "Ben"}};

struct Show {
  ApiNode node;
  std::string production = node.make_production();
  std::string path = "/api/productions/" + production;
  std::string source = at("sources", node.make_source(production, 7, R"(,"note":"roof")"));

  // The event of Ana's batch: a new source, another name and note, a source that goes.
  std::string batch() {
    node.make_source(production, 8);
    Answer done =
        node.post(path + "/batch",
                  R"({"label":"Rework","ops":[
          {"op":"create","table":"sources","id":")" +
                      id_of(9) +
                      R"(","row":{"type":"a","name":"NEW","outputs":[{"connector":"SDI"}]}},
          {"op":"update","table":"sources","id":")" +
                      id_of(7) +
                      R"(","row":{"name":"ONE","note":"cellar"}},
          {"op":"delete","table":"sources","id":")" +
                      id_of(8) + R"("}]})",
                  ana);
    INFO(done.body);
    REQUIRE(done.status == 200);
    return done["/event"];
  }
  Answer undo(const std::string& event, HeaderList headers = ana) {
    return node.post(path + "/undo", R"({"event":")" + event + "\"}", headers);
  }
  std::string last_event() { return node.get(path + "/history?limit=1")["/0/event"]; }
};

TEST_CASE("undo takes back a whole batch with one event", "[http][api][undo]") {
  Show show;
  std::string before = show.node.get(show.path + "/sources")["/0/name"];
  std::string event = show.batch();
  std::size_t items = show.node.get(show.path + "/history").count();
  Answer undone = show.undo(event);
  INFO(undone.body);
  REQUIRE(undone.status == 200);
  REQUIRE(undone["/event"] == show.last_event());
  Answer row = show.node.get(show.source);
  REQUIRE(row["/name"] == before);
  REQUIRE(row["/note"] == "roof");
  REQUIRE(show.node.get(at("sources", id_of(9))).problem() == "410 gone");
  REQUIRE(show.node.get(at("sources", id_of(8))).status == 200);
  Answer history = show.node.get(show.path + "/history");
  REQUIRE(history.count() > items);  // nothing is taken out of it
  REQUIRE(history["/0/batch"] == "Undo: Rework");
  // Undo of the undo is the batch again.
  REQUIRE(show.undo(undone["/event"]).status == 200);
  REQUIRE(show.node.get(show.source)["/name"] == "ONE");
  REQUIRE(show.node.get(at("sources", id_of(9)))["/outputs/0/connector"] == "SDI");
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("undo is refused, with the list, where others changed the same since",
          "[http][api][undo]") {
  Show show;
  std::string event = show.batch();
  REQUIRE(show.node.put(show.source, R"({"h_res":1920})", ben).status == 200);  // something else
  REQUIRE(show.node.put(show.source, R"({"note":"tower"})", ben).status == 200);
  auto before = show.node.dump();
  Answer refused = show.undo(event);
  INFO(refused.body);
  REQUIRE(refused.problem() == "409 field-conflict");
  REQUIRE(refused.count("/changed_since") == 1);
  REQUIRE(refused["/changed_since/0/column"] == "note");
  REQUIRE(refused["/changed_since/0/record_id"] == id_of(7));
  REQUIRE(refused["/changed_since/0/by/user"] == "Ben");
  REQUIRE(show.node.dump() == before);
}

TEST_CASE("undo is refused where others put rows into one that it would take away",
          "[http][api][undo]") {
  Show show;
  Answer made = show.node.post(show.path + "/sources",
                               R"({"type":"a","name":"NEW","id":")" + id_of(9) + "\"}", ana);
  REQUIRE(made.status == 201);
  std::string event = show.last_event();
  const std::string one = at("sources", id_of(9));
  REQUIRE(show.node.put(one, R"({"outputs":[{"connector":"SDI"}]})", ben).status == 200);
  std::string output = show.node.get(one)["/outputs/0/id"];
  auto before = show.node.dump();
  Answer refused = show.undo(event);
  INFO(refused.body);
  REQUIRE(refused.problem() == "409 field-conflict");
  REQUIRE(refused.count("/changed_since") == 1);
  REQUIRE(refused["/changed_since/0/table"] == "source_outputs");
  REQUIRE(refused["/changed_since/0/record_id"] == output);
  REQUIRE(refused["/changed_since/0/by/user"] == "Ben");
  REQUIRE(refused["/changed_since/0/column"] == "null");
  REQUIRE(show.node.dump() == before);
  // Once it is gone again, nothing is lost.
  REQUIRE(show.node.put(one, R"({"outputs":[]})", ben).status == 200);
  REQUIRE(show.undo(event).status == 200);
  REQUIRE(show.node.get(one).problem() == "410 gone");
}

TEST_CASE("edits are undone one after the other, back to the first", "[http][api][undo]") {
  Show show;
  const std::string sources = show.path + "/sources";
  std::vector<std::string> done;
  const auto note = [&] { done.push_back(show.last_event()); };
  REQUIRE(show.node.post(sources, R"({"type":"a","name":"NEW","id":")" + id_of(9) + "\"}", ana)
              .status == 201);
  note();
  for (const char* body : {R"({"name":"A"})", R"({"name":"B"})", R"({"name":"C","note":"x"})"}) {
    REQUIRE(show.node.put(at("sources", id_of(9)), body, ana).status == 200);
    note();
  }
  REQUIRE(show.node.del(at("sources", id_of(9)), ana).status == 200);
  note();
  for (const char* name : {"C", "B", "A", "NEW"}) {
    Answer undone = show.undo(done.back());
    INFO(name << ' ' << undone.body);
    REQUIRE(undone.status == 200);
    REQUIRE(show.node.get(at("sources", id_of(9)))["/name"] == name);
    done.pop_back();
  }
  REQUIRE(show.undo(done.back()).status == 200);
  REQUIRE(show.node.get(at("sources", id_of(9))).problem() == "410 gone");
}

TEST_CASE("a row that others changed and changed back may go; one that they changed stays",
          "[http][api][undo]") {
  Show show;
  const std::string one = at("sources", id_of(9));
  REQUIRE(show.node
              .post(show.path + "/sources", R"({"type":"a","name":"NEW","id":")" + id_of(9) + "\"}",
                    ana)
              .status == 201);
  std::string event = show.last_event();
  REQUIRE(show.node.put(one, R"({"name":"X"})", ben).status == 200);
  REQUIRE(show.undo(event)["/changed_since/0/column"] == "name");
  REQUIRE(show.node.put(one, R"({"name":"NEW"})", ben).status == 200);
  REQUIRE(show.undo(event).status == 200);
  REQUIRE(show.node.get(one).problem() == "410 gone");
}

TEST_CASE("only one's own events can be undone, and only those of the production",
          "[http][api][undo]") {
  Show show;
  std::string event = show.batch();
  auto before = show.node.dump();
  REQUIRE(show.undo(event, ben).problem() == "422 validation");
  REQUIRE(show.undo(event, {}).problem() == "422 validation");
  REQUIRE(show.undo("x").problem() == "422 validation");
  REQUIRE(show.undo(id_of(5) + event.substr(36))["/errors/0/code"] == "reference");
  REQUIRE(show.node.post(show.path + "/undo", "{}").problem() == "422 validation");
  REQUIRE(show.node.post(show.path + "/undo", R"({"event":7})").problem() == "422 validation");
  REQUIRE(show.node.post("/api/productions/" + id_of(77) + "/undo", R"({"event":")" + event + "\"}")
              .problem() == "404 not-found");
  REQUIRE(show.node.dump() == before);
}

TEST_CASE("an undo sent again is the same one", "[http][api][undo]") {
  Show show;
  HeaderList again = ana;
  again.emplace_back("Idempotency-Key", "018f6b1e-0000-7000-8000-0000000000d2");
  std::string event = show.batch();
  Answer first = show.undo(event, again);
  REQUIRE(first.status == 200);
  Answer second = show.undo(event, again);
  REQUIRE(second.header("Idempotency-Replayed") == "true");
  REQUIRE(second["/event"] == first["/event"]);
}

TEST_CASE("a row goes back to how it was after an event, with its outputs", "[http][api][undo]") {
  Show show;
  REQUIRE(show.node.put(show.source, R"({"outputs":[{"connector":"SDI"}],"label":"SRC 7"})", ana)
              .status == 200);
  std::string then = show.last_event();
  std::string wanted = show.node.get(show.source)["/outputs/0/id"];
  REQUIRE(
      show.node
          .put(show.source, R"({"name":"X","outputs":[{"connector":"DP","output_index":2}]})", ana)
          .status == 200);
  Answer reverted = show.node.post(show.source + "/revert", R"({"event":")" + then + "\"}", ana);
  INFO(reverted.body);
  REQUIRE(reverted.status == 200);
  REQUIRE(reverted["/name"] == "CAM");
  REQUIRE(reverted.count("/outputs") == 1);
  REQUIRE(reverted["/outputs/0/connector"] == "SDI");
  REQUIRE(reverted["/outputs/0/id"] == wanted);
  // As it is: no event.
  std::string last = show.last_event();
  REQUIRE(show.node.post(show.source + "/revert", R"({"event":")" + then + "\"}", ana).status ==
          200);
  REQUIRE(show.last_event() == last);
}

TEST_CASE("revert is refused, with the list, over what others changed since", "[http][api][undo]") {
  Show show;
  std::string then = show.last_event();
  REQUIRE(show.node.put(show.source, R"({"name":"X"})", ana).status == 200);
  REQUIRE(show.node.put(show.source, R"({"note":"tower"})", ben).status == 200);
  auto before = show.node.dump();
  Answer refused = show.node.post(show.source + "/revert", R"({"event":")" + then + "\"}", ana);
  REQUIRE(refused.problem() == "409 field-conflict");
  REQUIRE(refused["/changed_since/0/by/user"] == "Ben");
  REQUIRE(show.node.dump() == before);
  REQUIRE(show.node.post(show.source + "/revert", R"({"event":"x"})").problem() ==
          "422 validation");
  REQUIRE(show.node.post(at("sources", id_of(77)) + "/revert", R"({"event":")" + then + "\"}")
              .problem() == "404 not-found");
  REQUIRE(show.node.del(show.source).status == 200);
  REQUIRE(show.node.post(show.source + "/revert", R"({"event":")" + then + "\"}").problem() ==
          "410 gone");
}

TEST_CASE("a device goes back to how it was", "[http][api][undo]") {
  ApiNode node;
  std::string device = at(
      "equipment",
      node.post(
              "/api/equipment",
              R"({"category":"ccu","manufacturer":"Sony","model":"A","cards":[{"slot_number":1,"io":[{"port_type":"input","io_type":"SDI","port_index":0}]}]})",
              ana)
          .id());
  std::string then = node.get(device + "/history")["/0/event"];
  REQUIRE(node.put(device, R"({"model":"B","cards":[]})", ana).status == 200);
  Answer reverted = node.post(device + "/revert", R"({"event":")" + then + "\"}", ana);
  INFO(reverted.body);
  REQUIRE(reverted["/model"] == "A");
  REQUIRE(reverted["/cards/0/io/0/io_type"] == "SDI");
}

}  // namespace
}  // namespace genlock::http
