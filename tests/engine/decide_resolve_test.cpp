#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

const ColumnId h_res = column_of(table::sources, "h_res");
const ColumnId slot_number = column_of(table::equipment_cards, "slot_number");

Command resolve(const Conflict& conflict, Resolution resolution) {
  Command command;
  command.kind = CommandKind::resolve;
  command.stream = conflict.stream;
  command.conflict = conflict.id;
  command.conflict_etag = etag_of(conflict);
  command.choice.resolution = resolution;
  command.by.user = "Carol";
  return command;
}

Command pick(const Conflict& conflict, std::string key) {
  Command command = resolve(conflict, Resolution::manual);
  command.choice.pick = std::move(key);
  return command;
}

Command choose(const Conflict& conflict, ColumnValues value) {
  Command command = resolve(conflict, Resolution::manual);
  command.choice.value = std::move(value);
  return command;
}

}  // namespace

TEST_CASE("the ways to resolve a field conflict", "[decide][resolve]") {
  Crew crew;
  crew.disagree(3840, 2560);
  Conflict conflict = only_pending(crew.lan, source(1));
  Command command;
  Value expected;
  SECTION("cloud_wins") {
    command = resolve(conflict, Resolution::cloud_wins);
    expected = 3840;
  }
  SECTION("local_wins") {
    command = resolve(conflict, Resolution::local_wins);
    expected = 2560;
  }
  SECTION("a pick") {
    command = pick(conflict, "a");
    expected = 3840;
  }
  SECTION("a value; the rest of the group stays as shown") {
    command = choose(conflict, {{h_res, 1280}});
    expected = 1280;
  }
  command.choice.comment = "agreed on the radio";
  Outcome outcome = done(crew.lan, command);
  REQUIRE(outcome.record == source(1));
  REQUIRE(shown(crew.lan, source(1), "h_res") == expected);
  REQUIRE(shown(crew.lan, source(1), "v_res") == Value{1080});

  Operation operation = last_event(crew.lan, outcome).operations.front();
  REQUIRE(operation.kind == OperationKind::resolve);
  REQUIRE(operation.replaces->size() == 2);
  REQUIRE(operation.base == conflict.base);
  REQUIRE(operation.comment == "agreed on the radio");

  crew.sync();
  std::vector<Conflict> there = conflicts(crew.cloud, source(1));
  REQUIRE(there.size() == 1);
  REQUIRE(there[0].id == conflict.id);
  REQUIRE(there[0].resolution == command.choice.resolution);
  REQUIRE(there[0].resolved_by.user == "Carol");
}

TEST_CASE("a resolution may keep what is shown", "[decide][resolve]") {
  Crew crew;
  crew.disagree();
  Conflict conflict = only_pending(crew.lan, source(1));
  done(crew.lan, pick(conflict, conflict.sides[conflict.shown].key));
  REQUIRE(view_of(crew.lan, source(1)).pending_conflicts == 0);
}

TEST_CASE("a choice that cannot be is refused", "[decide][resolve]") {
  Crew crew;
  crew.disagree();
  Conflict conflict = only_pending(crew.lan, source(1));
  auto told = [&](const Command& command) {
    return faults(refused(crew.lan, command, ErrorCode::invalid_argument));
  };
  REQUIRE(told(pick(conflict, "z")) == Faults{"/pick enum"});
  REQUIRE(told(resolve(conflict, Resolution::manual)) == Faults{"/value required"});
  REQUIRE(told(resolve(conflict, Resolution::pending)) == Faults{"/resolution enum"});
  REQUIRE(told(choose(conflict, {{h_res, 0}})) == Faults{"/value/h_res range"});
  REQUIRE(told(choose(conflict, values_of(table::sources, {{"note", "x"}}))) ==
          Faults{"/value/note unknown"});

  Command both = pick(conflict, "a");
  both.choice.value = ColumnValues{{h_res, 1}};
  REQUIRE(told(both) == Faults{"/pick enum"});
  Command picked_winner = resolve(conflict, Resolution::cloud_wins);
  picked_winner.choice.pick = "a";
  REQUIRE(told(picked_winner) == Faults{"/resolution enum"});
  Command life = resolve(conflict, Resolution::manual);
  life.choice.deleted = true;
  REQUIRE(told(life) == Faults{"/value/is_deleted unknown"});
  Command comment = pick(conflict, "a");
  comment.choice.comment = std::string(1001, 'x');
  REQUIRE(told(comment) == Faults{"/comment length"});
}

