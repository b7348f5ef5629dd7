// Edits of a node that was away, written again (engine/rebase.h): the venue's box goes offline, the
// others go on and take all they have for stable, and what the box brings home later is never lost
// and never wins in silence.
#include "engine/rebase.h"

#include "engine/event_codec.h"
#include "merging_fixture.h"

namespace genlock::test {
namespace {

struct Absence : Crew {
  Replica returned{9, Role::lan, 9'000'000};
  RebasedEdits again;

  Value shown_name() { return value(cam, "name"); }

  std::vector<RecordEvent> edits_of_venue() {
    std::vector<RecordEvent> edits;
    const VersionVector there = office.head(show).vector();
    CausalReader events = CausalReader::open(venue.log, venue.store, show, nullptr).value();
    while (auto next = events.next().value())
      if (!there.contains(next->event.dot)) edits.push_back(*std::move(next));
    return edits;
  }

  // The venue takes the show as the office has it and says its edits again; the office hears them.
  void come_home() {
    ship(spare, office, show, random);
    for (StreamId stream : {show, library_stream}) ship(office, returned, stream, random);
    const State before = venue.state(show), now = returned.state(show);
    const StreamHead head = returned.head(show);
    auto chain_of = [&](const Dot& dot) -> Result<ChainHash> {
      TRY_ASSIGN(const StoredEvent stored, returned.log.read(returned.store, {show, dot}));
      return stored.chain;
    };
    again = rebase({.before = before,
                    .now = now,
                    .has = head.vector(),
                    .cut = head.vector(),
                    .edits = edits_of_venue(),
                    .latest = head.latest,
                    .now_ms = 9'500'000,
                    .chain_of = chain_of},
                   random)
                .value();
    const Result<IngestReport> taken = returned.ingest({show, again.events, {}});
    INFO((taken.ok() ? std::string() : taken.error().message));
    REQUIRE(taken.ok());
    REQUIRE(taken->stored == again.events.size());
    ship(returned, office, show, random);
    for (Space space : {Space::state, Space::rows})
      REQUIRE(office.dump(space) == returned.dump(space));
  }
  Event event_of(std::size_t n) { return decode(again.events.at(n)).value(); }
};

Value text(const char* words) { return std::string(words); }

std::vector<Value> sides_of(const Conflict& conflict) {
  std::vector<Value> values;
  for (const ConflictSide& side : conflict.sides)
    values.push_back(side.deleted ? text("deleted") : side.value.front().value);
  std::ranges::sort(values);
  return values;
}

TEST_CASE("an edit of a row that nobody touched shows as it would have", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam, "name", text("CAM left"))});
  absence.come_home();
  REQUIRE(absence.shown_name() == text("CAM left"));
  REQUIRE(absence.conflicts(cam).empty());
  const Event event = absence.event_of(0);
  REQUIRE(event.clock_suspect);
  REQUIRE(event.wall_ms < 4'000'000);  // when it was written first
  REQUIRE(event.operations.at(0).replaces->size() == 1);
}

TEST_CASE("of two edits of the absent node the later one shows", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam, "name", text("one"))});
  absence.venue.write(show, {write(cam, "name", text("two"))});
  absence.come_home();
  REQUIRE(absence.shown_name() == text("two"));
  REQUIRE(absence.conflicts(cam).empty());
  REQUIRE(absence.again.names.size() == 2);
}

TEST_CASE("an edit of a value that moved on is a side, and somebody decides", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam, "name", text("CAM left"))});
  absence.office.write(show, {write(cam, "name", text("CAM right"))});
  absence.come_home();
  REQUIRE(absence.pending(cam).size() == 1);
  REQUIRE(sides_of(absence.pending(cam)[0]) == std::vector{text("CAM left"), text("CAM right")});
}

TEST_CASE("an edit beside others of the same row merges by group", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam, "name", text("CAM left"))});
  absence.office.write(show, {write(cam, "type", text("camera"))});
  absence.come_home();
  REQUIRE(absence.shown_name() == text("CAM left"));
  REQUIRE(absence.value(cam, "type") == text("camera"));
  REQUIRE(absence.conflicts(cam).empty());
}

