#include "decide_fixture.h"

using namespace genlock;
using namespace genlock::test;

namespace {

const ColumnId h_res = column_of(table::sources, "h_res");
const ColumnId note = column_of(table::sources, "note");

// An edit of source 1 by somebody who had seen `base`.
Command edit_from(const ETag& base, Fields fields) {
  Command command = by(put(source(1), fields), "Carol");
  command.base_version = base;
  return command;
}

}  // namespace

TEST_CASE("a base that is the present version: a plain write", "[decide][base]") {
  Crew crew;
  Outcome outcome = done(crew.lan, edit_from(seen(crew.lan, source(1)), {{"h_res", 2560}}));
  REQUIRE(outcome.merged.empty());
  REQUIRE(!last_event(crew.lan, outcome).operations.front().replaces);
}

TEST_CASE("others changed other groups: merged, and their columns are named", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, by(put(source(1), {{"note", "wide"}, {"label", "SRC 7"}}), "Ana"));
  Outcome outcome = done(crew.lan, edit_from(base, {{"h_res", 2560}}));
  REQUIRE(outcome.merged == std::vector<ColumnId>{column::label, note});
  REQUIRE(!outcome.pending_conflict);
  REQUIRE(shown(crew.lan, source(1), "note") == Value{"wide"});
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{2560});
  REQUIRE(conflicts(crew.lan, source(1)).empty());
}

TEST_CASE("others changed the same group: field conflict, nothing written", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  Command theirs = by(put(source(1), {{"h_res", 3840}, {"note", "wide"}}), "Ana");
  theirs.by.device = "FOH tablet";
  Outcome first = done(crew.lan, theirs);
  Error error =
      refused(crew.lan, edit_from(base, {{"v_res", 1440}, {"name", "CAM 9"}}), ErrorCode::conflict);
  REQUIRE(error.message.starts_with("h_res was set to 3840 by Ana (FOH tablet)"));
  const ErrorDetail& detail = *error.detail;
  REQUIRE(detail.record == source(1));
  REQUIRE(detail.mergeable == std::vector<ColumnId>{note});
  REQUIRE(!detail.already_resolved);
  REQUIRE(detail.fields.size() == 1);
  const FieldConflict& field = detail.fields[0];
  REQUIRE(field.record == source(1));
  REQUIRE(field.group == h_res);
  REQUIRE(*find(field.base, h_res) == Value{1920});
  REQUIRE(*find(field.yours, h_res) == Value{1920});
  REQUIRE(*find(field.yours, column_of(table::sources, "v_res")) == Value{1440});
  REQUIRE(*find(field.theirs, h_res) == Value{3840});
  REQUIRE(field.by.user == "Ana");
  REQUIRE(field.event == first.event->dot);
  REQUIRE(field.wall_ms == last_event(crew.lan, first).wall_ms);
  REQUIRE(shown(crew.lan, source(1), "name") == Value{"CAM 1"});
}

TEST_CASE("a last-writer-wins group is refused the same way", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"note", "wide"}}));
  Error error = refused(crew.lan, edit_from(base, {{"note", "narrow"}}), ErrorCode::conflict);
  REQUIRE(error.detail->fields[0].group == note);
}

TEST_CASE("others changed it to the value I want: nothing to write", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}}));
  unchanged(crew.lan, edit_from(base, {{"h_res", 3840}}));
}

TEST_CASE("what I left as it was is not an edit", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}}));
  Outcome outcome =
      done(crew.lan, edit_from(base, {{"h_res", 1920}, {"v_res", 1080}, {"note", "x"}}));
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{3840});
  REQUIRE(outcome.merged == std::vector<ColumnId>{h_res});
}

TEST_CASE("a change that was taken back is no conflict", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}}));
  done(crew.lan, put(source(1), {{"h_res", 1920}}));
  done(crew.lan, edit_from(base, {{"h_res", 2560}}));
  REQUIRE(shown(crew.lan, source(1), "h_res") == Value{2560});
  REQUIRE(conflicts(crew.lan, source(1)).empty());
}

