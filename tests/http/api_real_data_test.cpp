// The shows and the equipment library that come with the project, through the API and back.
#include "api_node.h"
#include "support/places.h"

#include <fstream>
#include <sstream>

namespace genlock::http {
namespace {

Json read_data(const std::string& name) {
  std::ifstream in(test_data(name));
  std::ostringstream text;
  text << in.rdbuf();
  Result<Json> json = parse_json(text.str());
  INFO(name);
  REQUIRE(json.ok());
  return *std::move(json);
}

// Does the served row have every value that was sent? Times may be written in another zone.
void require_served(const Json& sent, const Answer& served, const std::string& pointer = "") {
  for (const auto& [key, value] : sent.members) {
    if (value.is(Json::Kind::array) || key == "load_in" || key == "load_out") continue;
    INFO(pointer << '/' << key << " of " << served.body.substr(0, 500));
    std::string expected = value.is(Json::Kind::text) ? value.text : dump(value);
    REQUIRE(served.at(pointer + "/" + key) == expected);
  }
}

void import_show(ApiNode& node, const Json& show) {
  REQUIRE(node.post("/api/productions", dump(*show.find("production"))).status == 201);
  std::string path = at("productions", show.find("production")->find("id")->text);
  const std::pair<const char*, std::string> lists[] = {{"sources", path + "/sources"},
                                                       {"sends", path + "/sends"},
                                                       {"connections", "/api/connections"}};
  for (const auto& [list, target] : lists) {
    for (const Json& row : show.find(list)->items) {
      Answer made = node.post(target, dump(row));
      INFO(dump(row) << " -> " << made.body);
      REQUIRE(made.status == 201);
      require_served(row, made);
      if (const Json* path_column = row.find("signal_path"))
        REQUIRE(made["/signal_path"] == dump(*path_column));
      if (const Json* outputs = row.find("outputs"))
        REQUIRE(made.count("/outputs") == outputs->items.size());
    }
    REQUIRE(node.get(path + "/" + list).count() == show.find(list)->items.size());
  }
}

TEST_CASE("a small show goes in and comes out as it was", "[http][api][data]") {
  ApiNode node;
  Json show = read_data("show-small.json");
  import_show(node, show);
  Answer whole =
      node.get(at("productions", show.find("production")->find("id")->text) + "?include=all");
  REQUIRE(whole.count("/sources") == 21);
  REQUIRE(whole.count("/sends") == 21);
  REQUIRE(whole.count("/connections") == 42);
  REQUIRE(whole["/load_in"] == "2024-03-15T00:00:00.000Z");
}

TEST_CASE("a large show is listed whole, filtered and paged", "[http][api][data]") {
  ApiNode node;
  Json show = read_data("show-large.json");
  import_show(node, show);
  std::string path = at("productions", show.find("production")->find("id")->text);
  REQUIRE(node.get(path)["/load_in"] == "2026-09-11T11:00:00.000Z");
  REQUIRE(node.get(path + "/sources?type=eq.CAM").count() > 0);
  REQUIRE(node.get(path + "/connections?limit=100").count() == 100);
}

TEST_CASE("the equipment library goes in, ports and cards too", "[http][api][data]") {
  ApiNode node;
  Json library = read_data("equipment.json");
  for (const Json& item : library.items) {
    Answer made = node.post("/api/equipment", dump(item));
    INFO(dump(item) << " -> " << made.body);
    REQUIRE(made.status == 201);
    require_served(item, made);
    REQUIRE(made.count("/io_ports") == item.find("io_ports")->items.size());
    REQUIRE(made.count("/cards") == item.find("cards")->items.size());
  }
  REQUIRE(node.get("/api/equipment").count() == library.items.size());
}

}  // namespace
}  // namespace genlock::http