TEST_CASE("a row that only the absent node had comes as it was", "[rebase]") {
  Absence absence;
  const RecordKey made{table::sources, RecordId{uuid_named(0x10, 7)}};
  Operation born = create(made, production.id);
  born.values = {{column(made, "type"), text("camera")}, {column(made, "name"), text("Roof")}};
  absence.venue.write(show, {born});
  absence.venue.write(show, {write(made, "name", text("Roof 2"))});
  absence.come_home();
  REQUIRE(absence.value(made, "name") == text("Roof 2"));
  REQUIRE(absence.conflicts(made).empty());
}

TEST_CASE("of a row that both made, differing values are sides", "[rebase]") {
  Absence absence;
  const RecordKey made{table::sources, RecordId{uuid_named(0x10, 7)}};
  Operation born = create(made, production.id);
  born.values = {{column(made, "type"), text("camera")}, {column(made, "name"), text("ours")}};
  absence.venue.write(show, {born});
  born.values.back().value = text("theirs");
  absence.office.write(show, {born});
  absence.come_home();
  REQUIRE(absence.pending(made).size() == 1);
  REQUIRE(sides_of(absence.pending(made)[0]) == std::vector{text("ours"), text("theirs")});
}

// Seed 459758 of the simulator: a name of an event that says nothing there was kept, the event was
// compacted, and the row could not be shown any more.
TEST_CASE("of a row that both made alike, a later edit names no write that was left out",
          "[rebase]") {
  Absence absence;
  const RecordKey made{table::sources, RecordId{uuid_named(0x10, 7)}};
  Operation born = create(made, production.id);
  born.values = {{column(made, "type"), text("camera")}, {column(made, "name"), text("Roof")}};
  const EventId ours = absence.venue.write(show, {born});
  absence.office.write(show, {born});
  absence.venue.write(show, {naming(write(made, "name", text("Roof 2")), {ours.dot})});
  absence.come_home();
  REQUIRE(absence.event_of(0).operations.empty());
  REQUIRE(absence.event_of(1).operations.at(0).replaces->empty());
  REQUIRE(absence.pending(made).size() == 1);
  REQUIRE(sides_of(absence.pending(made)[0]) == std::vector{text("Roof"), text("Roof 2")});
}

TEST_CASE("a deletion of a row that nobody touched stands", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {remove(cam)});
  absence.come_home();
  REQUIRE(absence.shown(cam).view.is_deleted);
  REQUIRE(absence.pending(cam).empty());
}

TEST_CASE("a deletion of a row that moved on asks somebody", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {remove(cam)});
  absence.office.write(show, {write(cam, "name", text("CAM right"))});
  absence.come_home();
  REQUIRE(!absence.shown(cam).view.is_deleted);
  REQUIRE(absence.shown_name() == text("CAM right"));
  REQUIRE(absence.pending(cam).size() == 1);
  REQUIRE(absence.pending(cam)[0].kind == ConflictKind::life);
}

TEST_CASE("a deletion of a row whose child moved on asks somebody", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {remove(cam)});
  absence.office.write(show, {write(cam_output, "output_index", std::int64_t{3})});
  absence.come_home();
  REQUIRE(!absence.shown(cam).view.is_deleted);
  REQUIRE(absence.pending(cam).size() == 1);
}

TEST_CASE("an edit of a row that was deleted meanwhile asks somebody", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam, "name", text("CAM left"))});
  absence.office.write(show, {remove(cam)});
  absence.come_home();
  REQUIRE(!absence.shown(cam).view.is_deleted);
  REQUIRE(absence.shown_name() == text("CAM left"));
  REQUIRE(absence.pending(cam).size() == 1);
  REQUIRE(absence.pending(cam)[0].kind == ConflictKind::life);
}

TEST_CASE("an edit below a row that was deleted meanwhile asks somebody", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam_output, "output_index", std::int64_t{3})});
  absence.office.write(show, {remove(cam)});
  absence.come_home();
  REQUIRE(!absence.shown(cam).view.is_deleted);
  REQUIRE(absence.pending(cam).size() == 1);
}

