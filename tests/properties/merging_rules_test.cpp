// Every rule of merging by name, on two or three nodes that write apart and come together. Writes
// are raw operations: what decide makes of a command is tested in tests/engine/decide_*; here it is
// what the events mean. Rule 8 has a file of its own, merging_finer_test.cpp.
#include "properties/merging_fixture.h"

namespace genlock::test {
namespace {

TEST_CASE("rule 1: edits of different groups of one row both stand", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "h_res", std::int64_t{3840})});
  crew.venue.write(show, {write(cam, "note", "check focus")});
  crew.heal();
  REQUIRE(crew.value(cam, "h_res") == Value(std::int64_t{3840}));
  REQUIRE(crew.value(cam, "note") == Value("check focus"));
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 2: the same value written on both sides is no conflict", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "h_res", std::int64_t{3840}), write(cam, "note", "x")});
  crew.venue.write(show, {write(cam, "h_res", std::int64_t{3840}), write(cam, "note", "x")});
  crew.heal();
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 3: of a plain field the higher rank shows and the other is on record",
          "[merging]") {
  Crew crew;
  EventId lost = crew.office.write(show, {write(cam, "name", "office")});
  EventId won = crew.venue.write(show, {write(cam, "name", "venue")});
  crew.heal();
  REQUIRE(crew.value(cam, "name") == Value("venue"));
  std::vector<Conflict> found = crew.conflicts(cam);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].id == loss_id(show, lost.dot, cam, group(cam, "name")));
  REQUIRE(found[0].resolution == Resolution::local_wins);
  REQUIRE(found[0].resolved_by_event == won.dot);
}

TEST_CASE("rule 3: a loss stays on record after a later plain write", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "name", "office")});
  crew.venue.write(show, {write(cam, "name", "venue")});
  crew.heal();
  crew.spare.write(show, {write(cam, "name", "spare")});
  crew.heal();
  REQUIRE(crew.value(cam, "name") == Value("spare"));
  REQUIRE(crew.conflicts(cam).size() == 1);
}

TEST_CASE(
    "rule 3: a write that two nodes replaced unseen is one loss, by the highest of what showed",
    "[merging]") {
  Crew crew;
  EventId lost = crew.office.write(show, {write(cam, "name", Value("lost"))});
  crew.venue.write(show, {write(cam, "name", Value("shown at the venue"))});
  EventId higher = crew.spare.write(show, {write(cam, "name", Value("shown at the spare"))});
  ship(crew.office, crew.venue, show, crew.random);
  ship(crew.office, crew.spare, show, crew.random);
  crew.venue.write(show, {write(cam, "name", Value("replaces both"))});
  crew.spare.write(show, {write(cam, "name", Value("so does this"))});
  crew.heal();
  std::vector<Conflict> found = crew.conflicts(cam);
  Uuid id = loss_id(show, lost.dot, cam, group(cam, "name"));
  REQUIRE(std::ranges::count(found, id, &Conflict::id) == 1);
  auto loss = std::ranges::find(found, id, &Conflict::id);
  REQUIRE(loss->sides.at(loss->shown).event == higher.dot);
}

TEST_CASE("rule 3: what was shown to the one who replaced it is no loss", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "name", "first")});
  crew.office.write(show, {write(cam, "name", "second")});
  crew.heal();
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 3: a write replaced unseen by one node is a loss even where another node showed it",
          "[merging]") {
  Crew crew;
  EventId a = crew.office.write(show, {write(cam, "name", "a")});  // ranks below b
  crew.venue.write(show, {write(cam, "name", "b")});
  // The office goes on from `a` alone; the spare has seen both and replaces both, `a` without ever
  // showing it.
  crew.office.write(show, {write(cam, "name", "a2")});
  ship(crew.venue, crew.spare, show, crew.random);
  ship(crew.office, crew.spare, show, crew.random, 1);
  crew.spare.write(show, {write(cam, "name", "c")});
  crew.heal();
  std::vector<Conflict> found = crew.conflicts(cam);
  REQUIRE(std::any_of(found.begin(), found.end(), [&](const Conflict& c) {
    return c.id == loss_id(show, a.dot, cam, group(cam, "name"));
  }));
}

