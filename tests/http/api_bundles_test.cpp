// Bundles and archives over the API (docs/api.md, section 13).
#include "api_node.h"

namespace genlock::http {
namespace {

const HeaderList octets = {{"Content-Type", "application/octet-stream"}};

struct Pair {
  ApiNode truck, office{{.number = 2}};
  std::string production = truck.make_production();
  std::string show = at("productions", production);
  Pair() { truck.make_source(production, 7); }
};

// Everything but what a node itself says beside the events.
std::string events_of(const Answer& archive) {
  const std::size_t end = archive.body.find("\n],\"writers\"");
  REQUIRE(end != std::string::npos);
  return archive.body.substr(0, end);
}

}  // namespace

TEST_CASE("a bundle goes from node to node, and again brings nothing", "[http][api][bundle]") {
  Pair nodes;
  const Answer bundle = nodes.truck.get(nodes.show + "/bundle");
  REQUIRE(bundle.status == 200);
  REQUIRE(bundle.header("Content-Type") == "application/octet-stream");
  REQUIRE(bundle.header("Content-Disposition").find(nodes.production) != std::string::npos);
  const Answer report = nodes.office.post("/api/bundle", bundle.body, octets);
  INFO(report.body);
  REQUIRE(report.status == 200);
  REQUIRE(report["/complete"] == "true");
  REQUIRE(report["/from"] == "Truck 1");
  REQUIRE(nodes.office.get(at("sources", id_of(7))).status == 200);
  const Answer again = nodes.office.post("/api/bundle", bundle.body, octets);
  REQUIRE(again["/stored"] == "0");
  REQUIRE(again["/duplicates"] == report["/stored"]);
  REQUIRE(nodes.truck.bugs().empty());
  REQUIRE(nodes.office.bugs().empty());
}

TEST_CASE("a cut bundle is taken as far as it goes, and says where it ends",
          "[http][api][bundle]") {
  Pair nodes;
  const std::string whole = nodes.truck.get(nodes.show + "/bundle").body;
  const Answer cut = nodes.office.post("/api/bundle", whole.substr(0, whole.size() - 9), octets);
  REQUIRE(cut.status == 200);
  REQUIRE(cut["/complete"] == "false");
  REQUIRE(cut["/damage"].starts_with("frame "));
  REQUIRE(nodes.office.post("/api/bundle", whole, octets)["/complete"] == "true");
}

TEST_CASE("an archive is the same JSON on every node that has the events", "[http][api][bundle]") {
  Pair nodes;
  const Answer archive = nodes.truck.get(nodes.show + "/archive");
  REQUIRE(archive.status == 200);
  REQUIRE(archive.header("Content-Type") == "application/json");
  REQUIRE(archive["/archive/production"] == nodes.production);
  REQUIRE(archive.count("/events") == std::stoul(archive["/end/events"]));
  nodes.truck.ship_to(nodes.office, nodes.production);
  const Answer other = nodes.office.get(nodes.show + "/archive");
  REQUIRE(events_of(other) == events_of(archive));
  REQUIRE(other["/end/digest"] == archive["/end/digest"]);
}

TEST_CASE("what is no bundle is refused in its form, and nothing is written",
          "[http][api][bundle]") {
  ApiNode node;
  const auto before = node.dump();
  REQUIRE(node.post("/api/bundle", "{}").problem() == "415 unsupported-media-type");
  REQUIRE(node.post("/api/bundle", "nonsense", octets).problem() == "400 bad-request");
  REQUIRE(node.post("/api/bundle", std::string((4 << 20) + 1, 'x'), octets).problem() ==
          "413 too-large");
  REQUIRE(node.dump() == before);
  REQUIRE(node.bugs().empty());
}

TEST_CASE("shows and nodes that are not known have no files", "[http][api][bundle]") {
  ApiNode node;
  for (const std::string& path : {at("productions", id_of(9)), std::string("/api/productions/x")})
    for (const char* kind : {"/bundle", "/archive"})
      REQUIRE(node.get(path + kind).problem() == "404 not-found");
  REQUIRE(node.get("/api/bundle").problem() == "400 bad-request");
  REQUIRE(node.get("/api/bundle?for=nobody").problem() == "404 not-found");
}

}  // namespace genlock::http
