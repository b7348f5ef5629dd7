// The laws of the fold (I4, I6): the same events give the same bytes, in any causal order and any
// batching, folded as they come or from nothing. Actions are raw operations, so writes that no
// well-behaved client makes are among them.
#include "catch.h"
#include "properties/worlds.h"

#include <rapidcheck/catch.h>

namespace genlock::test {
namespace {

void same(const Replica& a, const Replica& b) {
  for (Space space : {Space::rows, Space::state}) same_space(a, b, space);
}

void check(Trio& trio) {
  trio.ship_all();
  Replica& first = trio.replicas().front();
  for (Replica& other : trio.replicas()) same(first, other);
  Replica late(std::uint8_t{9}, Role::lan);
  ship(first, late, trio.stream(), trio.random());
  same(first, late);
  fold_again(late, trio.stream());
  same(first, late);
}

}  // namespace

TEST_CASE("any causal delivery gives the same rows and conflicts", "[laws]") {
  rc::prop("a production", [](const std::vector<Action>& actions) {
    Trio trio(production_world());
    for (const Action& action : actions) trio.perform(action);
    check(trio);
  });
  rc::prop("the equipment library", [](const std::vector<Action>& actions) {
    Trio trio(library_world());
    for (const Action& action : actions) trio.perform(action);
    check(trio);
  });
}

}  // namespace genlock::test
