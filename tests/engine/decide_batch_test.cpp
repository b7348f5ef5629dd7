// A batch is its steps one after the other, as one event.
#include "decide_fixture.h"
#include "engine/one_event.h"

using namespace genlock;
using namespace genlock::test;

namespace {

Command batch_of(std::vector<Command> steps) {
  Command batch;
  batch.kind = CommandKind::batch;
  batch.stream = show;
  batch.table = table::productions;
  batch.record = production.id;
  batch.label = "Paste";
  batch.steps = std::move(steps);
  return batch;
}

Command step(CommandKind kind, std::uint8_t n, Fields fields = {}) {
  Command command = kind == CommandKind::create ? post(source(n), fields) : put(source(n), fields);
  command.kind = kind;
  command.row.pointer = "/ops/0/row";
  return command;
}

// One of everything that a person may do to a handful of sources.
Command drawn_step(TestRandom& random) {
  auto n = static_cast<std::uint8_t>(1 + random.below(4));
  std::string text = "t" + std::to_string(random.below(4));
  auto size = static_cast<std::int64_t>(1 + random.below(3));
  switch (random.below(9)) {
    case 0:
      return step(CommandKind::create, n, {{"type", "camera"}, {"name", text}});
    case 1:
      return step(CommandKind::remove, n);
    case 2:
      return step(CommandKind::restore, n);
    case 3:
      return step(CommandKind::update, n, {{"note", Value{}}, {"h_res", size}});
    case 4: {
      Command command = step(CommandKind::update, n);
      command.row.children[table::source_outputs];
      for (std::int64_t i = 0; i < size; ++i)
        add_child(command.row, table::source_outputs, {{"output_index", i + 1}, {"label", text}});
      return command;
    }
    case 5:
      return step(CommandKind::update, n, {{"v_res", size}, {"name", text}});
    default:
      return step(CommandKind::update, n, {{"note", text}, {"label", text}});
  }
}

struct Seen {
  bool is_there = false, is_deleted = false;
  ColumnValues values;
  std::vector<ColumnValues> outputs;
  std::size_t pending = 0, sides = 0;
  bool operator==(const Seen&) const = default;
};

Seen look(const Replica& node, std::uint8_t n) {
  auto found = view_with_conflicts(node.state(show), source(n)).value();
  if (!found) return {};
  Seen seen{true, found->view.is_deleted, found->view.values, {}, 0, 0};
  for (const RecordView& output : children(node, id_of(n), table::source_outputs))
    seen.outputs.push_back(output.values);
  std::ranges::sort(seen.outputs, {}, [](const ColumnValues& values) {
    return std::get<std::int64_t>(*find(values, column_of(table::source_outputs, "output_index")));
  });
  for (const Conflict& conflict : found->conflicts) {
    if (!conflict.pending()) continue;
    ++seen.pending;
    seen.sides += conflict.sides.size();
  }
  return seen;
}

}  // namespace

TEST_CASE("a batch shows what its steps would show one after the other", "[decide][batch]") {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Crew crew;
    if (seed % 2 == 0) crew.disagree();
    Crew alone;
    if (seed % 2 == 0) alone.disagree();
    TestRandom random{seed};
    std::vector<Command> steps;
    for (std::uint64_t n = 1 + random.below(12); n > 0; --n) {
      Command drawn = drawn_step(random);
      drawn.command_key = uuid_named(0x55, static_cast<std::uint8_t>(n));
      Command single = drawn;
      single.row.pointer = "/ops/0/row";
      single.command_key = {};
      if (alone.lan.execute(single).ok()) steps.push_back(std::move(drawn));
    }
    if (steps.empty()) continue;
    std::uint64_t before = event_count(crew.lan);
    Outcome outcome = done(crew.lan, batch_of(steps));
    REQUIRE(outcome.steps.size() == steps.size());
    REQUIRE(event_count(crew.lan) == before + (outcome.event ? 1 : 0));
    for (std::uint8_t n = 1; n <= 4; ++n) {
      INFO("source " << int{n});
      REQUIRE(look(crew.lan, n) == look(alone.lan, n));
    }
    crew.sync();
    REQUIRE(crew.cloud.dump(Space::state) == crew.lan.dump(Space::state));
  }
}

TEST_CASE("a batch is one event with its label, and nothing of it is written twice",
          "[decide][batch]") {
  Crew crew;
  Outcome outcome =
      done(crew.lan, batch_of({step(CommandKind::create, 2, {{"type", "vtr"}, {"name", "A"}}),
                               step(CommandKind::update, 2, {{"name", "B"}, {"note", "x"}}),
                               step(CommandKind::update, 1, {{"name", "C"}}),
                               step(CommandKind::update, 1, {{"name", "D"}}),
                               step(CommandKind::remove, 1), step(CommandKind::restore, 1)}));
  Event event = last_event(crew.lan, outcome);
  REQUIRE(event.label == "Paste");
  REQUIRE(event.operations.size() == 3);
  REQUIRE(event.operations[0].kind == OperationKind::create);
  REQUIRE(*find(event.operations[0].values, column_of(table::sources, "name")) == Value{"B"});
  REQUIRE(event.operations[1].values.front().value == Value{"D"});
  REQUIRE(event.operations[2].kind == OperationKind::restore);
  REQUIRE(event.dot.origin == crew.lan.engine.identity().origin);
  REQUIRE(crew.lan.head(show).origins.size() == 2);
  REQUIRE(outcome.steps[0].created);
  REQUIRE(!outcome.steps[1].created);
}

TEST_CASE("a refused step refuses the batch and says which", "[decide][batch]") {
  Crew crew;
  auto before = crew.lan.dump(Space::state);
  Error error = refused(crew.lan,
                        batch_of({step(CommandKind::update, 1, {{"name", "C"}}),
                                  step(CommandKind::update, 9, {{"name", "D"}})}),
                        ErrorCode::not_found);
  REQUIRE(faults(error) == Faults{"/ops/1/id reference"});
  REQUIRE(crew.lan.dump(Space::state) == before);
}

TEST_CASE("writes to a pending conflict add up to one side", "[decide][batch]") {
  Crew crew;
  crew.disagree();
  done(crew.lan, batch_of({step(CommandKind::update, 1, {{"h_res", 1}}),
                           step(CommandKind::update, 1, {{"v_res", 2}})}));
  Conflict conflict = only_pending(crew.lan, source(1));
  REQUIRE(conflict.sides.size() == 2);
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{1});
  REQUIRE(shown(crew.lan, source(1), "v_res") == Value{2});
  crew.sync();
  REQUIRE(only_pending(crew.cloud, source(1)) == conflict);
}