TEST_CASE("resolving needs the conflict's present ETag", "[decide][resolve]") {
  Crew crew;
  crew.disagree(3840, 2560);
  Conflict conflict = only_pending(crew.lan, source(1));
  SECTION("a new side came") {
    done(crew.lan, put(source(1), {{"h_res", 1280}}));
    Error error = refused(crew.lan, pick(conflict, "a"), ErrorCode::precondition);
    REQUIRE(error.detail->conflict == conflict.id);
    REQUIRE(error.detail->record == source(1));
  }
  SECTION("somebody was faster") {
    done(crew.lan, pick(conflict, "a"));
    Error error = refused(crew.lan, pick(conflict, "b"), ErrorCode::conflict);
    REQUIRE(error.detail->already_resolved);
    REQUIRE(error.detail->conflict == conflict.id);
    REQUIRE(error.message == "this conflict was resolved by Carol already");
  }
  SECTION("unknown") {
    conflict.id = uuid_named(0x66, 6);
    refused(crew.lan, pick(conflict, "a"), ErrorCode::not_found);
  }
}

TEST_CASE("a lost value is on record as resolved already", "[decide][resolve]") {
  Crew crew;
  done(crew.cloud, put(source(1), {{"name", "cloud"}}));
  done(crew.lan, put(source(1), {{"name", "lan"}}));
  crew.sync();
  Conflict loss = conflicts(crew.lan, source(1)).front();
  REQUIRE(loss.loss);
  REQUIRE(refused(crew.lan, pick(loss, "a"), ErrorCode::conflict).detail->already_resolved);
}

TEST_CASE("a side that a resolution did not know keeps the conflict open", "[decide][resolve]") {
  Crew crew;
  crew.disagree(3840, 2560);
  done(crew.cloud, put(source(1), {{"h_res", 1280}}));
  Conflict conflict = only_pending(crew.lan, source(1));
  done(crew.lan, resolve(conflict, Resolution::cloud_wins));
  crew.sync();
  REQUIRE(only_pending(crew.lan, source(1)).sides.size() == 2);
}

TEST_CASE("two sides of one role have no cloud side but the shown one", "[decide][resolve]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}}));
  Command mine = put(source(1), {{"h_res", 2560}});
  mine.base_version = base;
  mine.record_conflict = true;
  done(crew.lan, mine);
  done(crew.lan, resolve(only_pending(crew.lan, source(1)), Resolution::local_wins));
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{3840});
}

TEST_CASE("resolving a life", "[decide][resolve]") {
  Crew crew;
  done(crew.cloud, command_of(CommandKind::remove, source(1)));
  done(crew.lan, put(source(1), {{"note", "still needed"}}));
  crew.sync();
  Conflict conflict = only_pending(crew.lan, source(1));
  REQUIRE(conflict.kind == ConflictKind::life);
  bool deleted = false;
  SECTION("cloud_wins: deleted") {
    done(crew.lan, resolve(conflict, Resolution::cloud_wins));
    deleted = true;
  }
  SECTION("local_wins: kept") { done(crew.lan, resolve(conflict, Resolution::local_wins)); }
  SECTION("a pick") {
    const ConflictSide& gone = conflict.sides[conflict.sides[0].deleted ? 0 : 1];
    done(crew.lan, pick(conflict, gone.key));
    deleted = true;
  }
  SECTION("a value") {
    Command command = resolve(conflict, Resolution::manual);
    command.choice.deleted = false;
    done(crew.lan, command);
  }
  REQUIRE(view_of(crew.lan, source(1)).is_deleted == deleted);
  REQUIRE(view_of(crew.lan, source(1)).pending_conflicts == 0);
  crew.sync();
  REQUIRE(view_of(crew.cloud, source(1)).is_deleted == deleted);
  REQUIRE(!conflicts(crew.cloud, source(1)).back().pending());
}

TEST_CASE("a life is not resolved by a value of columns", "[decide][resolve]") {
  Crew crew;
  done(crew.cloud, command_of(CommandKind::remove, source(1)));
  done(crew.lan, put(source(1), {{"note", "x"}}));
  crew.sync();
  Command command = choose(only_pending(crew.lan, source(1)), {{h_res, 1}});
  REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) == Faults{"/value type"});
}

