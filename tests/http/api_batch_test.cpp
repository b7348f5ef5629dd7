// Batch: many writes of a production as one event (docs/api.md, section 6).
#include "api_node.h"

#include <chrono>

namespace genlock::http {
namespace {

struct Show {
  explicit Show(Role role = Role::lan) : node(options(role)) {}

  static ApiNode::Options options(Role role) {
    ApiNode::Options made;
    made.role = role;
    return made;
  }

  Answer batch(const std::string& ops, const HeaderList& headers = {}) {
    return node.post(target, R"({"label":"Paste","ops":[)" + ops + "]}", headers);
  }
  // Refused, and nothing is written.
  Answer refused(const std::string& ops, const HeaderList& headers = {}) {
    auto before = node.dump();
    Answer answer = batch(ops, headers);
    INFO(answer.body);
    REQUIRE(node.dump() == before);
    REQUIRE(answer.status >= 400);
    REQUIRE(node.bugs().empty());
    return answer;
  }
  std::string events() { return node.get("/healthz").header("Sync-Cursor"); }

  ApiNode node;
  std::string production = node.make_production();
  std::string target = at("productions", production) + "/batch";
};

std::string op(std::string_view kind, std::string_view table, int id, std::string_view row = "",
               std::string_view more = "") {
  std::string json = R"({"op":")" + std::string(kind) + R"(","table":")" + std::string(table) + '"';
  if (id > 0) json += R"(,"id":")" + id_of(id) + '"';
  if (!row.empty()) json += ",\"row\":" + std::string(row);
  return json + std::string(more) + "}";
}

std::string camera(int id, std::string_view more = "") {
  return op("create", "sources", id, R"({"type":"camera","name":"CAM")" + std::string(more) + "}");
}

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
    REQUIRE(before == "b1000000.2");
    REQUIRE(show.events() == "b1000000.3");
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

TEST_CASE("the first bad op decides, and says where it is", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 5);
  Answer other = show.node.post("/api/productions", R"({"client":"B","show_name":"Other"})");
  std::string elsewhere = show.node.make_source(other.id(), 6);
  struct Case {
    std::string ops;
    const char* problem;
    const char* pointer;
  };
  const std::string good = camera(11) + ",";
  const std::string base = R"(,"base_version":)";
  const Case cases[] = {
      {"7", "422 validation", "/ops/0"},
      {good + "{}", "422 validation", "/ops/1/op"},
      {good + op("upsert", "sources", 5), "422 validation", "/ops/1/op"},
      {good + R"({"op":"update","table":7})", "422 validation", "/ops/1/table"},
      {good + op("update", "nothing", 5, "{}"), "422 validation", "/ops/1/table"},
      {good + op("update", "equipment_specs", 5, "{}"), "422 validation", "/ops/1/table"},
      {good + op("create", "productions", 5, "{}"), "422 validation", "/ops/1/op"},
      {good + op("update", "productions", 5, "{}"), "422 validation", "/ops/1/id"},
      {good + op("update", "sources", 0, "{}"), "422 validation", "/ops/1/id"},
      {good + R"({"op":"delete","table":"sources","id":"X"})", "422 validation", "/ops/1/id"},
      {good + op("update", "sources", 5), "422 validation", "/ops/1/row"},
      {good + op("update", "sources", 5, "[]"), "422 validation", "/ops/1/row"},
      {good + op("delete", "sources", 5, "{}"), "422 validation", "/ops/1/row"},
      {good + op("delete", "sources", 5, "", R"(,"x":1)"), "422 validation", "/ops/1/x"},
      {good + op("update", "sources", 5, R"({"h_res":0})"), "422 validation", "/ops/1/row/h_res"},
      {good + op("update", "sources", 5, R"({"colour":0})"), "422 validation", "/ops/1/row/colour"},
      {good + op("create", "sources", 0, R"({"name":"x"})"), "422 validation", "/ops/1/row/type"},
      {good + camera(12, R"(,"outputs":[{"output_index":"x"}])"), "422 validation",
       "/ops/1/row/outputs/0/output_index"},
      {good + op("create", "sources", 12, R"({"id":")" + id_of(13) + R"(","type":"a","name":"b"})"),
       "422 validation", "/ops/1/row/id"},
      {good + op("update", "sources", 5, "{}", base + "7"), "422 validation",
       "/ops/1/base_version"},
      {good + op("update", "sources", 5, "{}", base + "\"x\""), "422 validation",
       "/ops/1/base_version"},
      {good + op("restore", "sources", 5, "", base + "\"x\""), "422 validation",
       "/ops/1/base_version"},
      {good + op("update", "sources", 99, R"({"h_res":0})"), "404 not-found", "/ops/1/id"},
      {good + op("update", "sources", 6, "{}"), "404 not-found", "/ops/1/id"},
      {good + op("create", "sources", 6, R"({"type":"a","name":"b"})"), "409 already-exists",
       "/ops/1/row/id"},
      {op("delete", "sources", 99) + ",7", "404 not-found", "/ops/0/id"},
      {"7," + op("delete", "sources", 99), "422 validation", "/ops/0"},
  };
  for (const Case& c : cases) {
    INFO(c.ops);
    Answer bad = show.refused(c.ops);
    REQUIRE(bad.problem() == c.problem);
    REQUIRE(bad["/errors/0/pointer"] == c.pointer);
    REQUIRE(bad["/detail"].size() > 10);
    REQUIRE(bad["/errors/0/code"] != "(none)");
  }
  REQUIRE(elsewhere == id_of(6));
}

