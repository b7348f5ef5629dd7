// Notes for the change feed stay within their bounds.
#include "projections/change_note.h"

#include "projections/keys.h"
#include "rows_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

struct FewNotes : RowProjection {
  FewNotes() : RowProjection(Role::lan, {.events = 20, .bytes = 1 << 20}) {}
};
struct SmallNotes : RowProjection {
  SmallNotes() : RowProjection(Role::lan, {.events = 1'000'000, .bytes = 300}) {}
};

template <class Node>
std::vector<std::uint64_t> noted(const Node& node) {
  std::vector<std::uint64_t> positions;
  REQUIRE(node.store
              .scan_prefix(Space::local, "changed:",
                           [&](std::string_view key, std::string_view) {
                             positions.push_back(read_be64(key.substr(key.size() - 8)));
                             return true;
                           })
              .ok());
  return positions;
}

// Hides and shows a source again: each leaves a note.
template <class Node>
void hide_and_show(Node& node) {
  remove(node, gala_row);
  command(node, CommandKind::restore, gala_row);
}

}  // namespace

TEST_CASE("notes further back than so many events go, and a cursor can tell", "[projections]") {
  BasicReplica<FewNotes> node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"CAM","name":"A"})");
  for (int i = 0; i < 30; ++i) hide_and_show(node);
  const auto positions = noted(node);
  const std::uint64_t last = number(node.log.last_position(node.store).value());
  REQUIRE(last == 62);
  REQUIRE(positions.front() >= last - 20);
  REQUIRE(positions.back() == last);
  REQUIRE(positions.size() == 21);
  REQUIRE(number(note_horizon(node.store).value()) == positions.front() - 1);
}

TEST_CASE("notes of more than so many bytes go, the oldest first", "[projections]") {
  BasicReplica<SmallNotes> node(1, Role::lan);
  create_gala(node);
  for (std::uint8_t n = 1; n <= 3; ++n) create(node, source(n), R"({"type":"CAM","name":"A"})");
  for (int i = 0; i < 20; ++i) hide_and_show(node);
  const auto positions = noted(node);
  REQUIRE(positions.size() == 4);  // of 8 + 3 * 18 bytes each
  REQUIRE(number(note_horizon(node.store).value()) == positions.front() - 1);
}

TEST_CASE("where nothing was dropped there is no horizon", "[projections]") {
  LanNode node(1, Role::lan);
  create_gala(node);
  create(node, source(1), R"({"type":"CAM","name":"A"})");
  hide_and_show(node);
  REQUIRE(noted(node).size() == 2);
  REQUIRE(note_horizon(node.store).value() == Position::none);
}