TEST_CASE("rule 4: concurrent video formats are both kept and the conflict is pending",
          "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "h_res", std::int64_t{1920})});
  crew.heal();
  crew.later();
  crew.office.write(show, {write(cam, "h_res", std::int64_t{3840})});
  crew.venue.write(show, {write(cam, "h_res", std::int64_t{1280})});
  crew.heal();
  REQUIRE(crew.value(cam, "h_res") == Value(std::int64_t{1280}));
  std::vector<Conflict> found = crew.pending(cam);
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].id == field_conflict_id(show, cam, group(cam, "h_res")));
  REQUIRE(found[0].sides.size() == 2);
  REQUIRE(found[0].sides[found[0].shown].value == write(cam, "h_res", std::int64_t{1280}).values);
  REQUIRE(found[0].base == write(cam, "h_res", std::int64_t{1920}).values);
  REQUIRE(found[0].cloud_side()->role == Role::cloud);
  REQUIRE(found[0].local_side()->role == Role::lan);
}

TEST_CASE("rule 4: a write that names only the shown side leaves the other a side", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "h_res", std::int64_t{3840})});
  EventId at_venue = crew.venue.write(show, {write(cam, "h_res", std::int64_t{1280})});
  crew.heal();
  crew.spare.write(show, {naming(write(cam, "h_res", std::int64_t{720}), {at_venue.dot})});
  crew.heal();
  REQUIRE(crew.value(cam, "h_res") == Value(std::int64_t{720}));
  REQUIRE(crew.pending(cam).size() == 1);
  REQUIRE(crew.pending(cam)[0].sides.size() == 2);
}

TEST_CASE("rule 4: a resolution that names all sides decides; one that misses a side does not",
          "[merging]") {
  Crew crew;
  EventId a = crew.office.write(show, {write(cam, "h_res", std::int64_t{3840})});
  EventId b = crew.venue.write(show, {write(cam, "h_res", std::int64_t{1280})});
  EventId c = crew.spare.write(show, {write(cam, "h_res", std::int64_t{720})});
  crew.heal();
  Uuid id = crew.pending(cam).at(0).id;
  crew.office.write(show, {resolve(write(cam, "h_res", std::int64_t{3840}), {a.dot, b.dot})});
  crew.heal();
  REQUIRE(crew.pending(cam).size() == 1);
  std::vector<Dot> left;
  const Conflict open = crew.pending(cam)[0];
  for (const ConflictSide& side : open.sides) left.push_back(side.event);
  REQUIRE(std::count(left.begin(), left.end(), c.dot) == 1);
  crew.office.write(show, {resolve(write(cam, "h_res", std::int64_t{3840}), left)});
  crew.heal();
  REQUIRE(crew.pending(cam).empty());
  REQUIRE(crew.conflicts(cam).size() == 1);
  REQUIRE(crew.conflicts(cam)[0].id == id);
  REQUIRE(crew.conflicts(cam)[0].resolution == Resolution::manual);
}

TEST_CASE("rule 4: two different resolutions reopen the conflict under the same id", "[merging]") {
  Crew crew;
  EventId a = crew.office.write(show, {write(cam, "h_res", std::int64_t{3840})});
  EventId b = crew.venue.write(show, {write(cam, "h_res", std::int64_t{1280})});
  crew.heal();
  Uuid id = crew.pending(cam).at(0).id;
  crew.office.write(show, {resolve(write(cam, "h_res", std::int64_t{3840}), {a.dot, b.dot})});
  crew.venue.write(show, {resolve(write(cam, "h_res", std::int64_t{1280}), {a.dot, b.dot})});
  crew.heal();
  REQUIRE(crew.pending(cam).size() == 1);
  REQUIRE(crew.pending(cam)[0].id == id);
}

