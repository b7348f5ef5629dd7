// What a commit changed beyond what its events name, so that the change feed can tell it later:
// children hidden with their parent, the other claimant of a slot, rows held off by a lock,
// conflicts. An ordinary edit changes just the row it names (or the row that one stands in) and
// leaves no note, so it costs nothing (docs/adr/0012).
//
// Space::local, this node's own: what only this node's order of events explains.
//   "changed:" position:8 -> row_count:8 (table:2 record:16)* conflict:16*
// The position is that of the last event of the command or page that made the changes.
//   "changed-horizon"     -> position:8 bytes:8
// Notes are kept within NoteBounds; the oldest go in the batch that brings a new one. A cursor from
// before `position` can't be told everything any more: it is reset.
#pragma once

#include "projections/note_bounds.h"
#include "projections/row_projection.h"

#include <set>
#include <vector>

namespace genlock {

struct ChangeNote {
  std::vector<RecordKey> rows;  // not nested ones, ascending
  std::vector<Uuid> conflicts;
  bool operator==(const ChangeNote&) const = default;
};

// Writes a note where one is needed. Only for the newest events of the log: rows that are folded
// anew are no news. REQUIRES: the events are in `overlay`, and `shown` is what they changed.
Result<void> note_change(Overlay& overlay, const State& state, const Changes& changes,
                         const ShownChanges& shown, const NoteBounds& bounds);

// Notes up to there were dropped. none: all are there.
Result<Position> note_horizon(const Reader& reader);

// The conflicts of the notes behind `after`, up to `last`. ERRORS: corruption.
Result<std::set<Uuid>> noted_conflicts(const Reader& reader, Position after, Position last);

// Empty where nothing was noted. ERRORS: corruption.
Result<ChangeNote> read_change_note(const Reader& reader, Position position);

}  // namespace genlock
