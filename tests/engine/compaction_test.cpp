// What compaction leaves of a show, and what it refuses. That it changes no row is a law
// (tests/properties/compaction_laws_test.cpp).
#include "decide_fixture.h"
#include "engine/view.h"
#include "eventlog/log_writer.h"
#include "support/compacting.h"

using namespace genlock;
using namespace genlock::test;

namespace {

void edit_name(Replica& node, std::string name) {
  done(node, put(source(1), {{"name", std::move(name)}}));
}

std::size_t event_keys(const Replica& node) {
  std::size_t count = 0;
  for (const auto& [key, value] : node.dump(Space::events)) count += key.front() == 'e';
  return count;
}

}  // namespace

TEST_CASE("of a hundred edits of one cell the create and the last one stay", "[compaction]") {
  Crew crew;
  for (int n = 0; n < 100; ++n) edit_name(crew.lan, "CAM " + std::to_string(n));
  const auto rows = crew.lan.dump(Space::rows);
  const std::uint64_t all = event_keys(crew.lan);
  REQUIRE(compact(crew.lan, show) >= 99);
  REQUIRE(event_keys(crew.lan) <= all - 99);
  REQUIRE(crew.lan.dump(Space::rows) == rows);
  REQUIRE(view_of(crew.lan, source(1)).version == 101);
  edit_name(crew.lan, "CAM 7");
  REQUIRE(view_of(crew.lan, source(1)).version == 102);
  REQUIRE(compact(crew.lan, show) == 1);
}

// Seed 405946 of the simulator: the production could not be shown any more.
TEST_CASE("an edit elsewhere that a life was decided against stays", "[compaction]") {
  Crew crew;
  done(crew.cloud, command_of(CommandKind::remove, production));
  edit_name(crew.lan, "still needed");
  crew.sync();
  const Conflict conflict = only_pending(crew.lan, production);
  REQUIRE(conflict.kind == ConflictKind::life);
  Command decision = command_of(CommandKind::resolve, production);
  decision.conflict = conflict.id;
  decision.conflict_etag = etag_of(conflict);
  decision.choice.resolution = Resolution::local_wins;
  done(crew.lan, decision);
  for (int n = 0; n < 5; ++n) edit_name(crew.lan, "CAM " + std::to_string(n));
  const auto rows = crew.lan.dump(Space::rows);
  REQUIRE(compact(crew.lan, show) > 0);
  REQUIRE(view_with_conflicts(crew.lan.state(show), production).ok());
  REQUIRE(crew.lan.dump(Space::rows) == rows);
  done(crew.lan, put(production, {{"client", "ACME Ltd"}}));
  REQUIRE(conflicts(crew.lan, production).front().sides.size() == 2);
}

TEST_CASE("an event that a decision names stays, though it says nothing there", "[compaction]") {
  Crew crew;
  const Column& name = *find_table(table::sources)->column("name");
  Operation decision;
  decision.table = table::sources;
  decision.record = source(1).id;
  decision.group = GroupId{number(name.id)};
  decision.values = {{name.id, std::string("CAM 2")}};
  const Dot there = crew.lan.write(show, {decision}).dot;
  done(crew.lan, put(production, {{"client", "ACME"}}));
  decision.kind = OperationKind::resolve;
  decision.replaces = std::vector{there, Dot{there.origin, next(there.sequence)}};
  crew.lan.write(show, {decision});
  for (int n = 0; n < 5; ++n) done(crew.lan, put(production, {{"room", std::to_string(n)}}));
  REQUIRE(compact(crew.lan, show) > 0);
  REQUIRE(view_with_conflicts(crew.lan.state(show), source(1)).ok());
}

TEST_CASE("a cut that not everything here has seen is refused", "[compaction]") {
  Crew crew;
  const VersionVector before = crew.lan.head(show).vector();
  edit_name(crew.lan, "A");
  const VersionVector after = crew.lan.head(show).vector();
  REQUIRE(compact(crew.lan, show, before) == 0);
  compact(crew.lan, show, after);
  const auto code = [&](const VersionVector& cut) {
    return plan_compaction(crew.lan.store, crew.lan.log, show, cut).error().code;
  };
  REQUIRE(code(before) == ErrorCode::compacted);
  VersionVector ahead = after;
  ahead.raise(OriginId{uuid_named(0xBB, 9)}, Sequence{1});
  REQUIRE(code(ahead) == ErrorCode::invalid_argument);
}

