#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

Command lock(std::string reason = "show day", UnixMs until_ms = 0) {
  Command command = by(command_of(CommandKind::lock, production), "Ben");
  command.reason = std::move(reason);
  command.until_ms = until_ms;
  return command;
}

Command unlock() { return command_of(CommandKind::unlock, production); }

Command moment(std::string name) {
  Command command = command_of(CommandKind::moment, production);
  command.reason = std::move(name);
  return command;
}

}  // namespace

TEST_CASE("a lock names its node; the holder goes on writing and may renew it", "[decide][lock]") {
  Crew crew;
  Outcome outcome = done(crew.lan, lock());
  REQUIRE(outcome.record == production);
  Operation operation = last_event(crew.lan, outcome).operations.front();
  REQUIRE(operation.kind == OperationKind::lock);
  REQUIRE(operation.node == crew.lan.engine.identity().node);
  REQUIRE(operation.comment == "show day");
  done(crew.lan, put(source(1), {{"note", "x"}}));
  done(crew.lan, lock("show day, extended"));
}

TEST_CASE("every write of others is answered with the lock", "[decide][lock]") {
  Crew crew;
  crew.disagree();
  Conflict conflict = only_pending(crew.cloud, source(1));
  done(crew.lan, lock());
  crew.sync();
  Command resolve;
  resolve.kind = CommandKind::resolve;
  resolve.stream = show;
  resolve.conflict = conflict.id;
  resolve.conflict_etag = etag_of(conflict);
  resolve.choice.resolution = Resolution::cloud_wins;
  for (const Command& command :
       {put(production, {{"venue", "Hall 2"}}), put(source(1), {{"note", "x"}}),
        put(source(1), {{"h_res", 0}}), post(source(2), {{"type", "camera"}, {"name", "CAM 2"}}),
        command_of(CommandKind::remove, source(1)), command_of(CommandKind::restore, source(1)),
        resolve, lock(), unlock(), moment("Doors")}) {
    Error error = refused(crew.cloud, command, ErrorCode::locked);
    REQUIRE(error.detail->lock->node == crew.lan.engine.identity().node);
    REQUIRE(error.detail->lock->reason == "show day");
    REQUIRE(error.detail->lock->by.user == "Ben");
  }
  refused(crew.cloud, put(source(9), {}), ErrorCode::not_found);
}

TEST_CASE("the library has no locks", "[decide][lock]") {
  Crew crew;
  done(crew.lan, lock());
  crew.sync();
  RecordKey device{table::equipment_specs, id_of(1)};
  done(crew.cloud,
       post(device, {{"category", "r"}, {"manufacturer", "X"}, {"model", "Y"}}, library_stream));
  Command command = lock();
  command.stream = library_stream;
  refused(crew.lan, command, ErrorCode::not_found);
}

TEST_CASE("past its time a lock is free", "[decide][lock]") {
  Crew crew;
  UnixMs until = crew.lan.clock.peek() + 60'000;
  done(crew.lan, lock("until eight", until));
  crew.sync();
  refused(crew.cloud, put(source(1), {{"note", "x"}}), ErrorCode::locked);
  crew.cloud.clock.set(until + 1);
  done(crew.cloud, put(source(1), {{"note", "x"}}));
  unchanged(crew.cloud, unlock());
  done(crew.cloud, lock());
}

TEST_CASE("a lock that could not hold is refused", "[decide][lock]") {
  Crew crew;
  REQUIRE(faults(refused(crew.lan, lock(std::string(1001, 'x'), 1), ErrorCode::invalid_argument)) ==
          Faults{"/reason length", "/until range"});
  Command command = lock();
  command.stream = StreamId{uuid_named(0x01, 9)};
  refused(crew.lan, command, ErrorCode::not_found);
  done(crew.lan, command_of(CommandKind::remove, production));
  refused(crew.lan, lock(), ErrorCode::gone);
}

TEST_CASE("the holder unlocks; others need to override, with an event", "[decide][lock]") {
  Crew crew;
  unchanged(crew.lan, unlock());
  done(crew.lan, lock());
  crew.sync();
  SECTION("the holder") {
    done(crew.lan, unlock());
    unchanged(crew.lan, unlock());
    crew.sync();
    done(crew.cloud, put(source(1), {{"note", "x"}}));
  }
  SECTION("another node") {
    refused(crew.cloud, unlock(), ErrorCode::locked);
    Command command = unlock();
    command.override_lock = true;
    command.reason = "the truck has left";
    Outcome outcome = done(crew.cloud, command);
    Operation operation = last_event(crew.cloud, outcome).operations.front();
    REQUIRE(operation.kind == OperationKind::unlock);
    REQUIRE(operation.comment == "the truck has left");
    done(crew.cloud, put(source(1), {{"note", "x"}}));
  }
}

TEST_CASE("a moment has a name, and a show", "[decide][moment]") {
  Crew crew;
  Outcome outcome = done(crew.lan, moment("Doors"));
  REQUIRE(outcome.record == production);
  Operation operation = last_event(crew.lan, outcome).operations.front();
  REQUIRE(operation.kind == OperationKind::moment);
  REQUIRE(operation.comment == "Doors");
  REQUIRE(faults(refused(crew.lan, moment(""), ErrorCode::invalid_argument)) ==
          Faults{"/name required"});
  REQUIRE(faults(refused(crew.lan, moment(std::string(1001, 'x')), ErrorCode::invalid_argument)) ==
          Faults{"/name length"});
  done(crew.lan, command_of(CommandKind::remove, production));
  refused(crew.lan, moment("Doors"), ErrorCode::gone);
}
