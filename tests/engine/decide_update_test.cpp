#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

TEST_CASE("an update writes one set per group, with the whole group", "[decide][update]") {
  Crew crew;
  Outcome outcome = done(crew.lan, put(source(1), {{"h_res", 3840}, {"note", "wide"}}));
  Event event = last_event(crew.lan, outcome);
  REQUIRE(event.operations.size() == 2);
  const Operation& format = event.operations[0];
  REQUIRE(format.kind == OperationKind::set);
  REQUIRE(format.group == column_of(table::sources, "h_res"));
  REQUIRE(format.values == values_of(table::sources, {{"h_res", 3840},
                                                      {"v_res", 1080},
                                                      {"rate", Value{}},
                                                      {"standard", Value{}},
                                                      {"blanking", Value{}}}));
  REQUIRE(!format.replaces);
  REQUIRE(event.operations[1].values == values_of(table::sources, {{"note", "wide"}}));
  REQUIRE(!outcome.created);
}

TEST_CASE("what equals the value shown is not written", "[decide][update]") {
  Crew crew;
  unchanged(crew.lan, put(source(1), {{"h_res", 1920}, {"name", "CAM 1"}, {"note", Value{}}}));
  unchanged(crew.lan, put(source(1), {}));
  Outcome outcome = done(crew.lan, put(source(1), {{"h_res", 1920}, {"name", "CAM 7"}}));
  REQUIRE(last_event(crew.lan, outcome).operations.size() == 1);
}

TEST_CASE("an update needs a row", "[decide][update]") {
  Crew crew;
  refused(crew.lan, put(source(9), {{"note", "x"}}), ErrorCode::not_found);
  refused(crew.lan, put({TableId{999}, id_of(1)}, {}), ErrorCode::not_found);
}

TEST_CASE("a deleted row is gone, with who and when", "[decide][update]") {
  Crew crew;
  done(crew.lan, by(command_of(CommandKind::remove, source(1)), "Ana"));
  Error error = refused(crew.lan, put(source(1), {{"h_res", 0}}), ErrorCode::gone);
  REQUIRE(error.detail->record == source(1));
  REQUIRE(error.detail->by.user == "Ana");
  REQUIRE(error.detail->deleted_ms == view_of(crew.lan, source(1)).deleted_ms);
}

TEST_CASE("a row hidden by its parent is gone too, and the parent is named", "[decide][update]") {
  Crew crew;
  done(crew.lan, by(command_of(CommandKind::remove, production), "Ana"));
  Error error = refused(crew.lan, put(source(1), {{"note", "x"}}), ErrorCode::gone);
  REQUIRE(error.detail->record == production);
  REQUIRE(error.detail->by.user == "Ana");
}

TEST_CASE("id, parent and is_deleted may be repeated, not changed", "[decide][update]") {
  Crew crew;
  Command command = put(source(1), {{"note", "x"}});
  command.row.id = id_of(1);
  command.row.parent = RecordId{show.uuid};
  command.row.is_deleted = false;
  SECTION("repeated") { done(crew.lan, command); }
  SECTION("changed") {
    command.row.id = id_of(2);
    command.row.parent = id_of(3);
    command.row.is_deleted = true;
    REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
            Faults{"/id read_only", "/production_id read_only", "/is_deleted read_only"});
  }
}

TEST_CASE("null empties a column, but not a required one", "[decide][update]") {
  Crew crew;
  done(crew.lan, put(source(1), {{"h_res", Value{}}}));
  REQUIRE(is_null(shown(crew.lan, source(1), "h_res")));
  REQUIRE(shown(crew.lan, source(1), "v_res") == Value{1080});
  Error error = refused(crew.lan, put(source(1), {{"name", Value{}}, {"type", ""}}),
                        ErrorCode::invalid_argument);
  REQUIRE(faults(error) == Faults{"/type required", "/name required"});
}

