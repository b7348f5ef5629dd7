#include "transfer/show_file.h"

#include "catch.h"
#include "support/places.h"
#include "transfer/api_client.h"

#include <set>

using namespace genlock;
using namespace genlock::transfer;

namespace {

const std::string samples = test_data("");

}  // namespace

TEST_CASE("the equipment library reads with one id for each row", "[cli]") {
  Result<ImportFile> file = read_import_file(samples + "/equipment.json");
  REQUIRE(file.ok());
  std::set<RecordId> ids;
  for (const FileRow& row : file->equipment) ids.insert(row.id);
  REQUIRE(ids.size() == 290);
  REQUIRE(file->shows.empty());
}

TEST_CASE("ids are the same on every run, also of two devices of one model", "[cli]") {
  const std::string text =
      R"([{"manufacturer":"Acme","model":"X"},{"manufacturer":"Acme","model":"X"}])";
  Result<ImportFile> first = parse_import_file("a", text), second = parse_import_file("b", text);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  REQUIRE(first->equipment[0].id == second->equipment[0].id);
  REQUIRE(first->equipment[1].id == second->equipment[1].id);
  REQUIRE(first->equipment[0].id != first->equipment[1].id);
  // Rows in a database somewhere have this id: it must never change.
  REQUIRE(first->equipment[0].id.to_string() == "f7ece621-8627-59cf-b358-6958ca5a9ed0");
}

TEST_CASE("ports and cards get ids of their own path", "[cli]") {
  Result<ImportFile> file =
      parse_import_file("a", R"([{"manufacturer":"Acme","model":"X","io_ports":[
      {"port_type":"input","port_index":0},{"port_type":"output","port_index":0}],
      "cards":[{"slot_number":1,"io":[{"port_type":"input","port_index":0}]}]}])");
  REQUIRE(file.ok());
  const Json& device = file->equipment[0].json;
  std::set<std::string> ids = {text_of(device, "id")};
  for (const Json& port : member(device, "io_ports").items) ids.insert(text_of(port, "id"));
  for (const Json& card : member(device, "cards").items) {
    ids.insert(text_of(card, "id"));
    for (const Json& port : member(card, "io").items) ids.insert(text_of(port, "id"));
  }
  REQUIRE(ids.size() == 5);
  REQUIRE(ids.count("") == 0);
}

TEST_CASE("a show's rows come in an order that respects references", "[cli]") {
  Result<ImportFile> file = read_import_file(samples + "/show-small.json");
  REQUIRE(file.ok());
  REQUIRE(file->shows.size() == 1);
  const ShowFile& show = file->shows[0];
  REQUIRE(show.production.label == "Annual Conference 2024");
  REQUIRE(show.children.size() == 21 + 21 + 42);
  REQUIRE(show.children.front().table->name == "sources");
  REQUIRE(show.children.back().table->name == "connections");
}

TEST_CASE("what is no file of ours is refused with the place", "[cli]") {
  auto refusal = [](const char* text) { return parse_import_file("f", text).error().message; };
  REQUIRE(refusal("[1]") == "/0 is no object");
  REQUIRE(refusal(R"([{"id":"ABC"}])") == "/0/id is no lower-case UUID");
  REQUIRE(refusal(R"({"production":{},"sources":3})") == "/sources is no list");
  REQUIRE(parse_import_file("f", "{").error().code == ErrorCode::bad_request);
  REQUIRE(parse_import_file("f", R"({"state":{}})").error().code == ErrorCode::bad_request);
  REQUIRE(read_import_file("/nowhere.json").error().code == ErrorCode::not_found);
}
