#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

TEST_CASE("a new row has what was named, defaults, and a place at the end", "[decide][create]") {
  Crew crew;
  Outcome outcome = done(crew.lan, post(source(2), {{"type", "camera"}, {"name", "CAM 2"}}));
  REQUIRE(outcome.created);
  REQUIRE(outcome.record == source(2));
  REQUIRE(outcome.stream == show);
  RecordView row = view_of(crew.lan, source(2));
  REQUIRE(row.parent == RecordId{show.uuid});
  REQUIRE(row.version == 1);
  REQUIRE(shown(crew.lan, source(2), "name") == Value{"CAM 2"});
  REQUIRE(is_null(shown(crew.lan, source(2), "h_res")));
  REQUIRE(shown(crew.lan, source(1), "sort_order") == Value{"a0"});
  REQUIRE(shown(crew.lan, source(2), "sort_order") == Value{"a1"});
}

TEST_CASE(
    "a place that is named is taken; the next goes last, also behind rows that may be restored",
    "[decide][create]") {
  Crew crew;
  Fields anywhere = {{"type", "camera"}, {"name", "CAM"}};
  done(crew.lan, post(source(2), {{"type", "camera"}, {"name", "CAM"}, {"sort_order", "b10"}}));
  done(crew.lan, post(source(3), anywhere));
  REQUIRE(shown(crew.lan, source(2), "sort_order") == Value{"b10"});
  REQUIRE(shown(crew.lan, source(3), "sort_order") == Value{"b11"});
  done(crew.lan, command_of(CommandKind::remove, source(3)));
  done(crew.lan, command_of(CommandKind::remove, source(2)));
  done(crew.lan, post(source(4), anywhere));
  REQUIRE(shown(crew.lan, source(4), "sort_order") == Value{"b12"});
}

TEST_CASE("defaults of the schema fill what was not named", "[decide][create]") {
  Crew crew;
  RecordKey router{table::equipment_specs, id_of(1)};
  done(crew.lan, post(router, {{"category", "router"}, {"manufacturer", "X"}, {"model", "Y"}},
                      library_stream));
  REQUIRE(shown(crew.lan, router, "format_by_io", library_stream) == Value{true});
  REQUIRE(shown(crew.lan, router, "is_secondary_device", library_stream) == Value{false});
  RecordKey second{table::equipment_specs, id_of(2)};
  done(crew.lan,
       post(second,
            {{"category", "r"}, {"manufacturer", "X"}, {"model", "Z"}, {"format_by_io", Value{}}},
            library_stream));
  REQUIRE(is_null(shown(crew.lan, second, "format_by_io", library_stream)));
  REQUIRE(shown(crew.lan, second, "sort_order", library_stream) == Value{"a1"});
}

TEST_CASE("a body with mistakes is refused with all of them", "[decide][create]") {
  Crew crew;
  Command command = post(source(2), {{"name", ""}, {"h_res", 0}, {"blanking", "x"}, {"note", 7}});
  Error error = refused(crew.lan, command, ErrorCode::invalid_argument);
  REQUIRE(faults(error) == Faults{"/name required", "/h_res range", "/note type", "/blanking enum",
                                  "/type required"});
}

TEST_CASE("a new row belongs where its path says", "[decide][create]") {
  Crew crew;
  Command command = post(source(2), {{"type", "camera"}, {"name", "CAM 2"}});
  SECTION("the same parent may be repeated") {
    command.row.parent = RecordId{show.uuid};
    command.row.id = id_of(2);
    command.row.is_deleted = false;
    done(crew.lan, command);
  }
  SECTION("another one may not") {
    command.row.parent = id_of(9);
    command.row.id = id_of(9);
    command.row.is_deleted = true;
    REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
            Faults{"/id read_only", "/production_id read_only", "/is_deleted read_only"});
  }
}

TEST_CASE("the parent must be there", "[decide][create]") {
  Crew crew;
  Command command = post(source(2), {{"type", "camera"}, {"name", "CAM 2"}});
  SECTION("unknown") {
    command.stream = StreamId{uuid_named(0x01, 9)};
    refused(crew.lan, command, ErrorCode::not_found);
  }
  SECTION("deleted") {
    done(crew.lan, by(command_of(CommandKind::remove, production), "Ana"));
    Error error = refused(crew.lan, command, ErrorCode::gone);
    REQUIRE(error.detail->record == production);
    REQUIRE(error.detail->by.user == "Ana");
    REQUIRE(error.detail->deleted_ms > 0);
  }
}

TEST_CASE("references of a new row must be there", "[decide][create]") {
  Crew crew;
  RecordKey connection{table::connections, id_of(5)};
  refused(crew.lan, post(connection, {{"source_id", uuid_named(0x10, 9)}}),
          ErrorCode::invalid_argument);
  done(crew.lan,
       post(connection, {{"source_id", id_of(1).uuid}, {"destination_id", uuid_named(0x77, 1)}}));
  done(crew.lan, command_of(CommandKind::remove, source(1)));
  Error error =
      refused(crew.lan, post({table::connections, id_of(6)}, {{"source_id", id_of(1).uuid}}),
              ErrorCode::invalid_argument);
  REQUIRE(faults(error) == Faults{"/source_id reference"});
}

