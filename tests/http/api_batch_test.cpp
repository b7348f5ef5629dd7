// Batch: many writes of a production as one event (docs/api.md, section 6).
#include "batch_show.h"

namespace genlock::http {
namespace {

using Show = BatchShow;

TEST_CASE("a batch is one event with a result for each op", "[http][api]") {
  for (Role role : {Role::cloud, Role::lan}) {
    Show show(role);
    show.node.make_source(show.production, 5);
    std::string before = show.events();
    Answer done = show.batch(
        camera(11, R"(,"outputs":[{"connector":"SDI"}])") + "," +
            op("update", "sources", 5, R"({"name":"TWO","h_res":1920})") + "," +
            op("create", "sends", 12, R"({"type":"VIDEO SWITCH","name":"SCREEN"})") + "," +
            op("create", "connections", 13, R"({"source_id":")" + id_of(11) + "\"}") + "," +
            op("delete", "sources", 5) + "," +
            op("update", "productions", 1, R"({"room":"Hall 2"})"),
        {{"Genlock-User", "Ana"}});
    INFO(done.body);
    REQUIRE(done.status == 200);
    REQUIRE(done.header("Content-Type") == "application/json");
    REQUIRE(done.etag().empty());
    REQUIRE(before.ends_with(".2"));
    REQUIRE(show.events().ends_with(".3"));
    REQUIRE(done["/event"].starts_with(show.production + "."));
    REQUIRE(done["/event"].ends_with(".3"));
    REQUIRE(done.count("/results") == 6);
    std::string statuses;
    for (int n = 0; n < 6; ++n) statuses += done["/results/" + std::to_string(n) + "/status"] + " ";
    REQUIRE(statuses == "201 200 201 201 200 200 ");
    REQUIRE(done["/results/0/row"] == show.node.get(at("sources", id_of(11))).body);
    REQUIRE(done["/results/0/row/outputs/0/connector"] == "SDI");
    REQUIRE(done["/results/3/row/source_id"] == id_of(11));
    REQUIRE(done["/results/4/row/is_deleted"] == "true");
    REQUIRE(done["/results/4/row/name"] == "TWO");
    REQUIRE(done["/results/5/row/room"] == "Hall 2");
    REQUIRE(done["/results/5/row/_meta/by/user"] == "Ana");

    Answer history = show.node.get(at("productions", show.production) + "/history?batch=eq.Paste");
    REQUIRE(history.count() == 6);  // the source, its output, 5, the send, the connection, the show
    REQUIRE(history["/0/batch"] == "Paste");
    REQUIRE(history["/0/event"] == done["/event"]);
    REQUIRE(show.node.bugs().empty());
  }
}

TEST_CASE("later ops see what earlier ones did", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 5, R"(,"h_res":1280)");
  Answer done = show.batch(
      camera(11) + "," + op("update", "sources", 11, R"({"name":"ONE","h_res":1920})") + "," +
      op("update", "sources", 11, R"({"v_res":1080,"note":"x"})") + "," +
      op("update", "sources", 11, R"({"note":null})") + "," +
      op("update", "sources", 5, R"({"h_res":1920})") + "," +
      op("update", "sources", 5, R"({"v_res":1080})") + "," + op("delete", "sources", 5) + "," +
      op("restore", "sources", 5) + "," + op("update", "sources", 5, R"({"name":"BACK"})"));
  INFO(done.body);
  REQUIRE(done.status == 200);
  Answer made = show.node.get(at("sources", id_of(11)));
  REQUIRE(made["/name"] == "ONE");
  REQUIRE(made["/h_res"] == "1920");
  REQUIRE(made["/v_res"] == "1080");
  REQUIRE(made["/note"] == "null");
  Answer changed = show.node.get(at("sources", id_of(5)));
  REQUIRE(changed.status == 200);
  REQUIRE(changed["/h_res"] == "1920");
  REQUIRE(changed["/v_res"] == "1080");
  REQUIRE(changed["/name"] == "BACK");
  REQUIRE(show.node.get("/api/sync/conflicts").body == "[]");