TEST_CASE("Prefer: both are kept", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}, {"note", "wide"}}));
  SECTION("a flagged group: the conflict is pending") {
    Command command = edit_from(base, {{"h_res", 2560}});
    command.record_conflict = true;
    Outcome outcome = done(crew.lan, command);
    REQUIRE(outcome.pending_conflict == field_conflict_id(show, source(1), h_res));
    Conflict conflict = only_pending(crew.lan, source(1));
    REQUIRE(conflict.id == *outcome.pending_conflict);
    REQUIRE(conflict.sides.size() == 2);
    REQUIRE(*find(conflict.base, h_res) == Value{1920});
    REQUIRE(*find(conflict.sides[0].value, h_res) == Value{3840});
    REQUIRE(*find(conflict.sides[1].value, h_res) == Value{2560});
    REQUIRE(outcome.merged == std::vector<ColumnId>{note});
  }
  SECTION("last writer wins: the loser is on record") {
    done(crew.lan, put(source(1), {{"name", "CAM 2"}}));
    Command command = edit_from(base, {{"name", "CAM 3"}});
    command.record_conflict = true;
    Outcome outcome = done(crew.lan, command);
    REQUIRE(!outcome.pending_conflict);
    std::vector<Conflict> on_record = conflicts(crew.lan, source(1));
    REQUIRE(on_record.size() == 1);
    REQUIRE(on_record[0].loss);
    REQUIRE(!on_record[0].pending());
  }
}

TEST_CASE("words of one note that others changed too", "[decide][base]") {
  Crew crew;
  done(crew.lan, put(source(1), {{"note", "camera on the left"}}));
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, by(put(source(1), {{"note", "first camera on the left"}}), "Ana"));
  Command mine = edit_from(base, {{"note", "camera on the left twice"}});
  SECTION("refused, and named as what would merge") {
    Error error = refused(crew.lan, mine, ErrorCode::conflict);
    REQUIRE(error.detail->fields.size() == 1);
    REQUIRE(*find(error.detail->fields[0].theirs, note) == Value{"first camera on the left"});
    REQUIRE(error.detail->mergeable == std::vector<ColumnId>{note});
  }
  SECTION("Prefer: merged, and nothing is lost") {
    mine.record_conflict = true;
    Outcome outcome = done(crew.lan, mine);
    REQUIRE(outcome.merged == std::vector<ColumnId>{note});
    REQUIRE(!outcome.pending_conflict);
    REQUIRE(shown(crew.lan, source(1), "note") == Value{"first camera on the left twice"});
    REQUIRE(conflicts(crew.lan, source(1)).empty());
  }
  SECTION("words that overlap are not mergeable") {
    mine = edit_from(base, {{"note", "second camera on the right"}});
    done(crew.lan, put(source(1), {{"note", "first camera on the balcony"}}));
    REQUIRE(refused(crew.lan, mine, ErrorCode::conflict).detail->mergeable.empty());
    mine.record_conflict = true;
    REQUIRE(done(crew.lan, mine).merged.empty());
    REQUIRE(shown(crew.lan, source(1), "note") == Value{"first second camera on the right"});
    REQUIRE(conflicts(crew.lan, source(1)).size() == 1);
  }
}

TEST_CASE("a base that saw a merged note", "[decide][base]") {
  Crew crew;
  done(crew.cloud, put(source(1), {{"note", "camera on the left"}}));
  crew.sync();
  done(crew.cloud, put(source(1), {{"note", "camera on the left twice"}}));
  done(crew.lan, put(source(1), {{"note", "first camera on the left"}}));
  crew.sync();
  Value merged{"first camera on the left twice"};
  REQUIRE(shown(crew.lan, source(1), "note") == merged);
  SECTION("what shows is not written") {
    unchanged(crew.lan, put(source(1), {{"note", merged}}));
    unchanged(crew.lan, edit_from(seen(crew.lan, source(1)), {{"note", merged}}));
  }
  SECTION("goes on from it, also when others changed something else") {
    ETag base = seen(crew.lan, source(1));
    if (GENERATE(false, true)) done(crew.lan, put(source(1), {{"label", "SRC 7"}}));
    done(crew.lan, edit_from(base, {{"note", "gone"}}));
    REQUIRE(shown(crew.lan, source(1), "note") == Value{"gone"});
    REQUIRE(conflicts(crew.lan, source(1)).empty());
  }
  SECTION("is what others' later words are merged with") {
    ETag base = seen(crew.lan, source(1));
    done(crew.lan, put(source(1), {{"note", "first camera on the right twice"}}));
    Command mine = edit_from(base, {{"note", "first camera on the left twice, tripod"}});
    Error error = refused(crew.lan, mine, ErrorCode::conflict);
    REQUIRE(*find(error.detail->fields[0].base, note) == merged);
    mine = edit_from(base, {{"note", "first camera on the left twice or more"}});
    mine.record_conflict = true;
    done(crew.lan, mine);
    REQUIRE(shown(crew.lan, source(1), "note") == Value{"first camera on the right twice or more"});
    REQUIRE(conflicts(crew.lan, source(1)).empty());
  }
}

