// What a row holds: values, opaque JSON, nested lists, ids, references (docs/api.md, sections 1 and
// 2).
#include "api_node.h"

namespace genlock::http {
namespace {

struct Show {
  ApiNode node;
  std::string production = node.make_production();
  std::string of(std::string_view list) {
    return at("productions", production) + "/" + std::string(list);
  }
};

TEST_CASE("numbers are printed shortest, times in UTC with milliseconds", "[http][api]") {
  Show show;
  std::string source = show.node.make_source(show.production, 11, R"(,"rate":60.0,"h_res":1920)");
  REQUIRE(show.node.get(at("sources", source))["/rate"] == "60");
  REQUIRE(show.node.put(at("sources", source), R"({"rate":59.94})")["/rate"] == "59.94");
  std::string before = show.node.get(at("sources", source)).etag();
  REQUIRE(show.node.put(at("sources", source), R"({"rate":5.994e1,"h_res":1920.0})").etag() ==
          before);
  Answer show_row = show.node.put(at("productions", show.production),
                                  R"({"load_in":"2026-11-22T19:42:03.1149+01:00"})");
  REQUIRE(show_row["/load_in"] == "2026-11-22T18:42:03.114Z");
}

TEST_CASE("opaque JSON keeps its values and the order of its keys", "[http][api]") {
  ApiNode node;
  Answer made = node.post("/api/equipment", R"({"category":"c","manufacturer":"m","model":"x",
      "specs":{"z":1,"a":{"y":[1,2.50,null,true],"b":"\u00fc"}},"device_formats":["1080p60"]})");
  REQUIRE(made.status == 201);
  REQUIRE(made["/specs"] == R"({"z":1,"a":{"y":[1,2.5,null,true],"b":"ü"}})");
  REQUIRE(made["/device_formats"] == R"(["1080p60"])");
}

TEST_CASE("PATCH merges into opaque JSON, PUT replaces it", "[http][api]") {
  ApiNode node;
  Answer made = node.post("/api/equipment", R"({"category":"c","manufacturer":"m","model":"x",
      "specs":{"a":1,"b":{"c":2,"d":3}}})");
  std::string path = at("equipment", made.id());
  const HeaderList merge{{"Content-Type", "application/merge-patch+json"}};
  REQUIRE(node.patch(path, R"({"specs":{"b":{"c":null,"e":4}}})", merge)["/specs"] ==
          R"({"a":1,"b":{"d":3,"e":4}})");
  REQUIRE(node.patch(path, R"({"specs":{"a":null}})")["/specs"] == R"({"b":{"d":3,"e":4}})");
  REQUIRE(node.put(path, R"({"specs":{"a":2}})")["/specs"] == R"({"a":2})");
  REQUIRE(node.patch(path, R"({"specs":null,"category":"d"})")["/specs"] == "null");
}

TEST_CASE("a row can be sent back as it came", "[http][api]") {
  Show show;
  show.node.make_source(
      show.production, 11,
      R"(,"outputs":[{"connector":"SDI"},{"connector":"HDMI","output_index":2}])");
  Answer row = show.node.get(at("sources", id_of(11)));
  Answer again = show.node.put(at("sources", id_of(11)), row.body);
  REQUIRE(again.status == 200);
  REQUIRE(again.body == row.body);
}

TEST_CASE("a nested list is written whole", "[http][api]") {
  Show show;
  std::string path = at(
      "sources", show.node.make_source(
                     show.production, 11,
                     R"(,"outputs":[{"connector":"SDI"},{"connector":"HDMI","output_index":2}])"));
  Answer row = show.node.get(path);
  REQUIRE(row.count("/outputs") == 2);
  REQUIRE(row["/outputs/0/source_id"] == id_of(11));
  REQUIRE(row["/outputs/0/output_index"] == "1");
  REQUIRE(row["/outputs/0/version"] == "1");
  std::string first = row["/outputs/0/id"], second = row["/outputs/1/id"];

  // Known id: update. Without an id: matched by output_index. Missing: deleted. New: created.
  Answer put = show.node.put(
      path,
      R"({"outputs":[{"output_index":2,"connector":"DP"},{"output_index":3,"connector":"SDI"}]})");
  REQUIRE(put.status == 200);
  REQUIRE(put.count("/outputs") == 2);
  REQUIRE(put["/outputs/0/id"] == second);
  REQUIRE(put["/outputs/0/connector"] == "DP");
  REQUIRE(put["/outputs/1/output_index"] == "3");
  REQUIRE(put.body.find(first) == std::string::npos);
  REQUIRE(show.node.put(path, R"({"name":"CAM 9"})").count("/outputs") == 2);
  REQUIRE(show.node.put(path, R"({"outputs":[]})")["/outputs"] == "[]");
}