TEST_CASE(
    "rule 5: a row that was edited while another deleted it stays, and somebody has to decide",
    "[merging]") {
  Crew crew;
  crew.office.write(show, {remove(cam)});
  crew.venue.write(show, {write(cam, "note", "still needed")});
  crew.heal();
  REQUIRE_FALSE(crew.shown(cam).view.is_deleted);
  REQUIRE(crew.pending(cam).at(0).kind == ConflictKind::life);
  SECTION("a delete that has seen all deletes") {
    crew.spare.write(show, {remove(cam)});
    crew.heal();
    REQUIRE(crew.shown(cam).view.is_deleted);
    REQUIRE(crew.pending(cam).empty());
  }
  SECTION("a restore keeps it") {
    crew.spare.write(show, {restore(cam)});
    crew.heal();
    REQUIRE_FALSE(crew.shown(cam).view.is_deleted);
    REQUIRE(crew.pending(cam).empty());
  }
  SECTION("an edit that knew of the delete decides nothing") {
    crew.spare.write(show, {write(cam, "note", "more")});
    crew.heal();
    REQUIRE(crew.pending(cam).size() == 1);
  }
}

TEST_CASE("rule 5: a touched descendant keeps its parents", "[merging]") {
  Crew crew;
  crew.office.write(show, {remove(production)});
  crew.venue.write(show, {write(cam_output, "connector", "SDI")});
  crew.heal();
  REQUIRE_FALSE(crew.shown(production).view.is_deleted);
  REQUIRE(crew.pending(production).at(0).kind == ConflictKind::life);
}

TEST_CASE("rule 5: a source added under a deleted production keeps the production", "[merging]") {
  Crew crew;
  RecordKey added{table::sources, RecordId{uuid_named(0x10, 9)}};
  crew.office.write(show, {remove(production)});
  crew.venue.write(show, {create(added, production.id)});
  crew.heal();
  REQUIRE_FALSE(crew.shown(production).view.is_deleted);
  REQUIRE(crew.shown(added).view.visible());
}

TEST_CASE("rule 5: a touch that one of two deletes has seen does not keep the row", "[merging]") {
  Crew crew;
  crew.venue.write(show, {write(cam, "note", "x")});
  ship(crew.venue, crew.spare, show, crew.random);
  crew.office.write(show, {remove(cam)});  // has not seen the note
  crew.spare.write(show, {remove(cam)});   // has
  crew.heal();
  REQUIRE(crew.shown(cam).view.is_deleted);
}

TEST_CASE("rule 5: one id created under two parents is a touch of the one it is under",
          "[merging]") {
  Crew crew;
  RecordKey port{table::equipment_card_io, RecordId{uuid_named(0x22, 1)}};
  bool earlier_at_the_office = GENERATE(false, true);
  crew.office.clock.set(earlier_at_the_office ? 2'000'000 : 9'000'000);
  crew.office.write(library_stream, {create(port, card_a.id)});
  crew.venue.write(library_stream, {create(port, card_b.id)});
  crew.spare.write(library_stream, {remove(card_a), remove(card_b)});
  crew.heal();  // whichever create arrives first
  REQUIRE(crew.shown(card_a).view.is_deleted != earlier_at_the_office);
  REQUIRE(crew.shown(card_b).view.is_deleted == earlier_at_the_office);
}

TEST_CASE("rule 5: a delete does not stand against a touch of its own event", "[merging]") {
  Crew crew;
  crew.office.write(show, {remove(cam), write(cam_output, "connector", "SDI")});
  crew.venue.write(show, {remove(cam)});
  crew.heal();
  REQUIRE(crew.shown(cam).view.is_deleted);
}

TEST_CASE("rule 6: children of a gone row are hidden and return with it", "[merging]") {
  Crew crew;
  crew.office.write(show, {remove(cam)});
  crew.heal();
  REQUIRE(crew.shown(cam_output).view.hidden_by == cam);
  crew.venue.write(show, {restore(cam)});
  crew.heal();
  REQUIRE(crew.shown(cam_output).view.visible());
}

TEST_CASE("rule 6: a hidden row's conflicts rest and come back", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "h_res", std::int64_t{3840})});
  crew.venue.write(show, {write(cam, "h_res", std::int64_t{1280})});
  crew.heal();
  crew.office.write(show, {remove(production)});
  crew.heal();
  REQUIRE(crew.pending(cam).empty());
  crew.office.write(show, {restore(production)});
  crew.heal();
  REQUIRE(crew.pending(cam).size() == 1);
}

