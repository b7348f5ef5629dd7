// Rule 8 by name: notes merge word by word and JSON key path by key path where that loses nothing.
// What exactly several texts over one base say together is in tests/data/merges.
#include "properties/merging_fixture.h"

namespace genlock::test {
namespace {

// A crew whose camera has a note that all have seen.
struct Notes : Crew {
  explicit Notes(Value note = "camera on the left") {
    office.write(show, {write(cam, "note", std::move(note))});
    heal();
    later();
  }
  EventId at_office(Value note) {
    return office.write(show, {write(cam, "note", std::move(note))});
  }
  EventId at_venue(Value note) { return venue.write(show, {write(cam, "note", std::move(note))}); }
  EventId at_spare(Value note) { return spare.write(show, {write(cam, "note", std::move(note))}); }
  Value note() { return value(cam, "note"); }
  bool lost(const EventId& id) {
    std::vector<Conflict> all = conflicts(cam);
    return std::any_of(all.begin(), all.end(), [&](const Conflict& c) {
      return c.loss && c.id == loss_id(show, id.dot, cam, group(cam, "note"));
    });
  }
};

TEST_CASE("rule 8: words of two people in one note both show, and nothing is lost", "[merging]") {
  Notes crew;
  crew.at_office("camera on the left, long lens");
  crew.at_venue("first camera on the left");
  crew.heal();
  REQUIRE(crew.note() == Value("first camera on the left, long lens"));
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 8: where words overlap the higher rank's show, and the other is on record",
          "[merging]") {
  Notes crew;
  EventId office = crew.at_office("small camera on the right");
  EventId venue = crew.at_venue("camera on the balcony");
  crew.heal();
  REQUIRE(crew.note() == Value("small camera on the balcony"));
  REQUIRE(crew.conflicts(cam).size() == 1);
  REQUIRE(crew.lost(office));
  Conflict loss = crew.conflicts(cam)[0];
  REQUIRE(loss.resolution == Resolution::local_wins);
  REQUIRE(loss.resolved_by_event == venue.dot);
}

TEST_CASE("rule 8: the loser gives way to the one it overlaps, not to the highest", "[merging]") {
  Notes crew;
  EventId venue = crew.at_venue("camera on the right");
  crew.office.clock.set(3'500'000);
  EventId office = crew.at_office("camera on the balcony");
  crew.at_spare("camera on the left twice");
  crew.heal();
  REQUIRE(crew.note() == Value("camera on the balcony twice"));
  REQUIRE(crew.conflicts(cam).size() == 1);
  REQUIRE(crew.lost(venue));
  REQUIRE(crew.conflicts(cam)[0].resolved_by_event == office.dot);
  REQUIRE(crew.conflicts(cam)[0].resolution == Resolution::cloud_wins);
}

TEST_CASE("rule 8: notes where there was none stand side by side", "[merging]") {
  Notes crew{Value{}};
  crew.at_office("long lens");
  crew.at_venue("on the balcony");
  crew.heal();
  REQUIRE(crew.note() == Value("long lens\non the balcony"));
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 8: a note taken away shows as null", "[merging]") {
  Notes crew;
  SECTION("by all") {
    crew.at_office("");
    crew.at_venue(Value{});
    crew.heal();
    REQUIRE(is_null(crew.note()));
    REQUIRE(crew.conflicts(cam).empty());
  }
  SECTION("what another changed in it shows, and the deletion is on record") {
    EventId office = crew.at_office(Value{});
    crew.at_venue("camera on the right");
    crew.heal();
    REQUIRE(crew.note() == Value("camera on the right"));
    REQUIRE(crew.lost(office));
  }
}

TEST_CASE("rule 8: whoever goes on from the merged note replaces it without a loss", "[merging]") {
  Notes crew;
  EventId office = crew.at_office("camera on the left, long lens");
  EventId venue = crew.at_venue("first camera on the left");
  crew.heal();
  bool knows_names = GENERATE(false, true);
  Operation next = write(cam, "note", "gone to lunch");
  if (knows_names) next = naming(next, {office.dot, venue.dot});
  crew.spare.write(show, {next});
  crew.heal();
  REQUIRE(crew.note() == Value("gone to lunch"));
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 8: words that lost stay on record when the merged note is replaced", "[merging]") {
  Notes crew;
  EventId office = crew.at_office("camera on the right");
  EventId venue = crew.at_venue("camera on the balcony");
  crew.heal();
  Conflict before = crew.conflicts(cam).at(0);
  crew.at_spare("gone to lunch");
  crew.heal();
  REQUIRE(crew.lost(office));
  REQUIRE_FALSE(crew.lost(venue));
  REQUIRE(crew.conflicts(cam).size() == 1);
  REQUIRE(crew.conflicts(cam)[0].resolved_by_event == before.resolved_by_event);
}

TEST_CASE("rule 8: a writer who had seen one of the merged is judged by what it saw", "[merging]") {
  Notes crew;
  EventId office = crew.at_office("camera on the left, long lens");
  ship(crew.office, crew.spare, show, crew.random);
  EventId venue = crew.at_venue("first camera on the left");
  crew.at_spare("camera on the left, short lens");  // goes on from the office's
  crew.heal();
  REQUIRE(crew.note() == Value("first camera on the left, short lens"));
  REQUIRE_FALSE(crew.lost(office));
  REQUIRE_FALSE(crew.lost(venue));
}

TEST_CASE("rule 8: the merged note is the base of what comes after it", "[merging]") {
  Notes crew;
  for (int round = 1; round <= 9; ++round) {
    std::string n = std::to_string(round), now = std::get<std::string>(crew.note());
    crew.at_office(now + " a" + n);
    crew.at_venue("b" + n + " " + now);
    crew.heal();
    REQUIRE(crew.note() == Value("b" + n + " " + now + " a" + n));
    REQUIRE(crew.conflicts(cam).empty());
  }
}

TEST_CASE("rule 8: beyond its bounds nothing is merged, and what does not show is on record",
          "[merging]") {
  Notes crew("b0 camera a0");
  EventId office;
  std::string before = "0";
  for (int round = 1; round <= 65; ++round) {
    std::string now = std::to_string(round);
    office = crew.at_office("b" + before + " camera a" + now);
    crew.at_venue("b" + now + " camera a" + before);
    crew.heal();
    if (round < 65) REQUIRE(crew.note() == Value("b" + now + " camera a" + now));
    before = now;
  }
  REQUIRE(crew.note() == Value("b65 camera a64"));
  REQUIRE(crew.conflicts(cam).size() == 1);
  REQUIRE(crew.lost(office));
  crew.at_office("camera");  // who knows all begins anew
  crew.heal();
  crew.at_office("camera left");
  crew.at_venue("small camera");
  crew.heal();
  REQUIRE(crew.note() == Value("small camera left"));
}

TEST_CASE("rule 8: each is merged against the base it shares with those already merged",
          "[merging]") {
  Notes crew("camera");
  crew.at_office("camera left");
  ship(crew.office, crew.venue, show, crew.random);
  crew.at_office("camera right");        // replaces "left" ...
  crew.at_venue("camera left, tripod");  // ... which the venue had seen
  crew.at_spare("small camera");
  crew.heal();
  // "left," is another word than "left": the venue changed what the office changed.
  REQUIRE(crew.note() == Value("small camera left, tripod"));
  REQUIRE(crew.conflicts(cam).size() == 1);
}

TEST_CASE("rule 8: what one replaced does not come back with the other's words", "[merging]") {
  Notes crew("camera");
  crew.at_office("camera left");
  ship(crew.office, crew.venue, show, crew.random);
  crew.at_office("camera right");
  crew.at_venue("camera left tripod");
  crew.at_spare("small camera");
  crew.heal();
  REQUIRE(crew.note() == Value("small camera right tripod"));
  REQUIRE(crew.conflicts(cam).empty());
}

TEST_CASE("rule 8: siblings of one value are one", "[merging]") {
  Notes crew;
  EventId office = crew.at_office("camera on the right");
  EventId venue = crew.at_venue("camera on the balcony");
  crew.at_spare("camera on the right");
  crew.heal();
  REQUIRE(crew.note() == Value("camera on the right"));
  REQUIRE(crew.lost(venue));
  REQUIRE_FALSE(crew.lost(office));
}

TEST_CASE("rule 8: a write that a lock held off is not merged", "[merging]") {
  Notes crew;
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.at_venue("first camera on the left");
  crew.at_office("camera on the left, long lens");
  crew.heal();
  REQUIRE(crew.note() == Value("first camera on the left"));
  Conflict conflict = crew.pending(cam).at(0);
  REQUIRE(conflict.kind == ConflictKind::lock);
  REQUIRE(conflict.base == write(cam, "note", "camera on the left").values);
}

TEST_CASE("rule 8: what was merged is one side against what a lock held off", "[merging]") {
  Notes crew;
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  ship(crew.venue, crew.spare, show, crew.random);
  EventId venue = crew.at_venue("first camera on the left");
  EventId spare = crew.at_spare("camera on the left twice");
  EventId office = crew.at_office("camera on the left, long lens");
  crew.heal();
  Value merged = "first camera on the left twice";
  REQUIRE(crew.note() == merged);
  Conflict conflict = crew.pending(cam).at(0);
  REQUIRE(conflict.sides.size() == 2);
  REQUIRE(conflict.sides[conflict.shown].value == write(cam, "note", merged).values);
  REQUIRE(conflict.sides[conflict.shown].event == spare.dot);
  SECTION("a resolution for it replaces all") {
    crew.office.write(show,
                      {resolve(write(cam, "note", merged), {venue.dot, spare.dot, office.dot})});
    crew.heal();
    REQUIRE(crew.note() == merged);
    REQUIRE(crew.pending(cam).empty());
  }
}

TEST_CASE("rule 8: under a marked clock nothing is merged, somebody has to decide", "[merging]") {
  Notes crew;
  crew.at_office("camera on the left, long lens");
  crew.venue.clock.set_suspect(true);
  crew.at_venue("first camera on the left");
  crew.heal();
  REQUIRE(crew.note() == Value("first camera on the left"));
  REQUIRE(crew.pending(cam).size() == 1);
  REQUIRE(crew.pending(cam)[0].sides.size() == 2);
}

TEST_CASE("rule 8: a lock that comes late takes its share out of the merged note", "[merging]") {
  Notes crew;
  crew.at_office("camera on the left, long lens");
  ship(crew.office, crew.spare, show, crew.random);
  crew.venue.write(show, {lock(crew.venue.engine.identity().node)});
  crew.at_venue("first camera on the left");
  crew.at_spare("camera on the left, long lens twice");
  crew.heal();  // whether the lock or the notes arrive first
  REQUIRE(crew.note() == Value("first camera on the left"));
  REQUIRE(crew.pending(cam).size() == 1);
}

TEST_CASE("rule 8: more than the column holds merges as a whole", "[merging]") {
  std::string half(6'000, 'x');
  Notes crew{Value{}};
  EventId office = crew.at_office(half + "a");
  crew.at_venue(half + "b");
  crew.heal();
  REQUIRE(crew.note() == Value(half + "b"));
  REQUIRE(crew.lost(office));
}

TEST_CASE("rule 8: other text is one value", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(cam, "name", "CAM 7 left")});
  crew.venue.write(show, {write(cam, "name", "first CAM 7")});
  crew.heal();
  REQUIRE(crew.value(cam, "name") == Value("first CAM 7"));
  REQUIRE(crew.conflicts(cam).size() == 1);
}

TEST_CASE("rule 8: JSON objects merge key path by key path", "[merging]") {
  Crew crew;
  crew.office.write(library_stream, {write(router, "specs", R"({"power":60,"io":{"sdi":4}})")});
  crew.heal();
  crew.later();
  EventId office = crew.office.write(
      library_stream, {write(router, "specs", R"({"power":75,"io":{"sdi":4,"ip":1}})")});
  SECTION("different paths") {
    crew.venue.write(library_stream, {write(router, "specs", R"({"power":60,"io":{"sdi":8}})")});
    crew.heal();
    REQUIRE(crew.value(router, "specs") == Value(R"({"power":75,"io":{"sdi":8,"ip":1}})"));
    REQUIRE(crew.conflicts(router).empty());
  }
  SECTION("a path against its prefix") {
    crew.venue.write(library_stream, {write(router, "specs", R"({"power":60})")});
    crew.heal();
    REQUIRE(crew.value(router, "specs") == Value(R"({"power":75})"));
    REQUIRE(crew.conflicts(router).size() == 1);
    REQUIRE(crew.conflicts(router)[0].id ==
            loss_id(library_stream, office.dot, router, group(router, "specs")));
  }
  SECTION("null is an empty object") {
    crew.venue.write(library_stream, {write(router, "specs", Value{})});
    crew.heal();
    REQUIRE(is_null(crew.value(router, "specs")));  // takes out what the other changed
    REQUIRE(crew.conflicts(router).size() == 1);
  }
}

TEST_CASE("rule 8: JSON of a flagged group stays a conflict", "[merging]") {
  Crew crew;
  crew.office.write(show, {write(patch, "signal_path", R"({"a":1})")});
  crew.venue.write(show, {write(patch, "signal_path", R"({"b":1})")});
  crew.heal();
  REQUIRE(crew.value(patch, "signal_path") == Value(R"({"b":1})"));
  REQUIRE(crew.pending(patch).size() == 1);
}

TEST_CASE("rule 8: more siblings than the bound merge as a whole", "[merging]") {
  Notes crew;
  // Events that name nothing all stay beside each other.
  for (int n = 0; n < 17; ++n)
    crew.office.write(show, {naming(write(cam, "note", "word" + std::to_string(n)), {})});
  crew.heal();
  REQUIRE(crew.note() == Value("word16"));
}

}  // namespace
}  // namespace genlock::test