namespace {

const RecordKey frame{table::equipment_specs, id_of(1)};
RecordKey card(std::uint8_t n) { return {table::equipment_cards, id_of(n)}; }

Command post_card(std::uint8_t n, std::int64_t slot) {
  Command command = post(card(n), {{"slot_number", slot}}, library_stream);
  command.row.parent = frame.id;
  return command;
}

// Cards 41, on the cloud, and 42 both claim slot 1; card 43 sits in slot 2.
Conflict claimed_twice(Crew& crew) {
  done(crew.cloud,
       post(frame, {{"category", "r"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream));
  done(crew.cloud, post_card(43, 2));
  crew.sync(library_stream);
  done(crew.cloud, post_card(41, 1));
  crew.lan.clock.set(crew.cloud.clock.peek() + 1000);
  done(crew.lan, post_card(42, 1));
  crew.sync(library_stream);
  return only_pending(crew.lan, card(41), library_stream);
}

Value slot_of(const Crew& crew, std::uint8_t n) {
  return shown(crew.lan, card(n), "slot_number", library_stream);
}

}  // namespace

TEST_CASE("resolving a slot claimed twice", "[decide][resolve][unique]") {
  Crew crew;
  Conflict conflict = claimed_twice(crew);
  REQUIRE(conflict.kind == ConflictKind::unique);
  REQUIRE(conflict.proposed == 3);
  SECTION("the one that shows keeps it: the other moves to the proposed slot") {
    done(crew.lan, resolve(conflict, Resolution::cloud_wins));
    REQUIRE(slot_of(crew, 41) == Value{1});
    REQUIRE(slot_of(crew, 42) == Value{3});
  }
  SECTION("the other one keeps it") {
    done(crew.lan, resolve(conflict, Resolution::local_wins));
    REQUIRE(slot_of(crew, 41) == Value{3});
    REQUIRE(slot_of(crew, 42) == Value{1});
  }
  SECTION("a slot of one's own for the one that does not show") {
    done(crew.lan, choose(conflict, {{slot_number, 7}}));
    REQUIRE(slot_of(crew, 41) == Value{1});
    REQUIRE(slot_of(crew, 42) == Value{7});
  }
  crew.sync(library_stream);
  for (std::uint8_t n = 41; n <= 43; ++n)
    REQUIRE(view_of(crew.cloud, card(n), library_stream).pending_conflicts == 0);
  REQUIRE(!view_of(crew.lan, card(42), library_stream).slot_taken_by);
}

TEST_CASE("a slot of one's own must be free and in range", "[decide][resolve][unique]") {
  Crew crew;
  Conflict conflict = claimed_twice(crew);
  auto told = [&](Value slot) {
    return faults(
        refused(crew.lan, choose(conflict, {{slot_number, slot}}), ErrorCode::invalid_argument));
  };
  REQUIRE(told(2) == Faults{"/value/slot_number unique"});
  REQUIRE(told(1) == Faults{"/value/slot_number unique"});
  REQUIRE(told(0) == Faults{"/value/slot_number range"});
  REQUIRE(told(Value{}) == Faults{"/value/slot_number required"});
}

TEST_CASE("accepting what a lock held off", "[decide][resolve][lock]") {
  Crew crew;
  done(crew.lan, command_of(CommandKind::lock, production));
  done(crew.cloud, put(source(1), {{"h_res", 3840}, {"note", "from the office"}}));
  crew.sync();
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{1920});
  for (const Conflict& conflict : conflicts(crew.lan, source(1))) {
    REQUIRE(conflict.kind == ConflictKind::lock);
    const ConflictSide& held = conflict.sides[conflict.shown == 0 ? 1 : 0];
    done(crew.lan, pick(conflict, held.key));
  }
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{3840});
  REQUIRE(shown(crew.lan, source(1), "note") == Value{"from the office"});
  REQUIRE(view_of(crew.lan, source(1)).pending_conflicts == 0);
}

TEST_CASE("conflicts of a gone row rest", "[decide][resolve]") {
  Crew crew;
  crew.disagree();
  Conflict conflict = only_pending(crew.lan, source(1));
  done(crew.lan, command_of(CommandKind::remove, source(1)));
  refused(crew.lan, pick(conflict, "a"), ErrorCode::not_found);
  done(crew.lan, command_of(CommandKind::restore, source(1)));
  done(crew.lan, pick(conflict, "a"));
}
