// The law of compaction (docs/adr/0017): folding what is left is folding all. Replica 2 keeps
// everything; the others compact at legal cuts, drawn at any moment, and all go on writing.
#include "catch.h"
#include "properties/worlds.h"
#include "support/compacting.h"

#include <rapidcheck/catch.h>

#include <algorithm>

namespace genlock::test {
namespace {

std::uint64_t dropped_total = 0;  // in one world

void same_rows(const Replica& a, const Replica& b) { same_space(a, b, Space::rows); }

// A node that had nothing begins with the base, and gets the rest.
void check_base(Trio& trio, const Replica& from, const StreamBase& base) {
  Replica late(std::uint8_t{9}, Role::lan);
  Overlay overlay(late.store);
  late.log.install(overlay, base, 0).value();
  late.engine.refold(trio.stream(), overlay).value();
  late.store.commit(overlay.take_batch(), true).value();
  RC_ASSERT(base_at(late.store, late.log, trio.stream(), base.at).value() == base);
  ship(from, late, trio.stream(), trio.random());
  same_rows(from, late);
}

void check_cut(Trio& trio, std::size_t who) {
  const VersionVector cut = trio.legal_cut();
  Replica &whole = trio.replicas()[2], &smaller = trio.replicas()[who];
  if (cut.empty()) return;
  const StreamBase base = base_at(whole.store, whole.log, trio.stream(), cut).value();
  RC_ASSERT(base_at(smaller.store, smaller.log, trio.stream(), cut).value() == base);
  const auto rows = smaller.dump(Space::rows);
  dropped_total += compact(smaller, trio.stream(), cut);
  RC_ASSERT(smaller.dump(Space::rows) == rows);
  RC_ASSERT(base_at(smaller.store, smaller.log, trio.stream(), cut).value() == base);
  check_base(trio, whole, base);
}

// Few records and groups, and more plain edits, so that histories are long enough to drop some.
Action narrowed(Action action) {
  action.record %= 2;
  action.group %= 2;
  if (action.kind >= 6 && action.kind < 12 && action.extra % 8 != 0) action.kind %= 3;
  return action;
}

void run(World world, std::vector<Action> actions) {
  actions.resize(std::min<std::size_t>(actions.size(), 20));  // keeps a run short
  dropped_total = 0;
  Trio trio(std::move(world));
  for (std::uint8_t round = 0; round < 3; ++round) {
    for (const Action& action : actions) {
      trio.perform(narrowed(action));
      if ((action.value + round) % 8 != 3) continue;
      if (action.extra % 4 == 0) trio.meet();
      check_cut(trio, action.extra / 4 % 2);
    }
  }
  trio.meet();
  for (const std::size_t n : {0U, 1U}) {
    Replica& smaller = trio.replicas()[n];
    same_rows(trio.replicas()[2], smaller);
    const auto state = smaller.dump(Space::state);
    fold_again(smaller, trio.stream());
    RC_ASSERT(smaller.dump(Space::state) == state);
    same_rows(trio.replicas()[2], smaller);
    check_cut(trio, n);
  }
  RC_CLASSIFY(dropped_total > 0, "dropped some");
  RC_CLASSIFY(dropped_total > 10, "dropped more than 10");
}

}  // namespace

TEST_CASE("folding what compaction leaves is folding all", "[laws][compaction]") {
  rc::prop("a production",
           [](const std::vector<Action>& actions) { run(production_world(), actions); });
  rc::prop("the equipment library",
           [](const std::vector<Action>& actions) { run(library_world(), actions); });
}

}  // namespace genlock::test