TEST_CASE("a base that is the present version decides a pending conflict", "[decide][base]") {
  Crew crew;
  crew.disagree(3840, 2560);
  Outcome outcome = done(crew.lan, edit_from(seen(crew.lan, source(1)), {{"h_res", 1280}}));
  REQUIRE(last_event(crew.lan, outcome).operations.front().replaces->size() == 2);
  REQUIRE(view_of(crew.lan, source(1)).pending_conflicts == 0);
  std::vector<Conflict> decided = conflicts(crew.lan, source(1));
  REQUIRE(decided.size() == 1);
  REQUIRE(decided[0].resolution == Resolution::manual);
  REQUIRE(decided[0].resolved_by.user == "Carol");
}

TEST_CASE("a base from before the conflict keeps every side it did not see", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  crew.disagree(3840, 2560);
  Command command = edit_from(base, {{"h_res", 1280}});
  Error error = refused(crew.lan, command, ErrorCode::conflict);
  REQUIRE(*find(error.detail->fields[0].theirs, h_res) == Value{2560});  // the one that shows
  command.record_conflict = true;
  done(crew.lan, command);
  REQUIRE(only_pending(crew.lan, source(1)).sides.size() == 3);
}

TEST_CASE("a base that saw the conflict decides it, whatever else moved on", "[decide][base]") {
  Crew crew;
  crew.disagree(3840, 2560);
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"note", "x"}}));
  Outcome outcome = done(crew.lan, edit_from(base, {{"h_res", 1280}}));
  REQUIRE(outcome.merged == std::vector<ColumnId>{note});
  REQUIRE(view_of(crew.lan, source(1)).pending_conflicts == 0);
}

TEST_CASE("heads that are unknown here are left out", "[decide][base]") {
  Crew crew;
  done(crew.cloud, put(source(1), {{"note", "wide"}}));
  ETag from_cloud = seen(crew.cloud, source(1));
  SECTION("nothing of the base is known: all that stands is the work of others") {
    Error error = refused(crew.lan, edit_from(from_cloud, {{"h_res", 2560}}), ErrorCode::conflict);
    REQUIRE(error.detail->fields[0].base.empty());
    REQUIRE(*find(error.detail->fields[0].theirs, h_res) == Value{1920});
    unchanged(crew.lan, edit_from(from_cloud, {{"h_res", 1920}}));
  }
  SECTION("the rest of the base counts") {
    ETag both = seen(crew.lan, source(1));
    both.heads.push_back(from_cloud.heads.front());
    std::ranges::sort(both.heads);
    done(crew.lan, edit_from(both, {{"h_res", 2560}}));
  }
}

TEST_CASE("a base version of one node works on another", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.cloud, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}}));
  refused(crew.lan, edit_from(base, {{"h_res", 2560}}), ErrorCode::conflict);
}

TEST_CASE("a mistake in the body goes before the conflict", "[decide][base]") {
  Crew crew;
  ETag base = seen(crew.lan, source(1));
  done(crew.lan, put(source(1), {{"h_res", 3840}}));
  refused(crew.lan, edit_from(base, {{"h_res", 0}}), ErrorCode::invalid_argument);
}