TEST_CASE("equipment nests ports, and cards with theirs", "[http][api]") {
  ApiNode node;
  Answer made = node.post("/api/equipment", R"({"category":"router","manufacturer":"m","model":"x",
      "io_architecture":"card-based","card_slots":2,
      "io_ports":[{"port_type":"input","io_type":"SDI","port_index":0}],
      "cards":[{"slot_number":1,"io":[{"port_type":"output","io_type":"SDI","port_index":1}]}]})");
  INFO(made.body);
  REQUIRE(made.status == 201);
  REQUIRE(made["/io_ports/0/equipment_id"] == made.id());
  REQUIRE(made["/cards/0/io/0/card_id"] == made["/cards/0/id"]);
  REQUIRE(made["/format_by_io"] == "true");
  Answer taken = node.put(at("equipment", made.id()), R"({"cards":[{"slot_number":1},{"id":")" +
                                                          id_of(5) + R"(","slot_number":1}]})");
  REQUIRE(taken.problem() == "422 validation");
  REQUIRE(taken["/errors/0/code"] == "unique");
  REQUIRE(taken["/errors/0/pointer"].starts_with("/cards/"));
}

TEST_CASE("an id of one's own: the same content again is 200, another one 409", "[http][api]") {
  Show show;
  std::string body = R"({"id":")" + id_of(11) + R"(","type":"camera","name":"CAM"})";
  Answer first = show.node.post(show.of("sources"), body);
  REQUIRE(first.status == 201);
  Answer again = show.node.post(show.of("sources"), body);
  REQUIRE(again.status == 200);
  REQUIRE(again.header("Location").empty());
  REQUIRE(again.body == first.body);
  Answer taken = show.node.post(show.of("sources"),
                                R"({"id":")" + id_of(11) + R"(","type":"camera","name":"OTHER"})");
  REQUIRE(taken.problem() == "409 already-exists");
  REQUIRE(taken["/current/name"] == "CAM");
}

TEST_CASE("an id names one row on the whole node, whatever show it is in", "[http][api]") {
  Show show;
  std::string other = show.node.make_production(2);
  show.node.make_source(
      other, 11, R"(,"outputs":[{"id":"00000000-0000-4000-8000-000000000021","connector":"SDI"}])");
  auto before = show.node.dump();
  Answer taken =
      show.node.post(show.of("sources"), R"({"id":")" + id_of(11) + R"(","type":"a","name":"b"})");
  REQUIRE(taken.problem() == "409 already-exists");
  REQUIRE(taken["/current/production_id"] == other);
  Answer child = show.node.post(show.of("sources"), R"({"type":"a","name":"b","outputs":[{"id":")" +
                                                        id_of(21) + R"(","connector":"x"}]})");
  REQUIRE(child.problem() == "422 validation");
  REQUIRE(child["/errors/0/pointer"] == "/outputs/0/id");
  REQUIRE(
      show.node.post(at("productions", id_of(9)) + "/sources", R"({"id":")" + id_of(11) + R"("})")
          .status == 404);
  REQUIRE(show.node.dump() == before);
}

TEST_CASE("ids that mean something else are refused", "[http][api]") {
  Show show;
  for (const std::string& id : {std::string("00000000-0000-0000-0000-000000000000"),
                                library_stream.to_string(), directory_stream.to_string()}) {
    INFO(id);
    Answer production = show.node.post("/api/productions",
                                       R"({"id":")" + id + R"(","client":"a","show_name":"b"})");
    REQUIRE(production.problem() == "422 validation");
    REQUIRE(production["/errors/0/pointer"] == "/id");
    REQUIRE(show.node.post(show.of("sources"), R"({"id":")" + id + R"(","type":"a","name":"b"})")
                .status == 422);
  }
}

TEST_CASE("POST with a deleted id brings the row back with the new content", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 11, R"(,"note":"old")");
  show.node.del(at("sources", id_of(11)));
  Answer back = show.node.post(show.of("sources"),
                               R"({"id":")" + id_of(11) + R"(","type":"camera","name":"NEW"})");
  INFO(back.body);
  REQUIRE(back.status == 201);
  REQUIRE(back["/name"] == "NEW");
  REQUIRE(back["/note"] == "null");
  REQUIRE(back["/is_deleted"] == "false");
}

TEST_CASE("references are checked, and null when their target goes", "[http][api]") {
  Show show;
  show.node.make_source(show.production, 11, R"(,"outputs":[{"connector":"SDI"}])");
  std::string body =
      R"({"production_id":")" + show.production + R"(","source_id":")" + id_of(11) + R"("})";
  Answer made = show.node.post("/api/connections", body);
  REQUIRE(made["/source_id"] == id_of(11));
  REQUIRE(
      show.node.put(at("connections", made.id()), R"({"destination_id":")" + id_of(77) + R"("})")
          .status == 200);
  show.node.del(at("sources", id_of(11)));
  REQUIRE(show.node.get(at("connections", made.id()))["/source_id"] == "null");
  Answer bad =
      show.node.put(at("connections", made.id()), R"({"source_id":")" + id_of(78) + R"("})");
  REQUIRE(bad.problem() == "422 validation");
  REQUIRE(bad["/errors/0/pointer"] == "/source_id");
  REQUIRE(bad["/errors/0/code"] == "reference");
}

}  // namespace
}  // namespace genlock::http