  Answer gone = show.refused(op("delete", "sources", 11) + "," +
                             op("update", "sources", 11, R"({"name":"x"})"));
  REQUIRE(gone.problem() == "410 gone");
  REQUIRE(gone["/errors/0/pointer"] == "/ops/1/id");
  REQUIRE(gone["/deleted_at"] == "(none)");  // nothing was deleted
  Answer twice = show.refused(camera(21) + "," + camera(21, R"(,"note":"other")"));
  REQUIRE(twice.problem() == "409 already-exists");
  REQUIRE(twice["/errors/0/pointer"] == "/ops/1/row/id");
  Answer nobody = show.refused(
      op("create", "connections", 31, R"({"source_id":")" + id_of(41) + "\"}") + "," + camera(41));
  REQUIRE(nobody.problem() == "422 validation");
  REQUIRE(nobody["/errors/0/pointer"] == "/ops/0/row/source_id");
  REQUIRE(nobody["/errors/0/code"] == "reference");
}

TEST_CASE("rows made in a batch stand in its order, behind those that were there", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 90);
  REQUIRE(show.batch(camera(30) + "," + camera(20) + "," + camera(10)).status == 200);
  Answer list = show.node.get(at("productions", show.production) + "/sources");
  REQUIRE(list["/0/id"] == id_of(90));
  REQUIRE(list["/1/id"] == id_of(30));
  REQUIRE(list["/2/id"] == id_of(20));
  REQUIRE(list["/3/id"] == id_of(10));
}

TEST_CASE("nested rows may be written by themselves", "[http][api]") {
  Show show;
  std::string source = show.node.make_source(show.production, 5);
  std::string parent = R"("source_id":")" + source + "\"";
  Answer done =
      show.batch(op("create", "source_outputs", 6, "{" + parent + R"(,"connector":"SDI"})") + "," +
                 op("update", "source_outputs", 6, R"({"connector":"HDMI"})"));
  INFO(done.body);
  REQUIRE(done.status == 200);
  REQUIRE(done["/results/0/status"] == "201");
  REQUIRE(show.node.get(at("sources", source))["/outputs/0/connector"] == "HDMI");
  Answer orphan = show.refused(op("create", "source_outputs", 7, R"({"connector":"SDI"})"));
  REQUIRE(orphan.problem() == "422 validation");
  REQUIRE(orphan["/errors/0/pointer"] == "/ops/0/row/source_id");
}

TEST_CASE("an update of a batch is a merge patch", "[http][api]") {
  Show show;
  REQUIRE(
      show.batch(op("create", "connections", 5, R"({"signal_path":{"a":1,"b":{"c":2}}})")).status ==
      200);
  Answer done =
      show.batch(op("update", "connections", 5, R"({"signal_path":{"a":null,"b":{"d":3}}})") + "," +
                 op("update", "connections", 5, R"({"signal_path":{"e":4}})"));
  INFO(done.body);
  REQUIRE(done["/results/1/row/signal_path"] == R"({"b":{"c":2,"d":3},"e":4})");
}

TEST_CASE("a batch of nothing new writes nothing", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 5);
  std::string before = show.events();
  Answer done = show.batch(op("update", "sources", 5, R"({"name":"CAM"})") + "," +
                           op("restore", "sources", 5));
  REQUIRE(done.status == 200);
  REQUIRE(done["/event"] == "null");
  REQUIRE(done["/results/0/row/name"] == "CAM");
  REQUIRE(show.events() == before);
}

