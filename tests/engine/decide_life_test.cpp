#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

Command remove(const RecordKey& key) { return command_of(CommandKind::remove, key); }
Command restore(const RecordKey& key) { return command_of(CommandKind::restore, key); }

}  // namespace

TEST_CASE("a delete is one tombstone; children are hidden, not written", "[decide][life]") {
  Crew crew;
  Outcome outcome = done(crew.lan, remove(production));
  Event event = last_event(crew.lan, outcome);
  REQUIRE(event.operations.size() == 1);
  REQUIRE(event.operations[0].kind == OperationKind::remove);
  REQUIRE(view_of(crew.lan, source(1)).hidden_by == production);
}

TEST_CASE("deleting again is success without an event", "[decide][life]") {
  Crew crew;
  done(crew.lan, remove(source(1)));
  unchanged(crew.lan, remove(source(1)));
  done(crew.lan, remove(production));
  unchanged(crew.lan, remove(source(1)));
}

TEST_CASE("deleting what nobody knows is not_found", "[decide][life]") {
  Crew crew;
  refused(crew.lan, remove(source(9)), ErrorCode::not_found);
}

TEST_CASE("a delete honours If-Match", "[decide][life]") {
  Crew crew;
  Command command = remove(source(1));
  command.if_match = etag(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"note", "x"}}));
  refused(crew.lan, command, ErrorCode::precondition);
  command.if_match = etag(crew.lan, source(1));
  done(crew.lan, command);
  command.if_match.reset();
  command.if_match_any = true;
  refused(crew.lan, command, ErrorCode::precondition);  // it is not there any more
}

TEST_CASE("a delete by somebody who missed a change is refused, with what changed",
          "[decide][life][base]") {
  Crew crew;
  Command command = remove(source(1));
  command.base_version = seen(crew.lan, source(1));
  SECTION("nothing changed") { done(crew.lan, command); }
  SECTION("the row") {
    done(crew.lan, by(put(source(1), {{"note", "x"}, {"h_res", 3840}}), "Ana"));
    Error error = refused(crew.lan, command, ErrorCode::conflict);
    REQUIRE(error.detail->fields.size() == 2);
    REQUIRE(error.detail->fields[0].by.user == "Ana");
    REQUIRE(error.detail->fields[0].yours.empty());
    REQUIRE(error.message.find("Prefer") == std::string::npos);
    command.record_conflict = true;  // of no help: an event of this node would cover the change
    refused(crew.lan, command, ErrorCode::conflict);
    command.record_conflict = false;
    command.base_version = seen(crew.lan, source(1));
    done(crew.lan, command);
    REQUIRE(view_of(crew.lan, source(1)).is_deleted);
  }
  SECTION("a nested child") {
    Command change = put(source(1), {});
    add_child(change.row, table::source_outputs, {{"connector", "SDI"}}).id = id_of(21);
    done(crew.lan, change);
    Error error = refused(crew.lan, command, ErrorCode::conflict);
    REQUIRE(error.detail->fields[0].record == RecordKey{table::source_outputs, id_of(21)});
  }
}

TEST_CASE("restore brings a row back", "[decide][life]") {
  Crew crew;
  done(crew.lan, remove(source(1)));
  Outcome outcome = done(crew.lan, restore(source(1)));
  REQUIRE(last_event(crew.lan, outcome).operations.front().kind == OperationKind::restore);
  REQUIRE(view_of(crew.lan, source(1)).visible());
  unchanged(crew.lan, restore(source(1)));
  refused(crew.lan, restore(source(9)), ErrorCode::not_found);
}

TEST_CASE("a child of a gone parent is not restored: restore the parent", "[decide][life]") {
  Crew crew;
  done(crew.lan, remove(source(1)));
  done(crew.lan, by(remove(production), "Ana"));
  Error error = refused(crew.lan, restore(source(1)), ErrorCode::gone);
  REQUIRE(error.detail->record == production);
  REQUIRE(error.detail->by.user == "Ana");
  done(crew.lan, restore(production));
  done(crew.lan, restore(source(1)));
}

TEST_CASE("a row that is kept by an edit, pending, can be restored or deleted for good",
          "[decide][life]") {
  Crew crew;
  done(crew.cloud, remove(source(1)));
  done(crew.lan, put(source(1), {{"note", "still needed"}}));
  crew.sync();
  REQUIRE(only_pending(crew.lan, source(1)).kind == ConflictKind::life);
  SECTION("restored") { done(crew.lan, restore(source(1))); }
  SECTION("deleted") { done(crew.lan, remove(source(1))); }
  REQUIRE(view_of(crew.lan, source(1)).pending_conflicts == 0);
}