TEST_CASE("the same id again", "[decide][create]") {
  Crew crew;
  Command command = post(source(2), {{"type", "camera"}, {"name", "CAM 2"}});
  done(crew.lan, command);
  SECTION("with the same content: success without an event") {
    REQUIRE(!unchanged(crew.lan, command).created);
  }
  SECTION("with other content: exists") {
    command.row.values = values_of(table::sources, {{"type", "camera"}, {"name", "CAM 3"}});
    REQUIRE(refused(crew.lan, command, ErrorCode::exists).detail->record == source(2));
  }
  SECTION("with a mistake: the mistake") {
    set(command.row.values, column_of(table::sources, "h_res"), 0);
    REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
            Faults{"/h_res range"});
  }
  SECTION("after it was changed: exists") {
    done(crew.lan, put(source(2), {{"note", "left of stage"}}));
    refused(crew.lan, command, ErrorCode::exists);
  }
}

TEST_CASE("a create on a gone id brings the row back as the new one", "[decide][create]") {
  Crew crew;
  done(crew.lan, put(source(1), {{"note", "old"}}));
  done(crew.lan, command_of(CommandKind::remove, source(1)));
  Command command = post(source(1), {{"type", "camera"}, {"name", "CAM 9"}, {"h_res", 1280}});
  SECTION("where the caller says so") {
    Outcome outcome = done(crew.lan, command);
    REQUIRE(outcome.created);
    RecordView row = view_of(crew.lan, source(1));
    REQUIRE(row.visible());
    REQUIRE(shown(crew.lan, source(1), "name") == Value{"CAM 9"});
    REQUIRE(shown(crew.lan, source(1), "h_res") == Value{1280});
    REQUIRE(is_null(shown(crew.lan, source(1), "v_res")));
    REQUIRE(is_null(shown(crew.lan, source(1), "note")));
    REQUIRE(shown(crew.lan, source(1), "sort_order") == Value{"a0"});
    Event event = last_event(crew.lan, outcome);
    REQUIRE(event.operations.front().kind == OperationKind::restore);
  }
  SECTION("else the id is taken") {
    command.restore_gone = false;
    refused(crew.lan, command, ErrorCode::exists);
  }
  SECTION("with a mistake nothing comes back") {
    command.row.values.clear();
    REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
            Faults{"/type required", "/name required"});
  }
}

TEST_CASE("an id that was not given is made from the Idempotency-Key", "[decide][create]") {
  Crew crew;
  Command command = post({table::sources, {}}, {{"type", "camera"}, {"name", "CAM 2"}});
  add_child(command.row, table::source_outputs, {{"connector", "SDI"}});
  SECTION("the same on every node") {
    command.command_key = uuid_named(0x99, 1);
    Outcome here = done(crew.lan, command);
    Outcome there = done(crew.cloud, command);
    REQUIRE(here.record == there.record);
    crew.sync();
    REQUIRE(children(crew.lan, {show.uuid}, table::sources).size() == 2);
    REQUIRE(children(crew.lan, here.record.id, table::source_outputs).size() == 1);
  }
  SECTION("without a key each is a new row") {
    REQUIRE(done(crew.lan, command).record != done(crew.lan, command).record);
  }
}

TEST_CASE("id_for_create: named, then in the body, then made", "[decide][create]") {
  TestRandom random(1);
  Command command;
  command.table = table::productions;
  REQUIRE(id_for_create(command, 1, random).uuid.bytes[6] >> 4 == 7);
  command.command_key = uuid_named(0x99, 1);
  REQUIRE(id_for_create(command, 1, random).uuid.bytes[6] >> 4 == 5);
  REQUIRE(id_for_create(command, 1, random) == id_for_create(command, 2, random));
  command.row.id = id_of(2);
  REQUIRE(id_for_create(command, 1, random) == id_of(2));
  command.record = id_of(3);
  REQUIRE(id_for_create(command, 1, random) == id_of(3));
}

TEST_CASE("If-Match on a create finds no row to match", "[decide][create]") {
  Crew crew;
  Command command = post(source(2), {{"type", "camera"}, {"name", "CAM 2"}});
  command.if_match_any = true;
  refused(crew.lan, command, ErrorCode::precondition);
}

TEST_CASE("a nested mistake has its pointer, and nothing of the row is written",
          "[decide][create]") {
  Crew crew;
  Command command = post(source(2), {{"type", "camera"}, {"name", "CAM 2"}});
  add_child(command.row, table::source_outputs, {{"connector", "SDI"}});
  add_child(command.row, table::source_outputs, {{"output_index", 0}});
  REQUIRE(faults(refused(crew.lan, command, ErrorCode::invalid_argument)) ==
          Faults{"/outputs/1/output_index range", "/outputs/1/connector required"});
}