TEST_CASE("an op may say which version its author saw", "[http][api]") {
  Show show;
  std::string source = at("sources", show.node.make_source(show.production, 5, R"(,"h_res":1280)"));
  std::string seen = show.node.get(source).etag();
  std::string quoted = ",\"base_version\":\"\\\"" + seen.substr(1, seen.size() - 2) + "\\\"\"";
  REQUIRE(
      show.node.put(source, R"({"h_res":1920,"note":"wide"})", {{"Genlock-User", "Ben"}}).status ==
      200);

  Answer merged = show.batch(op("update", "sources", 5, R"({"name":"ONE"})", quoted));
  INFO(merged.body);
  REQUIRE(merged.status == 200);
  REQUIRE(merged["/results/0/row/_meta/merged_fields"] == R"(["h_res","note"])");
  REQUIRE(merged["/results/0/row/h_res"] == "1920");

  // What the batch itself wrote is no work of others, and what others wrote stays that.
  const std::string both = op("update", "sources", 5, R"({"label":"L"})", quoted) + "," +
                           op("update", "sources", 5, R"({"label":"M","h_res":3840})", quoted);
  Answer lost = show.refused(both);
  REQUIRE(lost.problem() == "409 field-conflict");
  REQUIRE(lost["/errors/0/pointer"] == "/ops/1/base_version");
  REQUIRE(lost.count("/fields") == 1);
  REQUIRE(lost["/fields/0/theirs/h_res"] == "1920");
  REQUIRE(lost["/fields/0/by/user"] == "Ben");
  REQUIRE(lost["/current/h_res"] == "1920");

  Answer kept = show.batch(both, {{"Prefer", "conflict=record"}});
  INFO(kept.body);
  REQUIRE(kept.status == 200);
  REQUIRE(kept["/results/0/status"] == "200");
  REQUIRE(kept["/results/1/status"] == "202");
  REQUIRE(kept["/results/1/row/label"] == "M");
  REQUIRE(kept["/results/1/row/_meta/conflicts"] == "1");
  Answer conflicts = show.node.get("/api/sync/conflicts?resolution=eq.pending");
  REQUIRE(conflicts.count() == 1);
  REQUIRE(conflicts["/0/base/h_res"] == "1280");
  REQUIRE(conflicts.count("/0/sides") == 2);
  REQUIRE(show.refused(op("delete", "sources", 5, "", quoted)).problem() == "409 field-conflict");
}

TEST_CASE("the same batch again is the same batch", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 5);
  const HeaderList key{{"Idempotency-Key", "018f6b1e-0000-7000-8000-000000000001"}};
  const std::string ops = op("create", "sources", 0, R"({"type":"camera","name":"A"})") + "," +
                          op("create", "sources", 0, R"({"type":"camera","name":"A"})") + "," +
                          op("update", "sources", 5, R"({"name":"B"})") + "," + camera(11);
  Answer first = show.batch(ops, key);
  INFO(first.body);
  REQUIRE(first.status == 200);
  REQUIRE(first["/results/0/row/id"] != first["/results/1/row/id"]);
  std::string before = show.events();
  Answer again = show.batch(ops, key);
  REQUIRE(again.body == first.body);
  REQUIRE(again.header("Idempotency-Replayed") == "true");
  REQUIRE(show.events() == before);
  REQUIRE(show.batch(camera(12), key).problem() == "422 idempotency-mismatch");

  // On another node, which has the event: the same again. On one that has not: the same rows.
  ApiNode::Options options;
  options.number = 2;
  ApiNode there(options), far(options);
  show.node.ship_to(there, show.production);
  Answer elsewhere = there.post(show.target, R"({"label":"Paste","ops":[)" + ops + "]}", key);
  REQUIRE(elsewhere["/event"] == first["/event"]);
  REQUIRE(elsewhere["/results/1/row/id"] == first["/results/1/row/id"]);
  REQUIRE(elsewhere["/results/3/status"] == "201");
  far.make_production();
  far.make_source(show.production, 5);
  Answer made = far.post(show.target, R"({"label":"Paste","ops":[)" + ops + "]}", key);
  REQUIRE(made["/results/0/row/id"] == first["/results/0/row/id"]);
}

TEST_CASE("a batch arrives elsewhere as it was", "[http][api]") {
  Show show(Role::cloud);
  show.node.make_source(show.production, 5);
  ApiNode::Options options;
  options.number = 2;
  ApiNode venue(options);
  show.node.ship_to(venue, show.production);
  REQUIRE(show.batch(camera(11) + "," + op("update", "sources", 11, R"({"name":"X"})") + "," +
                     op("delete", "sources", 5) + "," + op("restore", "sources", 5) + "," +
                     camera(12) + "," + op("delete", "sources", 12))
              .status == 200);
  show.node.ship_to(venue, show.production);
  for (int n : {5, 11, 12}) {
    std::string source = at("sources", id_of(n)) + "?deleted=true";
    REQUIRE(show.node.get(source).etag() == venue.get(source).etag());
    REQUIRE(venue.get(source)["/is_deleted"] == (n == 12 ? "true" : "false"));
  }
}

}  // namespace
}  // namespace genlock::http