TEST_CASE("a base of before the horizon is 412, one that is the present row is not",
          "[compaction][decide]") {
  Crew crew;
  const ETag oldest = seen(crew.lan, source(1));
  edit_name(crew.lan, "A");
  const ETag old = seen(crew.lan, source(1));
  edit_name(crew.lan, "B");
  const ETag present = seen(crew.lan, source(1));
  compact(crew.lan, show);
  const auto edit_from = [](const ETag& base) {
    Command command = put(source(1), {{"note", "wide"}});
    command.base_version = base;
    return command;
  };
  REQUIRE(refused(crew.lan, edit_from(old), ErrorCode::precondition).detail->record == source(1));
  refused(crew.lan, edit_from(oldest), ErrorCode::precondition);
  done(crew.lan, edit_from(present));
  edit_name(crew.lan, "C");
  Command behind = put(source(1), {{"label", "SRC 1"}});
  behind.base_version = present;
  REQUIRE(!done(crew.lan, behind).merged.empty());
}

TEST_CASE("a compaction that was cut short is finished by the next one", "[compaction]") {
  Crew crew;
  for (int n = 0; n < 20; ++n) edit_name(crew.lan, "CAM " + std::to_string(n));
  const auto rows = crew.lan.dump(Space::rows);
  const VersionVector cut = crew.lan.head(show).vector();
  const StreamBase base = base_at(crew.lan.store, crew.lan.log, show, cut).value();
  Compaction first(crew.lan.log, plan_compaction(crew.lan.store, crew.lan.log, show, cut).value());
  Overlay overlay(crew.lan.store);
  REQUIRE(first.step(overlay).value());  // the records are done, no event is dropped yet
  crew.lan.store.commit(overlay.take_batch(), true).value();
  const auto state = crew.lan.dump(Space::state);
  Overlay fresh(crew.lan.store);
  for (Space space : {Space::state, Space::rows})
    for (const auto& [key, value] : crew.lan.dump(space)) fresh.erase(space, key);
  REQUIRE(crew.lan.engine.refold(show, fresh).ok());
  crew.lan.store.commit(fresh.take_batch(), true).value();
  REQUIRE(crew.lan.dump(Space::state) == state);
  edit_name(crew.lan, "CAM 20");
  REQUIRE(compact(crew.lan, show, cut) >= 19);
  REQUIRE(base_at(crew.lan.store, crew.lan.log, show, cut).value() == base);
  Overlay late(crew.lan.store);
  REQUIRE(first.step(late).ok());  // the same cut: nothing is left to do
}

TEST_CASE("a job compacts through the log writer, and stops where it is told to", "[compaction]") {
  Crew crew;
  for (int n = 0; n < 20; ++n) edit_name(crew.lan, "CAM " + std::to_string(n));
  const auto rows = crew.lan.dump(Space::rows);
  const VersionVector cut = crew.lan.head(show).vector();
  LogWriter writer(crew.lan.store);
  const auto run = [&](bool wants_more) {
    return compact_stream(crew.lan.store, crew.lan.log, writer, show, cut,
                          [=] { return wants_more; })
        .value();
  };
  REQUIRE(run(false) == 0);
  REQUIRE(crew.lan.log.floor(crew.lan.store, show)->empty());
  REQUIRE(run(true) >= 19);
  REQUIRE(run(true) == 0);
  REQUIRE(crew.lan.dump(Space::rows) == rows);
}

TEST_CASE("a stream with branches is not compacted", "[compaction]") {
  Crew crew;
  Overlay overlay(crew.lan.store);
  Appends appends = crew.lan.log.begin(overlay, show).value();
  const OriginId origin = appends.head.origins.front().first;
  const OriginId name{uuid_named(0xCC, 1)};
  REQUIRE(
      crew.lan.log.open_branch(overlay, appends, {name, origin, {origin, Sequence{1}}, 1}).ok());
  REQUIRE(plan_compaction(overlay, crew.lan.log, show, crew.lan.head(show).vector()).error().code ==
          ErrorCode::unsupported);
}