TEST_CASE("rule 6: a reference shows null while its target is gone, and the target again after",
          "[merging]") {
  Crew crew;
  crew.office.write(show, {write(patch, "source_id", cam.id.uuid)});
  crew.heal();
  crew.venue.write(show, {remove(cam)});
  crew.heal();
  REQUIRE(is_null(crew.value(patch, "source_id")));
  crew.venue.write(show, {restore(cam)});
  crew.heal();
  REQUIRE(crew.value(patch, "source_id") == Value(cam.id.uuid));
}

TEST_CASE("rule 6: of two rows in one slot the earlier claim shows, the other keeps its number",
          "[merging]") {
  Crew crew;
  crew.office.write(library_stream, {write(card_a, "slot_number", std::int64_t{1})});
  crew.venue.write(library_stream, {write(card_b, "slot_number", std::int64_t{1})});
  crew.heal();
  REQUIRE_FALSE(crew.shown(card_a).view.slot_taken_by);
  REQUIRE(crew.shown(card_b).view.slot_taken_by == card_a.id);
  REQUIRE(crew.value(card_b, "slot_number") == Value(std::int64_t{1}));
  Conflict conflict = crew.pending(card_a).at(0);
  REQUIRE(conflict.kind == ConflictKind::unique);
  REQUIRE(conflict.proposed == std::int64_t{2});
  SECTION("it ends when one claimant is left") {
    crew.spare.write(library_stream, {write(card_b, "slot_number", std::int64_t{2})});
    crew.heal();
    REQUIRE(crew.pending(card_a).empty());
    REQUIRE_FALSE(crew.shown(card_b).view.slot_taken_by);
  }
  SECTION("a row that was deleted and restored queues up again") {
    crew.spare.write(library_stream, {remove(card_a)});
    crew.spare.write(library_stream, {restore(card_a)});
    crew.heal();
    REQUIRE(crew.shown(card_a).view.slot_taken_by == card_b.id);
  }
}

TEST_CASE("rule 7: a write that had not seen the lock is held off, whatever the clocks say",
          "[merging]") {
  Crew crew;
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.venue.write(show, {write(cam, "name", "venue")});
  crew.office.clock.set(9'000'000);
  crew.office.write(show, {write(cam, "name", "office")});
  crew.heal();
  REQUIRE(crew.value(cam, "name") == Value("venue"));
  Conflict conflict = crew.pending(cam).at(0);
  REQUIRE(conflict.kind == ConflictKind::lock);
  REQUIRE(conflict.lock.has_value());
  SECTION("unlocking releases nothing") {
    crew.venue.write(show, {of_kind(OperationKind::unlock, production)});
    crew.heal();
    REQUIRE(crew.pending(cam).size() == 1);
    REQUIRE(crew.value(cam, "name") == Value("venue"));
  }
  SECTION("accepting it is a resolution") {
    std::vector<Dot> sides;
    for (const ConflictSide& side : conflict.sides) sides.push_back(side.event);
    crew.venue.write(show, {resolve(write(cam, "name", "office"), sides)});
    crew.heal();
    REQUIRE(crew.value(cam, "name") == Value("office"));
    REQUIRE(crew.pending(cam).empty());
  }
}

TEST_CASE("rule 7: a write that saw the lock is trusted", "[merging]") {
  Crew crew;
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.heal();
  crew.office.write(show, {write(cam, "name", "by override")});
  crew.heal();
  REQUIRE(crew.value(cam, "name") == Value("by override"));
  REQUIRE(crew.pending(cam).empty());
}

TEST_CASE("rule 7: a held-off row shows, because nothing else is there, and is pending",
          "[merging]") {
  Crew crew;
  RecordKey added{table::sources, RecordId{uuid_named(0x10, 9)}};
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.office.write(show, {create(added, production.id)});
  crew.heal();
  REQUIRE(crew.shown(added).view.visible());
  REQUIRE(crew.pending(added).at(0).kind == ConflictKind::lock);
}

