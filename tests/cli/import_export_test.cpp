#include "cli/api_client.h"
#include "local_node.h"
#include "transfer/export.h"
#include "transfer/import.h"
#include "transfer/json_print.h"

using namespace genlock;
using namespace genlock::cli;

namespace {

const char* const show_id = "e24b8cfc-783a-4a26-bc4c-c3359b2f36ba";

std::string everything(LocalNode& node) {
  auto json = export_everything(node.client());
  REQUIRE(json.ok());
  return pretty(*json);
}

// A show with one source, whose columns are `source`.
std::string little_show(const std::string& source) {
  return R"({"production":{"id":"11111111-1111-4111-8111-111111111111","client":"Acme",
      "show_name":"Gala"},"sources":[{"id":"22222222-2222-4222-8222-222222222222",)" +
         source + "}]}";
}

}  // namespace

TEST_CASE("importing twice changes nothing", "[cli]") {
  LocalNode node;
  ImportReport first = node.take({"equipment.json", "show-large.json"});
  REQUIRE(first.total().taken == 290 + 1 + 120 + 160 + 600);
  REQUIRE(first.left_out.empty());
  Position before = *node.node().log().last_position(node.node().store());
  ImportReport second = node.take({"equipment.json", "show-large.json"}, true);
  REQUIRE(second.total().unchanged == first.total().taken);
  REQUIRE(second.total().changed == 0);
  REQUIRE(*node.node().log().last_position(node.node().store()) == before);
}

TEST_CASE("an export is taken back, and gives the same bytes again", "[cli]") {
  LocalNode first("Cloud", Role::cloud), second;
  first.take({"equipment.json", "show-small.json"});
  std::string text = everything(first);
  REQUIRE(second.take({text}).left_out.empty());
  REQUIRE(everything(second) == text);
}

TEST_CASE("one show alone has the shape of its file", "[cli]") {
  LocalNode node;
  node.take({"show-large.json"});
  auto show = export_show(node.client(), show_id);
  REQUIRE(show.ok());
  REQUIRE(show->members[0].first == "production");
  REQUIRE(member(*show, "sources").items.size() == 120);
  REQUIRE(member(*show, "sends").items.size() == 160);
  REQUIRE(member(*show, "connections").items.size() == 600);
  const Json& source = member(*show, "sources").items[0];
  REQUIRE(text_of(source, "name") == "CAM 1");
  REQUIRE(member(source, "outputs").items.size() == 4);
  REQUIRE(source.find("version") == nullptr);
  REQUIRE(source.find("_meta") == nullptr);
}

TEST_CASE("what differs is left as it is, until --update", "[cli]") {
  LocalNode node;
  node.take({little_show(R"("type":"CAM","name":"CAM 1")")});
  std::string changed = little_show(R"("type":"CAM","name":"CAM ONE")");
  ImportReport report = node.take({changed});
  REQUIRE(report.total().different == 1);
  REQUIRE(report.different == std::vector<std::string>{"sources CAM ONE"});
  REQUIRE(node.take({changed}, true).total().changed == 1);
  REQUIRE(node.take({changed}).total().unchanged == 2);
}

TEST_CASE("a row that the node refuses is left out with the reason; the others go on", "[cli]") {
  LocalNode node;
  ImportReport report = node.take({little_show(R"("type":"CAM","name":"CAM 1","h_res":0)")});
  REQUIRE(report.total().taken == 1);
  REQUIRE(report.left_out.size() == 1);
  REQUIRE(report.left_out[0].pointer == "/sources/0");
  REQUIRE(report.left_out[0].reason.find("/h_res") != std::string::npos);
}

TEST_CASE("a deleted row comes back only with --update", "[cli]") {
  LocalNode node;
  std::string show = little_show(R"("type":"CAM","name":"CAM 1")");
  node.take({show});
  ApiCall remove{.method = "DELETE", .target = "/api/sources/22222222-2222-4222-8222-222222222222"};
  REQUIRE(node.client().fetch(remove).ok());
  REQUIRE(node.take({show}).left_out.size() == 1);
  REQUIRE(node.take({show}, true).total().changed == 1);
  REQUIRE(node.client().get(remove.target).ok());
}

TEST_CASE("an id that a row of another show has is refused on a data directory too", "[cli]") {
  LocalNode node;
  node.take({little_show(
      R"("type":"CAM","name":"CAM 1","outputs":[{"id":"33333333-3333-4333-8333-333333333333",
         "connector":"SDI"}])")});
  auto other_show = [](const std::string& source) {
    return R"({"production":{"id":"44444444-4444-4444-8444-444444444444","client":"Acme",
        "show_name":"Other"},"sources":[{)" +
           source + "}]}";
  };
  Position before = *node.node().log().last_position(node.node().store());
  for (bool update : {false, true}) {
    ImportReport same_id = node.take({other_show(R"("id":"22222222-2222-4222-8222-222222222222",
        "type":"CAM","name":"CAM 2")")},
                                     update);
    REQUIRE(same_id.left_out.size() == 1);
    REQUIRE(same_id.left_out[0].pointer == "/sources/0");
    REQUIRE(same_id.left_out[0].reason.find("another production") != std::string::npos);
    ImportReport nested = node.take({other_show(R"("id":"55555555-5555-4555-8555-555555555555",
        "type":"CAM","name":"CAM 2",
        "outputs":[{"id":"33333333-3333-4333-8333-333333333333","connector":"SDI"}])")},
                                    update);
    REQUIRE(nested.left_out.size() == 1);
    REQUIRE(nested.left_out[0].reason.find("/outputs/0/id") != std::string::npos);
  }
  // The other production itself was taken; nothing else was written.
  Position after = *node.node().log().last_position(node.node().store());
  REQUIRE(number(after) == number(before) + 1);
}