TEST_CASE("a batch that is none", "[http][api]") {
  Show show;
  const auto pointer = [&](std::string_view body) {
    Answer bad = show.node.post(show.target, body);
    INFO(bad.body);
    REQUIRE(bad.problem() == "422 validation");
    return bad["/errors/0/pointer"];
  };
  REQUIRE(pointer("[]") == "");
  REQUIRE(pointer("{}") == "/ops");
  REQUIRE(pointer(R"({"ops":{}})") == "/ops");
  REQUIRE(pointer(R"({"ops":[]})") == "/ops");
  REQUIRE(pointer(R"({"ops":[],"x":1})") == "/x");
  REQUIRE(pointer(R"({"ops":[],"label":1})") == "/label");
  std::string ops = "0";
  for (int n = 0; n < 2'000; ++n) ops += ",0";
  REQUIRE(pointer("{\"ops\":[" + ops + "]}") == "/ops");
  std::string label(1'001, 'x');
  REQUIRE(pointer(R"({"label":")" + label + R"(","ops":[)" + camera(1) + "]}") == "/label");
  REQUIRE(show.node.post(show.target, "{").problem() == "400 bad-request");
  REQUIRE(show.node.post(show.target).problem() == "415 unsupported-media-type");
  REQUIRE(show.node.get(show.target).problem() == "405 method-not-allowed");
  REQUIRE(show.node.post(at("productions", id_of(99)) + "/batch", R"({"ops":[]})").problem() ==
          "404 not-found");
  Answer headed = show.batch(camera(1), {{"If-Match", "*"}});
  REQUIRE(headed.problem() == "400 bad-request");
  REQUIRE(headed["/errors/0/parameter"] == "If-Match");
  REQUIRE(show.batch(camera(1), {{"Base-Version", "\"x\""}})["/errors/0/parameter"] ==
          "Base-Version");
  REQUIRE(show.node.bugs().empty());
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

TEST_CASE("a gone production, and a locked one", "[http][api]") {
  Show office(Role::cloud);
  office.node.make_source(office.production, 5);
  std::string show = at("productions", office.production);
  REQUIRE(office.node.del(show).status == 200);
  Answer gone = office.refused(camera(11));
  REQUIRE(gone.problem() == "410 gone");
  REQUIRE(gone["/errors/0/pointer"].starts_with("/ops/0"));
  REQUIRE(office.batch(op("restore", "productions", 1) + "," + camera(11)).status == 200);

  ApiNode::Options other;
  other.number = 2;
  ApiNode venue(other);
  office.node.ship_to(venue, office.production);
  REQUIRE(venue.post(show + "/lock", R"({"reason":"show day"})").status == 200);
  REQUIRE(venue.post(show + "/batch", R"({"ops":[)" + camera(12) + "]}").status == 200);
  venue.ship_to(office.node, office.production);
  Answer locked = office.refused(op("update", "sources", 99, "{}"));
  REQUIRE(locked.problem() == "423 production-locked");
  REQUIRE(locked["/lock/reason"] == "show day");
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

TEST_CASE("2,000 ops are taken, and more than an event holds is 413", "[http][api]") {
  Show show;
  std::string makes, edits;
  for (int n = 0; n < 2'000; ++n) {
    makes += (n ? "," : "") + op("create", "sources", 1'000 + n, R"({"type":"camera","name":"C"})");
    edits +=
        (n ? "," : "") + op("update", "sources", 1'000 + n,
                            R"({"name":"longer","label":"x","note":")" + std::string(150, 'x') +
                                R"(","type":"vtr","h_res":1920,)"
                                R"("v_res":1080,"rate":60,"sort_order":"b0"})");
  }
  auto begun = std::chrono::steady_clock::now();
  Answer made = show.batch(makes);
  REQUIRE(made.status == 200);
  REQUIRE(made.count("/results") == 2'000);
  REQUIRE(std::chrono::steady_clock::now() - begun < std::chrono::seconds(30));
  Answer large = show.refused(edits);
  REQUIRE(large.problem() == "413 too-large");
  REQUIRE(large["/detail"].find("in parts") != std::string::npos);
}

}  // namespace
}  // namespace genlock::http
