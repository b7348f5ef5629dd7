#include "cli/node.h"

#include "local_node.h"
#include "projections/node_names.h"

using namespace genlock;
using namespace genlock::cli;

namespace {

NodeOptions options_of(LocalNode& node) {
  NodeOptions options;
  options.data = node.folder() + "/data";
  return options;
}

}  // namespace

TEST_CASE("a node enters itself into the directory, once", "[cli]") {
  LocalNode node("Truck 2");
  NodeNames names(node.node().store());
  REQUIRE(names.of(node.node().identity().origin)->name == "Truck 2");
  Position before = *node.node().log().last_position(node.node().store());
  node.close();
  auto again = Node::open(options_of(node));
  REQUIRE(again.ok());
  REQUIRE(*(*again)->log().last_position((*again)->store()) == before);
  REQUIRE((*again)->identity().name == "Truck 2");
}

TEST_CASE("a new name is told to everybody", "[cli]") {
  LocalNode node("Truck 2");
  node.close();
  NodeOptions options = options_of(node);
  options.role = Role::lan;
  options.name = "Truck 3";
  auto again = Node::open(options);
  REQUIRE(again.ok());
  NodeNames names((*again)->store());
  REQUIRE(names.of((*again)->identity().node)->name == "Truck 3");
}

TEST_CASE("a data directory keeps its role", "[cli]") {
  LocalNode node("Cloud", Role::cloud);
  node.close();
  NodeOptions options = options_of(node);
  options.role = Role::lan;
  REQUIRE(Node::open(options).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a directory in use is refused with the way out, a look at it is not", "[cli]") {
  LocalNode node;
  Result<std::unique_ptr<Node>> second = Node::open(options_of(node));
  REQUIRE(second.error().code == ErrorCode::unavailable);
  REQUIRE(second.error().message.find("--url") != std::string::npos);
  NodeOptions look = options_of(node);
  look.read_only = true;
  REQUIRE(Node::open(look).ok());
}

TEST_CASE("a LAN node that never met a trusted clock doubts its own", "[cli]") {
  LocalNode node;
  node.close();
  NodeOptions options = options_of(node);
  options.role = Role::lan;
  options.has_peer = true;
  {
    auto opened = Node::open(options);
    REQUIRE((*opened)->clock().suspect());
    REQUIRE((*opened)->note_clock_offset(1'500).ok());
    REQUIRE(!(*opened)->clock().suspect());
  }
  auto opened = Node::open(options);
  REQUIRE(!(*opened)->clock().suspect());
  REQUIRE((*opened)->clock().offset_ms() == 1'500);
}
