// Batches that are refused, and where the fault is (docs/api.md, section 6).
#include "batch_show.h"

#include <chrono>

namespace genlock::http {
namespace {

using Show = BatchShow;

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
