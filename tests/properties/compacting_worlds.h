// Drawn worlds in which compaction has something to drop.
#pragma once

#include "catch.h"
#include "properties/worlds.h"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <functional>

namespace genlock::test {

// Few records and groups, and more plain edits, so that histories are long enough to drop some.
inline Action narrowed(Action action) {
  action.record %= 2;
  action.group %= 2;
  if (action.kind >= 6 && action.kind < 12 && action.extra % 8 != 0) action.kind %= 3;
  return action;
}

// Nothing is drafted, all have everything, and then one edits what nobody edits beside it: what
// stood there can go.
inline void settle(Trio& trio, Action action) {
  trio.meet();
  action.kind = 0;
  action.batched = false;
  for (std::uint8_t n = 0; n < 8; ++n) {
    action.record = n % 2;
    action.group = n / 2 % 2;
    action.value = static_cast<std::uint8_t>(action.value + 1) % 4;
    trio.perform(action);
  }
  trio.meet();
}

// Performs the actions three times, and now and then calls `cut` with a replica that may compact.
// In most worlds one replica makes the rows: of one that was made twice all is kept.
inline void play(Trio& trio, std::vector<Action> actions,
                 const std::function<void(std::size_t who)>& cut) {
  actions.resize(std::min<std::size_t>(actions.size(), 20));  // keeps a run short
  const bool is_calm = !actions.empty() && actions.front().extra % 4 > 0;
  if (is_calm) settle(trio, narrowed(actions.front()));
  for (std::uint8_t round = 0; round < 3; ++round) {
    for (const Action& action : actions) {
      trio.perform(narrowed(action));
      if ((action.value + round) % 8 != 3) continue;
      if (action.extra % 8 == 0) trio.meet();
      if (action.extra % 8 > 2) settle(trio, narrowed(action));
      cut(action.extra / 4 % 2);
    }
  }
  if (is_calm) settle(trio, narrowed(actions.back()));
  trio.meet();
}

// How many of the worlds of a run had something to drop. A law that has nothing to do holds always.
class DropShare {
 public:
  void note(std::uint64_t dropped) {
    ++worlds_;
    if (dropped > 0) ++dropping_;
    RC_CLASSIFY(dropped > 0, "dropped some");
    RC_CLASSIFY(dropped > 10, "dropped more than 10");
  }
  // In a third at least; one world that is played again says nothing.
  void require() const {
    INFO(dropping_ << " of " << worlds_ << " worlds dropped something");
    REQUIRE((worlds_ < 20 || 3 * dropping_ >= worlds_));
  }

 private:
  std::uint64_t worlds_ = 0, dropping_ = 0;
};

// A law over drawn worlds, and that it had something to do.
inline void check_dropping(const std::string& name, World (*world)(),
                           void (*run)(World, const std::vector<Action>&, DropShare&)) {
  DropShare share;
  rc::prop(name, [&](const std::vector<Action>& actions) { run(world(), actions, share); });
  share.require();
}

}  // namespace genlock::test
