// Hybrid time extends causality (Kulkarni et al. 2014), whatever the clocks do: what an event had
// seen is earlier than it is. So canonical order (hybrid time, origin) is a causal order, and
// clocks rank only what is concurrent.
#include "catch.h"
#include "engine/event_codec.h"
#include "support/replica.h"

#include <rapidcheck/catch.h>

#include <iostream>

namespace genlock::test {
namespace {

const StreamId show{uuid_named(0x01, 1)};

struct Step {
  std::uint8_t replica = 0, kind = 0;
  std::int32_t clock_jump_ms = 0;
};

void showValue(const Step& s, std::ostream& out) {
  out << "{" << int(s.replica) << "," << int(s.kind) << "," << s.clock_jump_ms << "}";
}

// Nodes that write and meet while their clocks jump to and fro.
class Nodes {
 public:
  Nodes() {
    for (std::uint8_t n = 0; n < 3; ++n)
      replicas_.emplace_back(n, n == 0 ? Role::cloud : Role::lan, 1'000'000);
    Operation create;
    create.kind = OperationKind::create;
    create.table = table::productions;
    create.record = RecordId{show.uuid};
    replicas_[0].write(show, {create});
  }

  void perform(const Step& step) {
    Replica& replica = replicas_[step.replica % 3];
    if (step.kind % 3 == 0)
      return ship(replica, replicas_[(step.replica + 1 + step.kind % 2) % 3], show, random_);
    replica.clock.set(std::max<UnixMs>(1, replica.clock.peek() + step.clock_jump_ms));
    replica.clock.step_ms = step.kind % 2;  // a clock that stands still is one, too
    Operation named;
    named.kind = OperationKind::moment;
    named.table = table::productions;
    named.record = RecordId{show.uuid};
    named.comment = "cue";
    replica.write(show, {named});
  }

  const std::deque<Replica>& all() const { return replicas_; }

 private:
  std::deque<Replica> replicas_;
  TestRandom random_{7};
};

std::map<Dot, HybridTime> times_of(const Replica& replica) {
  std::map<Dot, HybridTime> times;
  replica.log
      .read_after(replica.store, Position::none,
                  [&](const EventId& id, const StoredEvent& stored) {
                    times[id.dot] = decode_stored(stored.bytes)->time;
                    return true;
                  })
      .value();
  return times;
}

// The last event of each origin in the context, and the one before of its own origin: those before
// them follow from the same law about those.
void require_later_than_context(const Replica& replica) {
  std::map<Dot, HybridTime> times = times_of(replica);
  for (const auto& [dot, time] : times) {
    VersionVector context = replica.log.context_of(replica.store, {show, dot}).value();
    for (const auto& entry : context.entries())
      RC_ASSERT(number(times.at({entry.origin, entry.last})) < number(time));
    if (number(dot.sequence) > 1)
      RC_ASSERT(number(times.at({dot.origin, Sequence{number(dot.sequence) - 1}})) < number(time));
  }
}

void require_canonical_order_is_causal(const Replica& replica) {
  CausalReader events = CausalReader::open(replica.log, replica.store, show, nullptr).value();
  VersionVector have;
  std::pair<HybridTime, OriginId> last{};
  while (auto next = events.next().value()) {
    RC_ASSERT(have.includes(next->context));
    std::pair<HybridTime, OriginId> place{next->event.time, next->event.dot.origin};
    RC_ASSERT(have.empty() || last < place);
    have.advance(next->event.dot);
    last = place;
  }
  RC_ASSERT(have == replica.head(show).vector());
}

}  // namespace
}  // namespace genlock::test

template <>
struct rc::Arbitrary<genlock::test::Step> {
  static rc::Gen<genlock::test::Step> arbitrary() {
    using genlock::test::Step;
    return rc::gen::build<Step>(
        rc::gen::set(&Step::replica, rc::gen::inRange<std::uint8_t>(0, 3)),
        rc::gen::set(&Step::kind, rc::gen::inRange<std::uint8_t>(0, 6)),
        rc::gen::set(&Step::clock_jump_ms, rc::gen::inRange<std::int32_t>(-600'000, 600'000)));
  }
};

namespace genlock::test {

TEST_CASE("hybrid time extends causality, whatever the clocks do", "[laws]") {
  rc::prop("an event is later than everything that its writer had seen",
           [](const std::vector<Step>& steps) {
             Nodes nodes;
             for (const Step& step : steps) nodes.perform(step);
             for (const Replica& replica : nodes.all()) require_later_than_context(replica);
           });
  rc::prop("canonical order is a causal order", [](const std::vector<Step>& steps) {
    Nodes nodes;
    for (const Step& step : steps) nodes.perform(step);
    for (const Replica& replica : nodes.all()) require_canonical_order_is_causal(replica);
  });
}

}  // namespace genlock::test
