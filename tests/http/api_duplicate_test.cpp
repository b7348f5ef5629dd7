// A show as another show (docs/api.md, section 4).
#include "api_node.h"

#include <set>

namespace genlock::http {
namespace {

const std::string key = "018f6b1e-0000-7000-8000-0000000000d1";

// A production with a source and its output, a send, what connects them, and an attachment.
struct Show {
  ApiNode node;
  std::string production = node.make_production();
  std::string path = "/api/productions/" + production;

  Show() {
    std::string source = node.make_source(
        production, 11, R"(,"outputs":[{"id":")" + id_of(12) + R"(","connector":"SDI"}])");
    REQUIRE(node.post(path + "/sends", R"({"id":")" + id_of(13) + R"(","type":"M","name":"S"})")
                .status == 201);
    Answer made =
        node.post("/api/connections", R"({"production_id":")" + production + R"(","source_id":")" +
                                          id_of(11) + R"(","source_output_id":")" + id_of(12) +
                                          R"(","destination_type":"send","destination_id":")" +
                                          id_of(13) + R"(","intermediate_id":")" + id_of(99) +
                                          R"(","signal_path":[{"id":")" + id_of(11) + "\"}]}");
    INFO(made.body);
    REQUIRE(made.status == 201);
    REQUIRE(node.post(path + "/attachments", R"({"name":"checklist","content":["x"]})").status ==
            201);
    std::string gone = node.make_source(production, 14);
    REQUIRE(node.del(at("sources", id_of(14))).status == 200);
  }
  Answer duplicate(const std::string& body = "", const HeaderList& headers = {}) {
    return node.post(path + "/duplicate", body, headers);
  }
};

TEST_CASE("a duplicate has all rows under new ids, and points to its own",
          "[http][api][duplicate]") {
  Show show;
  auto before = show.node.get(show.path + "?include=all").body;
  Answer copy =
      show.duplicate(R"({"show_name":"Gala 2027","load_in":null})", {{"Genlock-User", "Ana"}});
  INFO(copy.body);
  REQUIRE(copy.status == 201);
  REQUIRE(copy.header("Location") == at("productions", copy.id()));
  REQUIRE(copy["/show_name"] == "Gala 2027");
  REQUIRE(copy["/status"] == "planning");
  REQUIRE(copy["/_meta/by/user"] == "Ana");
  Answer whole = show.node.get("/api/productions/" + copy.id() + "?include=all");
  REQUIRE(whole.count("/sources") == 1);
  REQUIRE(whole["/sources/0/label"] == "SRC 11");
  REQUIRE(whole["/sources/0/id"] != id_of(11));
  REQUIRE(whole["/sources/0/outputs/0/id"] != id_of(12));
  const std::string connection = "/connections/0";
  REQUIRE(whole[connection + "/production_id"] == copy.id());
  REQUIRE(whole[connection + "/source_id"] == whole["/sources/0/id"]);
  REQUIRE(whole[connection + "/source_output_id"] == whole["/sources/0/outputs/0/id"]);
  REQUIRE(whole[connection + "/destination_id"] == whole["/sends/0/id"]);
  REQUIRE(whole[connection + "/signal_path/0/id"] == whole["/sources/0/id"]);
  REQUIRE(whole[connection + "/intermediate_id"] == id_of(99));  // a device of neither
  REQUIRE(show.node.get("/api/productions/" + copy.id() + "/attachments")["/0/content"] ==
          R"(["x"])");
  REQUIRE(show.node.get(show.path + "?include=all").body == before);
  REQUIRE(show.node.bugs().empty());
}

TEST_CASE("a duplicate sent again is the same one, also on another node",
          "[http][api][duplicate]") {
  Show show;
  ApiNode other({.number = 2});
  show.node.ship_to(other, show.production);
  Answer first = show.duplicate("", {{"Idempotency-Key", key}});
  INFO(first.body);
  REQUIRE(first.status == 201);
  REQUIRE(first["/show_name"].ends_with(" (copy)"));
  auto before = show.node.dump();
  Answer again = show.duplicate("", {{"Idempotency-Key", key}});
  REQUIRE(again.status == 201);
  REQUIRE(again.header("Idempotency-Replayed") == "true");
  REQUIRE(again.id() == first.id());
  REQUIRE(show.node.dump() == before);
  Answer elsewhere = other.post(show.path + "/duplicate", "", {{"Idempotency-Key", key}});
  REQUIRE(elsewhere.id() == first.id());
  const std::string all = "/api/productions/" + first.id() + "/sources";
  REQUIRE(other.get(all)["/0/id"] == show.node.get(all)["/0/id"]);
  REQUIRE(show.duplicate(R"({"room":"x"})", {{"Idempotency-Key", key}}).problem() ==
          "422 idempotency-mismatch");
}

TEST_CASE("a duplicate that can't be leaves nothing", "[http][api][duplicate]") {
  Show show;
  auto before = show.node.dump();
  REQUIRE(show.duplicate(R"({"status":"perhaps"})").problem() == "422 validation");
  REQUIRE(show.duplicate(R"({"colour":1})").problem() == "422 validation");
  REQUIRE(show.duplicate("[]").problem() == "422 validation");
  REQUIRE(show.duplicate("{").problem() == "400 bad-request");
  REQUIRE(show.duplicate(R"({"id":")" + show.production + "\"}").problem() == "422 validation");
  REQUIRE(show.node.post("/api/productions/" + id_of(77) + "/duplicate").problem() ==
          "404 not-found");
  REQUIRE(show.node.post("/api/productions/x/duplicate").problem() == "404 not-found");
  REQUIRE(show.node.dump() == before);
  REQUIRE(show.node.del(show.path).status == 200);
  REQUIRE(show.duplicate().problem() == "410 gone");
}

TEST_CASE("a device that is archived is out of the lists, and comes back", "[http][api]") {
  ApiNode node;
  Answer device = node.post("/api/equipment",
                            R"({"category":"ccu","manufacturer":"Sony","model":"HDCU-5500"})");
  REQUIRE(node.del(at("equipment", device.id())).status == 200);
  REQUIRE(node.get("/api/equipment").count() == 0);
  Answer archived = node.get("/api/equipment?deleted=true&is_deleted=is.true");
  INFO(archived.body);
  REQUIRE(archived["/0/id"] == device.id());
  REQUIRE(node.post(at("equipment", device.id()) + "/restore").status == 200);
  REQUIRE(node.get("/api/equipment").count() == 1);
}

}  // namespace
}  // namespace genlock::http
