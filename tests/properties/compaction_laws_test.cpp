// The law of compaction (docs/adr/0017): folding what is left is folding all. Replica 2 keeps
// everything; the others compact at legal cuts, drawn at any moment, and all go on writing.
#include "catch.h"
#include "properties/compacting_worlds.h"
#include "support/compacting.h"

namespace genlock::test {
namespace {

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

// How many events went.
std::uint64_t check_cut(Trio& trio, std::size_t who) {
  const VersionVector cut = trio.legal_cut();
  Replica &whole = trio.replicas()[2], &smaller = trio.replicas()[who];
  if (cut.empty()) return 0;
  const StreamBase base = base_at(whole.store, whole.log, trio.stream(), cut).value();
  RC_ASSERT(base_at(smaller.store, smaller.log, trio.stream(), cut).value() == base);
  const auto rows = smaller.dump(Space::rows);
  const std::uint64_t dropped = compact(smaller, trio.stream(), cut);
  RC_ASSERT(smaller.dump(Space::rows) == rows);
  RC_ASSERT(base_at(smaller.store, smaller.log, trio.stream(), cut).value() == base);
  check_base(trio, whole, base);
  return dropped;
}

void run(World world, const std::vector<Action>& actions, DropShare& share) {
  std::uint64_t dropped = 0;
  Trio trio(std::move(world));
  play(trio, actions, [&](std::size_t who) { dropped += check_cut(trio, who); });
  for (const std::size_t n : {0U, 1U}) {
    Replica& smaller = trio.replicas()[n];
    same_rows(trio.replicas()[2], smaller);
    const auto state = smaller.dump(Space::state);
    fold_again(smaller, trio.stream());
    RC_ASSERT(smaller.dump(Space::state) == state);
    same_rows(trio.replicas()[2], smaller);
    dropped += check_cut(trio, n);
  }
  share.note(dropped);
}

}  // namespace

TEST_CASE("folding what compaction leaves is folding all", "[laws][compaction]") {
  check_dropping("a production", production_world, run);
  check_dropping("the equipment library", library_world, run);
}

// Found by the law: where a row was deleted beside edits of what hangs on it, a node that had
// compacted before chose another base than one that had not.
TEST_CASE("worlds in which the base once depended on earlier cuts", "[laws][compaction]") {
  const std::vector<Action> production{{1, 0, 1, 0, 0, 1, true}, {0, 6, 0, 0, 2, 0, false}};
  const std::vector<Action> library{{0, 0, 0, 0, 1, 3, true},
                                    {0, 6, 0, 0, 1, 0, true},
                                    {1, 0, 0, 0, 0, 0, true},
                                    {0, 6, 0, 0, 0, 0, true}};
  // And where an event that was wanted for another row's sake told more than the state named.
  const std::vector<Action> wanted{{0, 0, 1, 3, 1, 9, true},  {1, 0, 3, 3, 2, 11, true},
                                   {0, 0, 3, 0, 0, 0, true},  {1, 0, 1, 1, 0, 0, true},
                                   {1, 0, 1, 0, 0, 1, false}, {0, 6, 0, 0, 0, 0, true}};
  const std::vector<Action> in_library{{1, 0, 3, 0, 0, 0, true},
                                       {0, 6, 1, 0, 0, 0, false},
                                       {1, 0, 0, 0, 0, 0, false},
                                       {1, 3, 0, 0, 0, 1, false},
                                       {1, 3, 0, 0, 2, 4, false}};
  DropShare share;
  rc::prop("a production", [&] {
    run(production_world(), production, share);
    run(production_world(), wanted, share);
  });
  rc::prop("the equipment library", [&] {
    run(library_world(), library, share);
    run(library_world(), in_library, share);
  });
}

}  // namespace genlock::test