TEST_CASE("a reference is checked when it changes, not when it is sent back", "[decide][update]") {
  Crew crew;
  RecordKey connection{table::connections, id_of(5)};
  done(crew.lan, post(connection, {{"source_id", id_of(1).uuid}}));
  Error error = refused(crew.lan, put(connection, {{"source_id", uuid_named(0x10, 9)}}),
                        ErrorCode::invalid_argument);
  REQUIRE(faults(error) == Faults{"/source_id reference"});
  done(crew.lan, put(connection, {{"source_id", id_of(1).uuid}, {"note", "x"}}));
  done(crew.lan, command_of(CommandKind::remove, source(1)));
  REQUIRE(is_null(shown(crew.lan, connection, "source_id")));
  unchanged(crew.lan, put(connection, {{"source_id", Value{}}}));
  refused(crew.lan, put(connection, {{"source_id", id_of(1).uuid}}), ErrorCode::invalid_argument);
}

TEST_CASE("If-Match is strict", "[decide][update]") {
  Crew crew;
  Command command = put(source(1), {{"note", "x"}});
  command.if_match = etag(crew.lan, source(1));
  SECTION("the version that is there") { done(crew.lan, command); }
  SECTION("another version") {
    done(crew.lan, put(source(1), {{"note", "y"}}));
    Error error = refused(crew.lan, command, ErrorCode::precondition);
    REQUIRE(error.detail->record == source(1));
  }
  SECTION("* means that it exists") {
    command.if_match.reset();
    command.if_match_any = true;
    done(crew.lan, command);
  }
  SECTION("a stale version goes before a mistake in the body") {
    done(crew.lan, put(source(1), {{"note", "y"}}));
    command.row.values = values_of(table::sources, {{"h_res", 0}});
    refused(crew.lan, command, ErrorCode::precondition);
  }
  SECTION("not together with Base-Version") {
    command.base_version = seen(crew.lan, source(1));
    refused(crew.lan, command, ErrorCode::bad_request);
  }
}

TEST_CASE("a plain write on a pending conflict replaces only what is shown", "[decide][update]") {
  Crew crew;
  crew.disagree(3840, 2560);
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{2560});
  Outcome outcome = done(crew.lan, put(source(1), {{"h_res", 1280}}));
  Operation set = last_event(crew.lan, outcome).operations.front();
  REQUIRE(set.replaces->size() == 1);
  REQUIRE(*find(set.base, column_of(table::sources, "h_res")) == Value{2560});
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{1280});
  Conflict conflict = only_pending(crew.lan, source(1));
  REQUIRE(conflict.sides.size() == 2);
  REQUIRE(*find(conflict.base, column_of(table::sources, "h_res")) == Value{1920});
  REQUIRE(*find(conflict.sides[0].value, column_of(table::sources, "h_res")) == Value{3840});
}

TEST_CASE("a plain write on another group leaves a pending conflict alone", "[decide][update]") {
  Crew crew;
  crew.disagree();
  done(crew.lan, put(source(1), {{"note", "x"}}));
  REQUIRE(only_pending(crew.lan, source(1)).sides.size() == 2);
}

TEST_CASE("a slot in use is refused, with a free one in the remedy", "[decide][update][unique]") {
  Crew crew;
  RecordKey frame{table::equipment_specs, id_of(1)};
  Command command =
      post(frame, {{"category", "frame"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream);
  add_child(command.row, table::equipment_cards, {{"slot_number", 1}}).id = id_of(11);
  add_child(command.row, table::equipment_cards, {{"slot_number", 2}}).id = id_of(12);
  done(crew.lan, command);
  RecordKey second{table::equipment_cards, id_of(12)};
  Error error = refused(crew.lan, put(second, {{"slot_number", 1}}, library_stream),
                        ErrorCode::invalid_argument);
  REQUIRE(faults(error) == Faults{"/slot_number unique"});
  REQUIRE(error.fields[0].detail == "1 is in use: 3 is free");
  unchanged(crew.lan, put(second, {{"slot_number", 2}}, library_stream));
  done(crew.lan,
       command_of(CommandKind::remove, {table::equipment_cards, id_of(11)}, library_stream));
  done(crew.lan, put(second, {{"slot_number", 1}}, library_stream));
}
