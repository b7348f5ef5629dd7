#include "engine/stability.h"

#include "catch.h"
#include "support/literals.h"

using namespace genlock;
using namespace genlock::literals;

namespace {

// The contexts of a history, by event.
using History = std::map<Dot, VersionVector>;

ContextOf contexts(const History& history) {
  return [&history](const Dot& dot) -> Result<VersionVector> { return history.at(dot); };
}
Dot dot(OriginId origin, std::uint64_t sequence) { return {origin, Sequence{sequence}}; }

Acknowledgement said(VersionVector stable, VersionVector held, std::vector<OriginId> with) {
  return {std::move(stable), std::move(held), std::move(with)};
}

Standing two(Acknowledgement alice, Acknowledgement bob, VersionVector held) {
  return {.members = {Alice, Bob},
          .said = {{Alice, std::move(alice)}, {Bob, std::move(bob)}},
          .held = std::move(held)};
}

using Back = std::vector<std::pair<OriginId, HoldBack>>;

TEST_CASE("what all members have held and nobody wrote beside is stable", "[stability]") {
  const std::vector<OriginId> both{Alice, Bob};
  const Standing standing = two(said("a:5 b:4"_vv, "a:7 b:4"_vv, both),
                                said("a:6 b:3"_vv, "a:6 b:4"_vv, both), "a:8 b:4"_vv);
  const History history{{dot(Alice, 6), "a:5 b:3"_vv}, {dot(Bob, 4), "a:5 b:3"_vv}};
  const auto found = stable_cut(standing, {}, contexts(history));
  REQUIRE(found->cut == "a:5 b:3"_vv);
  REQUIRE(found->held_back.empty());
}

TEST_CASE("an event beside the acknowledged ones takes the cut back to before it", "[stability]") {
  const std::vector<OriginId> both{Alice, Bob};
  const Standing standing = two(said("a:5 b:4"_vv, "a:5 b:4"_vv, both),
                                said("a:5 b:4"_vv, "a:5 b:5"_vv, both), "a:5 b:5"_vv);
  // Bob's fifth had seen three of Alice's; her fifth had seen two of his.
  const History history{
      {dot(Bob, 5), "a:3 b:4"_vv}, {dot(Alice, 4), "a:3 b:2"_vv}, {dot(Bob, 3), "a:3 b:2"_vv}};
  REQUIRE(stable_cut(standing, {}, contexts(history))->cut == "a:3 b:2"_vv);
}

TEST_CASE("a cut that was taken is never taken back", "[stability]") {
  const std::vector<OriginId> both{Alice, Bob};
  Standing standing = two(said("a:2"_vv, "a:2"_vv, both), said("a:1"_vv, "a:1"_vv, both), "a:2"_vv);
  REQUIRE(stable_cut(standing, "a:2"_vv, contexts({}))->cut == "a:2"_vv);
  standing.said.erase(Bob);
  REQUIRE(stable_cut(standing, "a:2"_vv, contexts({}))->cut == "a:2"_vv);
}

TEST_CASE("who holds a cut back, and why, is told", "[stability]") {
  const std::vector<OriginId> both{Alice, Bob};
  const Acknowledgement good = said("a:1"_vv, "a:1"_vv, both);
  const auto back = [&](const Standing& standing) {
    return stable_cut(standing, {}, contexts({}))->held_back;
  };
  Standing standing = two(good, good, "a:1"_vv);
  REQUIRE(back(standing).empty());
  standing.said[Bob] = said("a:1"_vv, "a:1 b:2"_vv, both);
  REQUIRE(back(standing) == Back{{Bob, HoldBack::ahead}});
  standing.said[Bob] = said("a:1"_vv, "a:1"_vv, {Bob});
  REQUIRE(back(standing) == Back{{Bob, HoldBack::apart}});
  standing.said[Bob] = said({}, "a:1"_vv, both);
  REQUIRE(back(standing) == Back{{Bob, HoldBack::unstable}});
  standing.said.erase(Bob);
  REQUIRE(back(standing) == Back{{Bob, HoldBack::silent}});
  standing = two(good, good, "a:1"_vv);
  standing.is_forked = true;
  REQUIRE(back(standing) == Back{{OriginId{}, HoldBack::forked}});
}

TEST_CASE("an acknowledgement says everything once", "[stability]") {
  Standing standing{.members = {Alice}, .said = {}, .held = "a:3"_vv};
  const auto first = next_acknowledgement(standing, Alice, "a:2"_vv);
  REQUIRE(first == said("a:2"_vv, "a:3"_vv, {Alice}));
  standing.said[Alice] = *first;
  standing.held = "a:4"_vv;
  REQUIRE(!next_acknowledgement(standing, Alice, "a:2"_vv));
  REQUIRE(next_acknowledgement(standing, Alice, "a:3"_vv) == said("a:3"_vv, "a:4"_vv, {Alice}));
}

TEST_CASE("who begins promises what others promised, once it holds that", "[stability]") {
  Standing standing{.members = {Alice, Bob},
                    .said = {{Alice, said("a:3"_vv, "a:4"_vv, {Alice})}},
                    .held = "a:2"_vv};
  REQUIRE(!next_acknowledgement(standing, Bob, {}));
  standing.held = "a:4"_vv;
  REQUIRE(next_acknowledgement(standing, Bob, {}) == said("a:3"_vv, "a:4"_vv, {Alice, Bob}));
}

TEST_CASE("a newcomer counts once it came through the door", "[stability]") {
  const std::vector<OriginId> both{Alice, Bob};
  Standing standing{
      .members = both, .said = {{Alice, said("a:3"_vv, "a:4"_vv, {Alice})}}, .held = "a:5"_vv};
  REQUIRE(!next_acknowledgement(standing, Alice, "a:5"_vv));
  standing.said[Bob] = said("a:2"_vv, "a:5"_vv, both);  // promises less than Alice did
  REQUIRE(!next_acknowledgement(standing, Alice, "a:5"_vv));
  standing.said[Bob] = said("a:3"_vv, "a:5 b:1"_vv, both);  // holds what Alice has not seen
  REQUIRE(!next_acknowledgement(standing, Alice, "a:5"_vv));
  standing.held = "a:5 b:1"_vv;
  REQUIRE(next_acknowledgement(standing, Alice, "a:5"_vv) == said("a:5"_vv, "a:5 b:1"_vv, both));
}

TEST_CASE("two who began beside each other do not wait for each other", "[stability]") {
  // Both followed Alice before they heard of each other.
  const std::vector<OriginId> all{Alice, Bob, Carol};
  Standing standing{.members = all,
                    .said = {{Alice, said("a:3"_vv, "a:4"_vv, {Alice})},
                             {Bob, said("a:3"_vv, "a:4"_vv, {Alice, Bob})},
                             {Carol, said("a:3"_vv, "a:4"_vv, {Alice, Carol})}},
                    .held = "a:4"_vv};
  for (OriginId self : all)
    REQUIRE(next_acknowledgement(standing, self, "a:4"_vv) == said("a:4"_vv, "a:4"_vv, all));

  // Alice was retired meanwhile: who knew her as a member still does.
  standing.members = {Bob, Carol};
  REQUIRE(next_acknowledgement(standing, Bob, "a:4"_vv));
  // Carol lets in somebody of whom Bob never heard: he waits, and forgets who was closed.
  standing.said[Carol].with = {Alice, Carol, origin_of('d')};
  REQUIRE(next_acknowledgement(standing, Bob, "a:4"_vv) == said("a:3"_vv, "a:4"_vv, {Bob}));
  standing.said[Bob] = said("a:3"_vv, "a:4"_vv, {Bob});
  REQUIRE(!next_acknowledgement(standing, Bob, "a:4"_vv));
  // Carol waits for nobody, and forgets them, too.
  standing.said[Carol] = *next_acknowledgement(standing, Carol, "a:4"_vv);
  REQUIRE(standing.said[Carol].with == standing.members);
  REQUIRE(next_acknowledgement(standing, Bob, "a:4"_vv)->with == standing.members);
}

TEST_CASE("two who promised different things come to one promise", "[stability]") {
  const std::vector<OriginId> both{Alice, Bob};
  Standing standing{
      .members = both,
      .said = {{Alice, said("a:1"_vv, "a:1"_vv, {Alice})}, {Bob, said("b:1"_vv, "b:1"_vv, {Bob})}},
      .held = "a:1"_vv};
  REQUIRE(!next_acknowledgement(standing, Alice, "a:1"_vv));  // what Bob promised is not here yet
  standing.held = "a:2 b:1"_vv;
  standing.said[Alice] = *next_acknowledgement(standing, Alice, "a:2 b:1"_vv);
  REQUIRE(standing.said[Alice] == said("a:1 b:1"_vv, "a:2 b:1"_vv, {Alice}));
  REQUIRE(!next_acknowledgement(standing, Alice, "a:2 b:1"_vv));
  // That is enough for Bob, and what he says for her.
  standing.said[Bob] = *next_acknowledgement(standing, Bob, "a:2 b:1"_vv);
  REQUIRE(standing.said[Bob] == said("a:2 b:1"_vv, "a:2 b:1"_vv, both));
  REQUIRE(next_acknowledgement(standing, Alice, "a:2 b:1"_vv) == standing.said[Bob]);
}

TEST_CASE("a stranger's event comes in only with what was promised in its context", "[stability]") {
  const Door door = door_of(said("a:3"_vv, "a:4"_vv, {Alice, Bob}));
  REQUIRE(door.lets_in(Bob, Bob, {}));
  REQUIRE(door.lets_in(Carol, Bob, {}));  // what a member wrote, through anybody
  REQUIRE(door.lets_in(Bob, Carol, "a:2"_vv));
  REQUIRE(!door.lets_in(Carol, Carol, "a:2"_vv));
  REQUIRE(door.lets_in(Carol, Carol, "a:3 c:7"_vv));
  REQUIRE(!door.lets_in(OriginId{}, Carol, "a:2"_vv));
  REQUIRE(door_of(std::nullopt).lets_in(Carol, Carol, {}));

  const Doors doors{door, {"a:5"_vv, {Alice}}};
  REQUIRE(doors.let_in(Alice, Alice, {}));
  REQUIRE(!doors.let_in(Bob, Carol, "a:3"_vv));  // withdrawn: asked of whoever sends it
  REQUIRE(doors.let_in(Bob, Carol, "a:5"_vv));
}

// Told a door that lets it in, who was refused would find nothing to write again, for ever: seeds
// 402710 and 405946 of the simulator.
TEST_CASE("two doors joined refuse whomever one of them refuses", "[stability]") {
  const std::vector<VersionVector> cuts{{}, "a:3"_vv, "a:5"_vv, "a:3 b:1"_vv};
  const std::vector<std::vector<OriginId>> with{{}, {Alice}, {Alice, Bob}, {Bob, Carol}};
  std::vector<Door> doors;
  for (const VersionVector& cut : cuts)
    for (const auto& origins : with) doors.push_back({cut, origins});
  for (const Door& one : doors)
    for (const Door& other : doors)
      for (const OriginId writer : {Alice, Bob, Carol, origin_of('d')})
        for (const VersionVector& context : cuts)
          if (joined(one, other).lets_in({}, writer, context)) {
            REQUIRE(one.lets_in({}, writer, context));
            REQUIRE(other.lets_in({}, writer, context));
          }
  const Door strict{"a:5"_vv, {Alice}};
  REQUIRE(joined(strict, {"a:3"_vv, {Alice, Bob}}) == strict);
  REQUIRE(joined(Door{}, strict) == strict);
}

}  // namespace