TEST_CASE("rule 7: what a newer version wrote and a lock held off is decided by taking a side",
          "[merging]") {
  Crew crew;
  constexpr ColumnId newer{200};
  Operation written = of_kind(OperationKind::set, cam);
  written.group = GroupId{200};
  written.values = {{newer, "from a newer version"}};
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.venue.write(show, {written});
  written.values = {{newer, "something else"}};
  crew.office.write(show, {written});
  crew.heal();
  Conflict conflict = crew.pending(cam).at(0);
  REQUIRE(conflict.kind == ConflictKind::lock);
  Command command;
  command.kind = CommandKind::resolve;
  command.stream = show;
  command.conflict = conflict.id;
  command.conflict_etag = etag_of(conflict);
  SECTION("of a column that nobody here knows nothing can be said") {
    command.choice.value = ColumnValues{};
    Result<Outcome> refused = crew.venue.execute(command);
    REQUIRE(refused.error().code == ErrorCode::invalid_argument);
    REQUIRE(crew.pending(cam).size() == 1);
  }
  SECTION("its side is taken as it is") {
    command.choice.pick = conflict.sides.at(0).key;
    REQUIRE(crew.venue.execute(command).ok());
    crew.heal();
    REQUIRE(crew.pending(cam).empty());
  }
}

TEST_CASE("rule 7: a held-off delete does not delete", "[merging]") {
  Crew crew;
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.office.write(show, {remove(cam)});
  crew.heal();
  REQUIRE(crew.shown(cam).view.visible());
  REQUIRE(crew.pending(cam).at(0).kind == ConflictKind::lock);
}

TEST_CASE("rule 7: a held-off restore restores", "[merging]") {
  Crew crew;
  crew.office.write(show, {remove(cam)});
  crew.heal();
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.office.write(show, {restore(cam)});
  crew.heal();
  REQUIRE(crew.shown(cam).view.visible());
  REQUIRE(crew.pending(cam).empty());
}

TEST_CASE("rule 7: of concurrent locks a LAN node's stands before the cloud's, then the earlier",
          "[merging]") {
  Crew crew;
  crew.office.write(show, {lock(crew.office.engine.identity().node)});  // earlier, but the cloud's
  crew.spare.write(show, {lock(crew.spare.engine.identity().node)});
  crew.venue.clock.set(3'500'000);
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});  // earlier than the spare's
  crew.heal();
  LockState locks = crew.office.state(show).locks().value();
  REQUIRE(locks.locks.size() == 3);
  REQUIRE(std::count_if(locks.locks.begin(), locks.locks.end(),
                        [](const Lock& l) { return l.standing; }) == 1);
  REQUIRE(locks.active(1)->node == crew.venue.engine.identity().node);
}

TEST_CASE("rule 9: siblings that differ with a marked clock among them are pending", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "name", "office")});
  crew.venue.clock.set_suspect(true);
  crew.venue.write(show, {write(cam, "name", "venue")});
  crew.heal();
  REQUIRE(crew.pending(cam).size() == 1);
}

TEST_CASE(
    "an event with a gap, a foreign stream, a fork or a hybrid time that goes back is refused "
    "whole",
    "[merging]") {
  Crew crew;
  EventId first = crew.venue.write(show, {write(cam, "note", "1")});
  EventId second = crew.venue.write(show, {write(cam, "note", "2")});
  std::string later_bytes = crew.venue.log.read(crew.venue.store, second).value().bytes;
  auto before = crew.office.dump(Space::rows);
  REQUIRE(crew.office.ingest({show, {later_bytes}, {}}).error().code == ErrorCode::gap);
  REQUIRE(crew.office.ingest({library_stream, {later_bytes}, {}}).error().code ==
          ErrorCode::corruption);
  std::string first_bytes = crew.venue.log.read(crew.venue.store, first).value().bytes;
  REQUIRE(crew.office.ingest({show, {first_bytes, later_bytes}, {{second.dot, ChainHash{}}}})
              .error()
              .code == ErrorCode::fork);
  REQUIRE(crew.office.dump(Space::rows) == before);
  REQUIRE(crew.office.ingest({show, {first_bytes, later_bytes}, {}}).value().stored == 2);
  REQUIRE(crew.office.ingest({show, {first_bytes, later_bytes}, {}}).value().duplicates == 2);
}

}  // namespace
}  // namespace genlock::test