TEST_CASE("a restore of what was deleted before stands", "[rebase]") {
  Absence absence;
  absence.office.write(show, {remove(cam)});
  absence.heal();
  absence.venue.write(show, {restore(cam)});
  absence.come_home();
  REQUIRE(!absence.shown(cam).view.is_deleted);
  REQUIRE(absence.pending(cam).empty());
}

TEST_CASE("a restore does not undo a deletion that it did not know", "[rebase]") {
  Absence absence;
  absence.office.write(show, {remove(cam)});
  absence.heal();
  absence.venue.write(show, {restore(cam)});
  absence.office.write(show, {restore(cam)});
  absence.office.write(show, {remove(cam)});
  absence.come_home();
  REQUIRE(absence.pending(cam).size() == 1);
  REQUIRE(absence.pending(cam)[0].kind == ConflictKind::life);
}

TEST_CASE("a resolution decides between the sides that it saw", "[rebase]") {
  Absence absence;
  const EventId one = absence.office.write(show, {write(cam, "h_res", std::int64_t{1920})});
  const EventId two = absence.spare.write(show, {write(cam, "h_res", std::int64_t{3840})});
  absence.heal();
  REQUIRE(absence.pending(cam).size() == 1);
  absence.venue.write(show, {resolve(write(cam, "h_res", std::int64_t{3840}), {one.dot, two.dot})});
  SECTION("and where nothing came since, it is decided") {
    absence.come_home();
    REQUIRE(absence.pending(cam).empty());
    REQUIRE(absence.value(cam, "h_res") == Value(std::int64_t{3840}));
  }
  SECTION("and a side that came since keeps it open") {
    absence.office.write(show, {naming(write(cam, "h_res", std::int64_t{1280}), {one.dot})});
    absence.come_home();
    REQUIRE(absence.pending(cam).size() == 1);
    REQUIRE(sides_of(absence.pending(cam)[0]) ==
            std::vector<Value>{std::int64_t{1280}, std::int64_t{3840}});
  }
}

TEST_CASE("an edit that did not know of a lock is a side", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {write(cam, "name", text("CAM left"))});
  absence.office.write(show, {lock(NodeId{uuid_named(0xAA, 0)})});
  absence.come_home();
  REQUIRE(absence.pending(cam).size() == 1);
}

TEST_CASE("a lock of the absent node is told, not taken", "[rebase]") {
  Absence absence;
  absence.venue.write(show, {lock(NodeId{uuid_named(0xAA, 1)})});
  absence.come_home();
  REQUIRE(absence.office.state(show).locks()->locks.empty());
  REQUIRE(absence.event_of(0).operations.at(0).kind == OperationKind::moment);
}

TEST_CASE("a note that both wrote on keeps both texts as sides", "[rebase]") {
  Absence absence;
  absence.office.write(show, {write(cam, "note", text("left of stage"))});
  absence.heal();
  absence.venue.write(show, {write(cam, "note", text("far left of stage"))});
  absence.office.write(show, {write(cam, "note", text("left of the stage"))});
  absence.come_home();
  REQUIRE(absence.pending(cam).size() == 1);
  REQUIRE(sides_of(absence.pending(cam)[0]) ==
          std::vector{text("far left of stage"), text("left of the stage")});
}

TEST_CASE("nested rows of an absent node come with their parents", "[rebase]") {
  Absence absence;
  const RecordKey made{table::sources, RecordId{uuid_named(0x10, 7)}};
  const RecordKey output{table::source_outputs, RecordId{uuid_named(0x11, 7)}};
  absence.venue.write(show, {create(made, production.id), create(output, made.id)});
  absence.venue.write(show, {write(output, "output_index", std::int64_t{2})});
  absence.venue.write(show, {remove(output)});
  absence.come_home();
  REQUIRE(absence.shown(made).view.visible());
  REQUIRE(absence.shown(output).view.is_deleted);
}

}  // namespace
}  // namespace genlock::test
